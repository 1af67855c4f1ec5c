"""For how long what is kept of a shipper's customers is kept; for admins."""

from __future__ import annotations

from flask import Blueprint, Response, flash

from app.access.keys import caller
from app.access.session import require_session
from app.errors import Problem
from app.managing import frame, retention_form
from app.managing.forms import saved
from app.theme import respond
from app.theme.speaking import plain

blueprint = Blueprint("manage_retention", __name__, template_folder="templates")
respond.calm_errors(blueprint)


@blueprint.get("/console/manage/brands/<shipper>/retention")
@require_session("admin")
def show(shipper: str) -> Response:
    """The days of each kind of data."""
    return _page(shipper)


@blueprint.post("/console/manage/brands/<shipper>/retention")
@require_session("admin")
def act(shipper: str) -> Response:
    """Keep it for as many days as the form says."""
    try:
        changed = retention_form.take(caller(), shipper)
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(shipper, problem)
    flash(saved(changed, plain("Saved. What is older goes within a day.")), "good")
    return respond.see_other(f"/console/manage/brands/{shipper}/retention")


def _page(slug: str, problem: Problem | None = None) -> Response:
    facts = retention_form.shown(slug, problem)
    return frame.page("managing/retention.html", "brands", problem, **facts)
