"""The dashboard: how it went, in honest figures. A shipper sees its own cases only."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import connection
from app.directory import roles_store
from app.insight import board
from app.insight.figures_store import Whose
from app.theme import respond

blueprint = Blueprint("dashboard", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_PATH = "/dashboard"


@blueprint.get(_PATH)
@require_session("shipper", "dispatcher")
def show() -> Response:
    """The figures of the last `days`: 7, 30 (unless another is asked for) or 90."""
    may = _may()
    return respond.page(
        "insight/dashboard.html",
        caller=caller(),
        here="dashboard",
        some=may.depots is not None,
        **board.shown(may, request.args, _PATH),
    )


@blueprint.get(f"{_PATH}.csv")
@require_session("shipper", "dispatcher")
def export() -> Response:
    """The same as a table, or one chart of it."""
    return board.csv_of(_may(), request.args, _PATH)


def _may() -> Whose:
    """The shipper's own, those of the depots that somebody sees, or all."""
    depots = caller().depots
    return Whose(caller().shipper_id, None if roles_store.see_all(connection(), depots) else depots)
