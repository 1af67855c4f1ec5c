"""The record of a disputed attempt to be read and printed, for whoever is signed in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, json, request

from app import clock
from app.access import tongue
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import connection, transaction
from app.disputes import exporting, exports_store, shown
from app.photos import uploads
from app.theme import respond

blueprint = Blueprint("dispute_pages", __name__, template_folder="templates")
respond.calm_errors(blueprint)
tongue.begin(blueprint)


@blueprint.get("/console/cases/<int:case_id>/disputes/<int:dispute>")
@require_session("shipper", "dispatcher")
def show(case_id: int, dispute: int) -> Response:
    """The record as it is now, and which were handed out."""
    conn = connection()
    record = exporting.read(conn, case_id, dispute)
    return _page(record, case_id, dispute)


@blueprint.post("/console/cases/<int:case_id>/disputes/<int:dispute>")
@require_session("shipper", "dispatcher")
def hand_out(case_id: int, dispute: int) -> Response:
    """Keep its seal; then as a file, or as a page to be printed."""
    with transaction() as conn:
        record = exporting.hand_out(conn, case_id, dispute, caller().name, clock.now())
    if request.form.get("as") != "file":
        return respond.see_other(request.path)
    answer = Response(json.dumps(record, indent=1), content_type="application/json")
    name = f"dispute-{dispute}-{record['seal'][:8]}.json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return respond.private(answer)


@blueprint.get("/console/cases/<int:case_id>/disputes/<int:dispute>/photos/<photo>")
@require_session("shipper", "dispatcher")
def picture(case_id: int, dispute: int, photo: str) -> Response:
    """A photo that belongs to the evidence."""
    record = exporting.read(connection(), case_id, dispute)
    shown = [piece["photo"] for piece in record["evidence"] if piece["photo"]]
    return uploads.answer(case_id, photo, shown)


def _page(record: dict[str, Any], case_id: int, dispute: int) -> Response:
    return respond.page(
        "disputes/record.html",
        caller=caller(),
        here="console",
        record=record,
        shown=shown,
        at=f"/console/cases/{case_id}/disputes/{dispute}",
        exports=exports_store.of(connection(), dispute),
    )
