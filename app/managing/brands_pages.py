"""How each shipper looks to its customers; for admins."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request

from app import clock
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import connection, transaction
from app.directory.changes import by
from app.errors import Problem
from app.managing import brands, brands_store, frame, logos
from app.managing.forms import saved
from app.photos import uploads
from app.theme import respond
from app.theme.speaking import plain

blueprint = Blueprint("manage_brands", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_GIVEN = ("name", "colour", "dark", "sender", "reply_to", "imprint", "recommend", "domain")


@blueprint.get("/console/manage/brands")
@require_session("admin")
def listing() -> Response:
    """The shippers."""
    return frame.page(
        "managing/brands.html",
        "brands",
        None,
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
    flash(saved(changed, plain("Saved. Customers see it from now on.")), "good")
    return respond.see_other(f"/console/manage/brands/{shipper}")


def _page(slug: str, problem: Problem | None = None) -> Response:
    with transaction() as conn:
        found = brands.find(conn, slug)
    looks = request.form if problem else found.brand.as_json()
    return frame.page("managing/brand.html", "brands", problem, shipper=found, looks=looks)
