"""How each shipper looks to its customers; for admins."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request

from app import clock
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import connection, transaction
from app.directory.changes import by
from app.errors import Problem
from app.managing import brands, brands_store, logos
from app.photos import uploads
from app.theme import respond

blueprint = Blueprint("manage_brands", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_GIVEN = ("name", "colour", "dark", "sender", "reply_to", "imprint", "domain")


@blueprint.get("/console/manage/brands")
@require_session("admin")
def listing() -> Response:
    """The shippers."""
    return respond.page(
        "managing/brands.html",
        caller=caller(),
        here="manage",
        part="brands",
        shippers=brands_store.listed(connection()),
    )


@blueprint.get("/console/manage/brands/<shipper>")
@require_session("admin")
def show(shipper: str) -> Response:
    """How one of them looks."""
    return _page(shipper)


@blueprint.post("/console/manage/brands/<shipper>")
@require_session("admin")
def act(shipper: str) -> Response:
    """Let it look as the form says; a logo only where one is given or taken away."""
    try:
        uploads.let_in()
        given = {name: request.form.get(name, "") for name in _GIVEN}
        if request.form.get("logo") == "none":
            given["logo"] = ""
        elif sent := uploads.sent():
            given["logo"] = logos.keep(sent[0])
        with transaction() as conn:
            changed = brands.put(conn, by(caller()), shipper, given, clock.now())
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(shipper, problem)
    flash("Saved. Customers see it from now on." if changed else "Nothing was changed.", "good")
    return respond.see_other(f"/console/manage/brands/{shipper}")


def _page(slug: str, problem: Problem | None = None) -> Response:
    with transaction() as conn:
        found = brands.find(conn, slug)
    return respond.page(
        "managing/brand.html",
        status=problem.status if problem else 200,
        caller=caller(),
        here="manage",
        part="brands",
        shipper=found,
        given=request.form if problem else found.brand.as_json(),
        problem=problem,
        faults=problem.by_field if problem else {},
    )
