"""For how long what is kept of a shipper's customers is kept; for admins."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, request

from app import clock
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import transaction
from app.directory.changes import by
from app.errors import Problem
from app.forgetting import kinds
from app.managing import brands, frame, retention, retention_store
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
    given = {kind: _days(request.form.get(kind, "").strip()) for kind in kinds.KINDS}
    try:
        with transaction() as conn:
            changed = retention.put(conn, by(caller()), shipper, given, clock.now())
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(shipper, problem)
    flash(saved(changed, plain("Saved. What is older goes within a day.")), "good")
    return respond.see_other(f"/console/manage/brands/{shipper}/retention")


def _days(text: str) -> int | None:
    """A number of days; what is none is refused as one that cannot be."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def _page(slug: str, problem: Problem | None = None) -> Response:
    house = current_app.config["SETTINGS"].keep_days
    with transaction() as conn:
        shipper = brands.find(conn, slug)
        own = retention_store.read(conn, slug)
    return frame.page(
        "managing/retention.html",
        "brands",
        problem,
        shipper=shipper,
        names=retention.NAMES,
        house=house,
        holds=kinds.within(house, own),
        shown=request.form if problem else own,
    )
