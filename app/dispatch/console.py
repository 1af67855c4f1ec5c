"""The console: the dispatcher's whole queue, in the order of what hurts next, and the search.

A page costs three queries, whatever its size: who is here, the rows (`queue.page`) and the
counts (`tallies.counts`); a search costs a fourth. It works without JavaScript; with it, a poll
brings counts and what became of the rows on the screen, and never touches a checkbox or a button.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, request

from app import clock
from app.access import scope
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import Connection, connection
from app.dispatch import console_views, service
from app.dispatch import queue_counts_store as tallies
from app.dispatch import queue_store as queue
from app.dispatch.console_views import Line
from app.dispatch.old_news import service as old_news
from app.dispatch.search import service as search
from app.errors import Problem
from app.theme import respond

blueprint = Blueprint("console_pages", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_SEARCHED = 1000
"""So many of what is found are looked through for those of somebody's own depots."""
_MANY = 9_223_372_036_854_775_807


@blueprint.get("/console")
@require_session("dispatcher")
def show() -> Response:
    """The queue: `tab`, filters `depot`, `kind`, `courier`, and the `cursor` of a page."""
    if "HX-Request" in request.headers:  # a filter was picked: look at the page it leads to
        answer = respond.private(Response())
        answer.headers["HX-Redirect"] = request.full_path.rstrip("?")
        return answer
    now, wanted = clock.now(), _wanted()
    conn = connection()
    rows = _rows(conn, wanted, now)
    shown, more = rows[: queue.PAGE], len(rows) > queue.PAGE
    tally = _tally(conn, wanted, now)
    return respond.page(
        "dispatch/console.html",
        caller=caller(),
        here="console",
        wanted=wanted,
        tally=tally,
        lines=_lines(shown, tally, now),
        picked=set(_ids(request.args.getlist("picked"))),
        many=more,
        more=_address(wanted, cursor=f"{shown[-1].place}_{shown[-1].id}") if more else "",
        first=_address(wanted) if request.args.get("cursor") else "",
        action=_address(wanted, cursor=_asked_cursor()),
        address=lambda **other: _address(queue.Wanted(**{**asdict(wanted), **other})),
        live=_live(wanted, tally.newest, [row.id for row in shown]),
    )


@blueprint.get("/console/live")
@require_session("dispatcher")
def live() -> Response:
    """For the poll: the counts, how many are new since `after`, and the rows `shown`."""
    now, wanted = clock.now(), _wanted()
    conn = connection()
    after = next(iter(_ids([request.args.get("after", "")])), 0)
    ids = _ids(request.args.get("shown", "").split(","))
    tally = _tally(conn, wanted, now, after)
    return respond.fragment(
        "dispatch/console_live.html",
        wanted=wanted,
        tally=tally,
        polled=True,
        lines=_lines(queue.by_ids(conn, ids, wanted.depots), tally, now) if ids else [],
        address=lambda **other: _address(queue.Wanted(**{**asdict(wanted), **other})),
        live=_live(wanted, after, ids),
    )


@blueprint.post("/console")
@require_session("dispatcher")
def act() -> Response:
    """Take on the task `one`, or every `task` that was ticked; begin them, where they are old.

    Or `answer` what the customer asked, with the words beside it.
    """
    ticked = _ids(request.form.getlist("task"))
    one = _ids(request.form.getlist("one"))
    answered = _ids(request.form.getlist("answer"))
    old = _ids(request.form.getlist("begin"))
    scope.check(caller().sees, "task_id", [*ticked, *one, *answered, *old])
    if answered:
        said, one = _answer(answered[0]), answered
    elif old:
        said, one = _begin(old), old
    else:
        said = _begin(one or ticked) if _wanted().tab == "aside" else _take(one or ticked)
    flash(said.text, said.tone)
    kept = [number for number in ticked if number not in one] if one else []
    return respond.see_other(_address(_wanted(), cursor=_asked_cursor(), picked=kept))


