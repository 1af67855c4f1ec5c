"""How each shipper looks to its customers; for admins."""

from __future__ import annotations

from flask import Blueprint, Response, flash

from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import connection
from app.errors import Problem
from app.managing import brands_form, brands_store, frame
from app.managing.forms import saved
from app.theme import respond
from app.theme.speaking import plain

blueprint = Blueprint("manage_brands", __name__, template_folder="templates")
respond.calm_errors(blueprint)


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
        changed = brands_form.take(caller(), shipper, domain=True)
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(shipper, problem)
    flash(saved(changed, plain("Saved. Customers see it from now on.")), "good")
    return respond.see_other(f"/console/manage/brands/{shipper}")


def _page(slug: str, problem: Problem | None = None) -> Response:
    facts = brands_form.shown(slug, problem)
    return frame.page("managing/brand.html", "brands", problem, domain=True, **facts)
