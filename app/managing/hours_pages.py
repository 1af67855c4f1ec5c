"""The forms of a depot's opening hours; they stand on the depot's page."""

from __future__ import annotations

from datetime import datetime, time

from flask import Blueprint, Response, flash, request

from app import clock
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import Connection, transaction
from app.directory.changes import by
from app.errors import Problem
from app.languages.language import mark
from app.managing import depots, hours
from app.managing.depots_store import Depot
from app.managing.forms import saved
from app.theme import respond
from app.theme.speaking import plain, said

blueprint = Blueprint("manage_hours", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_DAYS = frozenset("1234567")


@blueprint.post("/console/manage/depots/<slug>/hours")
@require_session("supervisor")
def act(slug: str) -> Response:
    """`add` hours, `remove` some, or say whether it works on public `holidays`."""
    try:
        with transaction() as conn:
            done = _do(conn, depots.find(conn, slug), clock.now())
        flash(done, "good")
    except Problem as problem:
        if problem.status == 404:
            raise
        flash(f"{saved(False)} {said(problem.detail)}", "bad")
    return respond.see_other(f"/console/manage/depots/{slug}#hours")


def _do(conn: Connection, depot: Depot, now: datetime) -> str:
    who, form = by(caller()), request.form
    match form.get("act", ""):
        case "add":
            days = sorted({int(day) for day in form.getlist("weekday") if day in _DAYS})
            times = _time(form.get("opens", "")), _time(form.get("closes", ""))
            fresh = hours.add(conn, who, depot, days, *times, now)
            return saved(fresh, plain("It is open then from now on."))
        case "remove":
            weekday, _, opens = form.get("hours", "").partition(" ")
            number = int(weekday) if weekday in _DAYS else 0
            gone = hours.remove(conn, who, depot, number, _time(opens), now)
            return saved(gone, plain("It is open then no more."))
        case "holidays":
            keeps = form.get("keeps") == "closed"
            fresh = hours.keep_holidays(conn, who, depot, keeps=keeps, now=now)
            return saved(fresh)
    raise Problem(422, "no_such_act", mark("This page cannot do that."))


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise Problem(422, "not_offered_so", mark("A time is written like 09:00.")) from None
