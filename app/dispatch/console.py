"""The console: the dispatcher's whole queue, in the order of what hurts next, and the search.

A page costs three queries, whatever its size: who is here, the rows (`queue.page`) and the
counts (`tallies.counts`); a search costs a fourth. It works without JavaScript; with it, a poll
brings counts and what became of the rows on the screen, and never touches a checkbox or a button.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from flask import Blueprint, Response, flash, request

from app import clock
from app.access import links, tongue
from app.access.keys import caller
from app.access.session import require_session
from app.cases import service as cases
from app.cases.search import service as search
from app.db.connection import Connection, connection
from app.dispatch import console_request as asked
from app.dispatch import console_views, presence
from app.dispatch import queue_counts_store as tallies
from app.dispatch import queue_store as queue
from app.dispatch import store as tasks
from app.dispatch.console_views import Line
from app.errors import Problem
from app.languages.sentence import sentence
from app.theme import respond, speaking
from app.theme.speaking import plain

blueprint = Blueprint("console_pages", __name__, template_folder="templates")
respond.calm_errors(blueprint)
tongue.begin(blueprint)

_SEARCHED = 1000
"""So many of what is found are looked through for those of somebody's own depots."""


@blueprint.get("/console")
@require_session("dispatcher")
def show() -> Response:
    """The queue: `tab`, filters `depot`, `kind`, `courier`, and the `cursor` of a page."""
    if "HX-Request" in request.headers:  # a filter was picked: look at the page it leads to
        answer = respond.private(Response())
        answer.headers["HX-Redirect"] = request.full_path.rstrip("?")
        return answer
    now, wanted = clock.now(), asked.wanted()
    conn = connection()
    asked.look_at(wanted)
    rows = _rows(conn, wanted, now)
    shown, more = rows[: queue.PAGE], len(rows) > queue.PAGE
    tally = _tally(conn, wanted, now)
    away = asked.been_away(tally.newest, now)
    return respond.page(
        "dispatch/console.html",
        caller=caller(),
        here="console",
        wanted=wanted,
        tally=tally,
        meanwhile=_meanwhile(conn, wanted, away, now) if away else "",
        lines=_lines(shown, tally, now),
        picked=_picked([row.id for row in shown]),
        many=more,
        more=asked.address(wanted, cursor=f"{shown[-1].place}_{shown[-1].id}") if more else "",
        first=asked.address(wanted) if request.args.get("cursor") else "",
        action=asked.address(wanted, cursor=asked.asked_cursor()),
        address=lambda **other: asked.address(queue.Wanted(**{**asdict(wanted), **other})),
        live=asked.live(wanted, tally.newest, [row.id for row in shown]),
    )


@blueprint.get("/console/tasks/<id:task_id>")
@require_session("dispatcher")
def task(task_id: int) -> Response:
    """A task that a room or a system of the depot was told of: whoever comes acts as themselves."""
    person_id = caller().person_id
    if person_id is None or tasks.task(connection(), task_id) is None:
        return respond.see_other("/console")
    return respond.see_other("/t/" + links.make("task", task_id, person_id))


@blueprint.get("/console/cases/<id:case_id>")
@require_session("dispatcher")
def case(case_id: int) -> Response:
    """The page of a case, for whoever has its number from a log, an alarm or `reknock why`."""
    conn = connection()
    if of_case := tasks.of_case(conn, case_id):
        return respond.see_other(f"/console/tasks/{of_case[0].id}")
    if not cases.by_ids(conn, [case_id]):
        raise Problem(
            404, "no_such_case", sentence("There is no case {number}.", number=str(case_id))
        )
    flash(plain("Nobody has been called for case {number} yet.", number=str(case_id)))
    return respond.see_other("/console")


@blueprint.get("/console/live")
@require_session("dispatcher")
def live() -> Response:
    """For the poll: the counts, how many are new since `after`, and the rows `shown`."""
    now, wanted = clock.now(), asked.wanted()
    conn = connection()
    after = next(iter(asked.ids([request.args.get("after", "")])), 0)
    ids = asked.ids(request.args.get("shown", "").split(","))
    tally = _tally(conn, wanted, now, after)
    if request.args.get("awake"):
        asked.still_here(max(after, tally.newest), now)
    me = presence.told(caller().name, request.args)
    return respond.fragment(
        "dispatch/console_live.html",
        wanted=wanted,
        tally=tally,
        polled=True,
        lines=_lines(queue.by_ids(conn, ids, wanted.depots), tally, now, me) if ids else [],
        address=lambda **other: asked.address(queue.Wanted(**{**asdict(wanted), **other})),
        live=asked.live(wanted, after, ids),
    )


def _meanwhile(
    conn: Connection, wanted: queue.Wanted, away: tuple[int, datetime], now: datetime
) -> str:
    found = tallies.since(conn, wanted, caller().name, *away)
    return console_views.meanwhile(found, away[1], now, speaking.language())


def _picked(shown: list[int]) -> set[int]:
    """What is ticked from the beginning: these, or `all` that is shown."""
    named = request.args.getlist("picked")
    return set(shown if "all" in named else asked.ids(named))


def _rows(conn: Connection, wanted: queue.Wanted, now: datetime) -> list[queue.Row]:
    """The page that is asked for, or what the search finds; one row more says that there are."""
    if wanted.q:
        most = queue.PAGE + 1 if wanted.depots is None else _SEARCHED
        return queue.found(conn, wanted, search.find(conn, wanted.q, most))[: queue.PAGE + 1]
    return queue.page(conn, wanted, caller().name, now, asked.cursor(asked.asked_cursor()))


def _tally(
    conn: Connection, wanted: queue.Wanted, now: datetime, after: int = 0
) -> console_views.Tally:
    return console_views.tally(
        tallies.counts(conn, wanted, caller().name, now, after), wanted, speaking.language()
    )


def _lines(
    rows: list[queue.Row],
    tally: console_views.Tally,
    now: datetime,
    me: presence.Looks | None = None,
) -> list[Line]:
    several, language = len(tally.depots) > 1, speaking.language()
    others = presence.exchange(me, caller().name)
    return [
        console_views.line(
            row,
            caller(),
            now,
            language,
            depot=several,
            here=presence.words(others.get(row.id, []), language),
        )
        for row in rows
    ]
