"""What was changed in the set-up: who, when, from what, to what."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import connection
from app.directory import changes_store as store
from app.managing import frame
from app.theme import respond

blueprint = Blueprint("manage_changes", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_PAGE = 50


@blueprint.get("/console/manage/changes")
@require_session("supervisor")
def show() -> Response:
    """The newest changes, or those older than `before`."""
    text = request.args.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    found = store.newest(connection(), caller().depots, _PAGE + 1, before=before)
    return frame.page(
        "managing/changes.html",
        "changes",
        None,
        changes=found[:_PAGE],
        more=found[_PAGE - 1].id if len(found) > _PAGE else 0,
    )
