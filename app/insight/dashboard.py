"""The dashboard: how it went, in honest figures. A shipper sees its own cases only."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from functools import partial

from flask import Blueprint, Response, request

from app import clock
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import connection
from app.directory import roles_store
from app.insight import figures, report
from app.insight.figures_model import Figures
from app.insight.figures_store import Whose
from app.theme import respond
from app.theme.speaking import language

blueprint = Blueprint("dashboard", __name__, template_folder="templates")
respond.calm_errors(blueprint)

PERIODS = (7, 30, 90)


@blueprint.get("/dashboard")
@require_session("shipper", "dispatcher")
def show() -> Response:
    """The figures of the last `days`: 7, 30 (unless another is asked for) or 90."""
    days, since, now = _period()
    return respond.page(
        "insight/dashboard.html",
        caller=caller(),
        here="dashboard",
        days=days,
        periods=PERIODS,
        number=partial(report.number_in, language()),
        some=not _sees_all(),
        report=report.report(_figures(since, now), language()),
    )


@blueprint.get("/dashboard.csv")
@require_session("shipper", "dispatcher")
def export() -> Response:
    """The same as a table: `section, figure, value, unit, since, until`."""
    days, since, now = _period()
    rows = report.table(_figures(since, now))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["section", "figure", "value", "unit", "since", "until"])
    for section, name, value, unit in rows:
        shown = "" if value is None else value
        writer.writerow([section, name, shown, unit, since.isoformat(), now.isoformat()])
    answer = respond.private(Response(text.getvalue(), content_type="text/csv; charset=utf-8"))
    name = f"reknock-{now:%Y-%m-%d}-{days}-days.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _sees_all() -> bool:
    return roles_store.see_all(connection(), caller().depots)


def _figures(since: datetime, now: datetime) -> Figures:
    """What is counted of the shipper's cases, or those of the depots that somebody sees."""
    depots = None if _sees_all() else caller().depots
    return figures.read(connection(), Whose(caller().shipper_id, depots), since, now)


def _period() -> tuple[int, datetime, datetime]:
    asked = request.args.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else 30
    now = clock.now()
    return days, now - timedelta(days=days), now