def _take(ids: list[int]) -> console_views.Feedback:
    """Take each on by itself, so that one that is gone holds up none of the others."""
    by, acks, over = caller().name, [], []
    for task_id in ids:
        try:
            acks.append(service.acknowledge(task_id, by, "", "", clock.now()))
        except Problem as problem:
            over.append((task_id, problem.detail))
    rows = {row.id: row for row in queue.by_ids(connection(), ids)} if ids else {}
    return console_views.taken(acks, over, rows, by, clock.now())


def _answer(task_id: int) -> console_views.Feedback:
    """Answer the customer."""
    words = request.form.get(f"words-{task_id}", "")
    try:
        service.answer_task(task_id, words, caller().name, clock.now())
    except Problem as problem:
        return console_views.Feedback(problem.detail, "")
    return console_views.Feedback("Your answer is on its way to the customer.", "good")


def _begin(ids: list[int]) -> console_views.Feedback:
    """Begin each by itself, as they are taken on."""
    begun, not_begun = [], []
    for task_id in ids:
        try:
            if old_news.begin_task(task_id, caller().name, clock.now()):
                begun.append(task_id)
            else:
                not_begun.append((task_id, "it was begun already."))
        except Problem as problem:
            not_begun.append((task_id, problem.detail))
    rows = {row.id: row for row in queue.by_ids(connection(), ids)} if ids else {}
    return console_views.begun(begun, not_begun, rows)


def _rows(conn: Connection, wanted: queue.Wanted, now: datetime) -> list[queue.Row]:
    """The page that is asked for, or what the search finds; one row more says that there are."""
    if wanted.q:
        most = queue.PAGE + 1 if wanted.depots is None else _SEARCHED
        return queue.found(conn, wanted, search.find(conn, wanted.q, most))[: queue.PAGE + 1]
    return queue.page(conn, wanted, caller().name, now, _cursor(_asked_cursor()))


def _tally(
    conn: Connection, wanted: queue.Wanted, now: datetime, after: int = 0
) -> console_views.Tally:
    return console_views.tally(tallies.counts(conn, wanted, caller().name, now, after), wanted)


def _lines(rows: list[queue.Row], tally: console_views.Tally, now: datetime) -> list[Line]:
    several = len(tally.depots) > 1
    return [console_views.line(row, caller(), now, depot=several) for row in rows]


def _wanted() -> queue.Wanted:
    names = ("tab", "depot", "kind", "courier", "q")
    said = {name: request.values.get(name, "")[:100].replace("\0", "") for name in names}
    said["q"] = " ".join(said["q"].split())
    tab = said.pop("tab")
    return queue.Wanted(**said, tab=tab if tab in queue.TABS else "open", depots=caller().depots)


def _ids(texts: list[str]) -> list[int]:
    """The ids among these texts, each once, no more than a page has."""
    found = [int(t) for t in texts if t.isascii() and t.isdigit() and len(t) < 20]
    return list(dict.fromkeys(i for i in found if i <= _MANY))[: queue.PAGE]


def _asked_cursor() -> str:
    return request.args.get("cursor", "")[:60]


def _cursor(text: str) -> tuple[str, int]:
    """A cursor as it stands in an address; one that cannot be read is the first page."""
    place, _, number = text.partition("_")
    ids = _ids([number])
    return (place, ids[0]) if ids and _is_place(place) else queue.START


def _is_place(text: str) -> bool:
    """Whether it is a time as the database writes it, or the end of all times."""
    text = text.removeprefix(queue.IS_NOBODY)
    if text == "infinity":
        return True
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _address(wanted: queue.Wanted, **more: object) -> str:
    facts = {**asdict(wanted), **more, "depots": None}  # whoever asks brings their own
    query = urlencode({name: value for name, value in facts.items() if value}, doseq=True)
    return f"/console?{query}"


def _live(wanted: queue.Wanted, after: int, ids: list[int]) -> str:
    facts = {**asdict(wanted), "after": after, "shown": ",".join(map(str, ids))}
    del facts["depots"]
    return f"/console/live?{urlencode(facts, safe=',')}"
