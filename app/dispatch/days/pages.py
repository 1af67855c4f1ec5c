"""The list of a depot's day: as a page for screen and paper, for spreadsheets and calendars."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, request

from app import clock
from app.access import links, tongue
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import connection, transaction
from app.dispatch.days import exports, service, store, views
from app.errors import Problem
from app.languages.language import mark
from app.theme import respond, speaking
from app.theme.times import When

blueprint = Blueprint("day_list_pages", __name__, template_folder="../templates")
respond.calm_errors(blueprint)
tongue.begin(blueprint)

_AHEAD = 14
"""So many days a calendar that follows a depot sees."""


@blueprint.get("/console/days")
@require_session("dispatcher")
def choose() -> Response:
    """To the list of `depot` and `date`; by default the first depot's of today."""
    now = clock.now()
    depot = service.first_depot(connection(), request.args.get("depot", ""), now, caller().depots)
    day = request.args.get("date") or f"{clock.local(now, depot.zone):%Y-%m-%d}"
    return respond.see_other(f"/console/days/{depot.slug}/{_day(day)}")


@blueprint.get("/console/days/<slug>/<day>")
@require_session("dispatcher")
def show(slug: str, day: str) -> Response:
    """What goes out and what is collected on this day, and what changed since it was taken."""
    now = clock.now()
    shown = service.read(connection(), slug, _day(day))
    when = When(shown.depot.zone, now, speaking.language())
    taken = shown.depot.taken_at
    groups = views.groups(shown.rows, shown.changes, taken, when)
    return respond.page(
        "dispatch/days.html",
        caller=caller(),
        here="days",
        shown=shown,
        depots=[d for d in shown.depots if (theirs := caller().depots) is None or d.id in theirs],
        address=f"/console/days/{slug}",
        when=when,
        now=now,
        title=when.date(shown.bounds.since),
        near=_near(when, shown.bounds.since + timedelta(hours=12)),
        before=shown.day - timedelta(days=1),
        after=shown.day + timedelta(days=1),
        groups=groups,
        notes=views.notes(shown.changes, when),
        since=views.short_since(taken, when) if taken else "",
        going=sum(row.kind == "redelivery" for row in shown.rows),
        waiting=sum(row.kind == "pickup" for row in shown.rows),
        asked=sum(group.unconfirmed for group in groups),
        ids=",".join(str(row.id) for row in shown.rows),
        feed=links.at(f"/console/days/{slug}/coming.ics?token={service.feed_token(shown.depot)}"),
    )


@blueprint.post("/console/days/<slug>/<day>")
@require_session("dispatcher")
def act(slug: str, day: str) -> Response:
    """Remember that the list was printed, as it was `at` with these `ids`; or end `feed` links."""
    now = clock.now()
    with transaction() as conn:
        shown = service.read(conn, slug, _day(day))
        if request.form.get("act") == "feed":
            store.renew_feed(conn, shown.depot.id)
            said = mark("The calendar has a new link; the ones before open nothing any more.")
        else:
            ids = [int(text) for text in request.form.get("ids", "").split(",") if _number(text)]
            service.take(conn, shown, ids, caller().name, _moment(request.form.get("at"), now), now)
            said = mark("Print it now. Whatever changes from here on is shown on top of the list.")
        flash(speaking.said(said), "good")
    return respond.see_other(f"/console/days/{slug}/{shown.day}")


@blueprint.get("/console/days/<slug>/<day>.csv")
@require_session("dispatcher")
def as_table(slug: str, day: str) -> Response:
    """The list for a spreadsheet; whoever fetches it first has taken the list.

    Later ones leave what is called out alone: somebody may be out with the one before.
    """
    now = clock.now()
    with transaction() as conn:
        shown = service.read(conn, slug, _day(day))
        if shown.depot.taken_at is None:
            service.take(conn, shown, [row.id for row in shown.rows], caller().name, now, now)
    text = exports.table(shown, When(shown.depot.zone, now))
    # With the mark at its beginning a spreadsheet takes the file for UTF-8.
    answer = Response(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}-{shown.day}.csv"'
    return respond.private(answer)


@blueprint.get("/console/days/<slug>/<day>.ics")
def as_calendar(slug: str, day: str) -> Response:
    """The windows of a day, or of those that are `coming`, for a calendar.

    A calendar has no session: its link carries a token. It names nobody.

    Raises:
        Problem: 404, the token is forged, another depot's, or an older one.
    """
    if "token" not in request.args:
        return _signed_in_calendar(slug=slug, day=day)
    now, conn = clock.now(), connection()
    depot = next((d for d in store.depots(conn, now.date()) if d.slug == slug), None)
    if depot is None:
        raise Problem(404, "unknown_link", mark("This link is not known."))
    service.check_feed(depot, request.args["token"])
    return _calendar(slug, day, now)


@require_session("dispatcher")
def _signed_in_calendar(*, slug: str, day: str) -> Response:
    return _calendar(slug, day, clock.now())


def _calendar(slug: str, day: str, now: datetime) -> Response:
    conn = connection()
    if day == "coming":
        lists = service.coming(conn, slug, _AHEAD, now)
    else:
        lists = [service.read(conn, slug, _day(day))]
    host = urlsplit(links.at("")).hostname or "reknock"
    answer = Response(
        exports.calendar(lists, host, now), content_type="text/calendar; charset=utf-8"
    )
    return respond.private(answer)


def _near(when: When, at: datetime) -> str:
    """`today` and the like; empty for other days."""
    near = when.day(at)
    return "" if near.startswith(when.date(at)) else near


def _day(text: str) -> date:
    """A day as addresses write it.

    Raises:
        Problem: 404, it is none.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 2000 <= day.year <= 2100:
        raise Problem(
            404, "no_such_day", mark("There is no such day. It is written like 2026-11-28.")
        )
    return day


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _moment(text: str | None, now: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return now
    return at if at.tzinfo else now
