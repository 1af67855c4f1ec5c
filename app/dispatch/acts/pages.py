"""What is pressed in the console. Every act is a form; what has to be said first is a page.

A script sends `X-Console`, gets the words alone and has them spoken; everybody else is led back to
the queue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, request

from app import clock
from app.access import again, scope, tongue
from app.access.keys import caller
from app.access.session import require_session
from app.booking import service as booking
from app.booking.days import days
from app.booking.leaving import brought_to
from app.booking.service import Options
from app.cases import service as cases
from app.channels import wording
from app.db.connection import connection
from app.dispatch import console_request as asked
from app.dispatch import conversation, states, store
from app.dispatch import queue_store as queue
from app.dispatch.acts import rules, undo, words
from app.dispatch.acts import service as acts
from app.dispatch.acts.rules import Act, Given
from app.dispatch.acts.words import Feedback
from app.dispatch.old_news import service as old_news
from app.dispatch.queue_store import Row
from app.dispatch.states import TaskKind
from app.errors import Problem
from app.languages.language import mark
from app.shipments.corrections import forms as corrections
from app.theme import respond, speaking
from app.theme.times import When

blueprint = Blueprint("console_acts", __name__)
respond.calm_errors(blueprint)
tongue.begin(blueprint)

_LONGEST = 2000
_WHERE = ("line1", "line2", "postcode", "city", "region")
"""What makes an address of a form that names the country already."""
_KEPT = "kept-"
"""How the tone of words begins that stay in the field of their task."""
_UNDO = "undo"
"""The tone of what is no word, but what can be taken back."""


@blueprint.post("/console")
@require_session("dispatcher")
def act() -> Response:
    """Do `act` to every `task` that was ticked, or take on `one`, or `begin` one of old news.

    Or `answer` what the customer asked, with the words beside it.
    """
    form, now = request.form, clock.now()
    ticked, one, answered, old = (
        asked.ids(form.getlist(name)) for name in ("task", "one", "answer", "begin")
    )
    scope.check(caller().sees, "task_id", [*ticked, *one, *answered, *old])
    if answered:
        return _led_back(_answer(answered[0], now), ticked, answered)
    if old:
        return _led_back(_begin(old, now), ticked, old)
    if asked.wanted().tab == "aside" and not form.get("act"):
        return _led_back(_begin(one or ticked, now), ticked, one)
    chosen = _act(form.get("act", ""))
    try:
        given = _given()
    except Problem as problem:
        return _sheet(chosen, one or ticked, now, problem)
    if chosen.asks and ticked and not _enough(chosen, given, now):
        return respond.see_other(_sheet_address(chosen, one or ticked))
    done = acts.do(chosen, one or ticked, given, caller().session_id or 0, caller().name, now)
    rows = _rows([*done.tasks, *(task for task, _ in done.over), *(a.task_id for a in done.acks)])
    said = words.said(done, given, rows, caller().name, now, speaking.language())
    return _led_back(said, ticked, one, done.act_id)


@blueprint.post("/console/undo")
@require_session("dispatcher")
def take_back() -> Response:
    """Take back what this session did a moment ago: `undo` is its id."""
    found = asked.ids([request.form.get(_UNDO, "")])
    try:
        back = undo.undo(
            found[0] if found else 0, caller().session_id or 0, caller().name, clock.now()
        )
    except Problem as problem:
        return _led_back(Feedback(speaking.said(problem.detail), ""), [], [])
    rows = _rows([*back.tasks, *(task for task, _ in back.stays)])
    return _led_back(words.taken_back(back, rows, speaking.language()), [], [])


@blueprint.get("/console/sheet")
@require_session("dispatcher")
def sheet() -> Response:
    """What has to be said before `act` is done to every `task` of the address."""
    ticked = asked.ids(request.args.getlist("task"))
    scope.check(caller().sees, "task_id", ticked)
    return _sheet(_act(request.args.get("act", "")), ticked, clock.now())


def _sheet(
    chosen: Act, ids: Sequence[int], now: datetime, problem: Problem | None = None
) -> Response:
    rows = list(_rows(ids).values())
    if not chosen.asks or not rows:
        return respond.see_other(asked.address(asked.wanted()))
    when = When(rows[0].zone, now, speaking.language())
    offered, country = Options([], []), ""
    if chosen is Act.RESOLVE:
        offered, country = _offered(rows, now)
    return respond.page(
        "dispatch/console_sheet.html",
        status=problem.status if problem else 200,
        given=request.form,
        faults=speaking.faults(problem),
        caller=caller(),
        here="console",
        act=chosen,
        rows=rows,
        action=asked.address(asked.wanted(), cursor=asked.asked_cursor()),
        when=when,
        snoozes=rules.snoozes(when, _latest(rows, now)),
        outcomes=_outcomes(rows),
        lasts=dict.fromkeys(filter(None, (rules.lasts(chosen, r.kind, Given()) for r in rows))),
        days=days(offered.slots, when),
        back=offered.way_back,
        within=offered.elsewhere,
        country=country,
        depot=rows[0].depot if len({row.zone for row in rows}) > 1 else "",
    )


def _act(name: str) -> Act:
    return Act(name) if name in set(Act) else Act.TAKE


def _given() -> Given:
    """What was said with an act.

    Raises:
        Problem: 422 another address cannot be used.
    """
    form = request.form
    place = [form.get(part, "").strip() for part in _WHERE]
    until, event = rules.read_snooze(form.get("until", ""))
    return Given(
        outcome=form.get("outcome", ""),
        note=form.get("note", "").strip()[:_LONGEST],
        until=until,
        event=event,
        choice=form.get("choice", ""),
        leave=brought_to(corrections.address(form)) if any(place) else None,
    )


def _enough(chosen: Act, given: Given, now: datetime) -> bool:
    """Whether everything was said that the act needs."""
    match chosen:
        case Act.SNOOZE:
            soonest, latest = now + timedelta(minutes=1), now + rules.LONGEST_SNOOZE
            return given.until is not None and soonest <= given.until <= latest
        case Act.RESOLVE:
            return bool(given.outcome)
        case Act.NOTE:
            return bool(given.note)
        case _:
            return True


def _latest(rows: Sequence[Row], now: datetime) -> datetime | None:
    """When somebody has to act at the latest for the first of these."""
    return min((row.deadline for row in rows if row.deadline and row.deadline > now), default=None)


def _outcomes(rows: Sequence[Row]) -> Mapping[str, str]:
    kinds = {row.kind for row in rows}
    return states.outcomes_of(kinds.pop() if len(kinds) == 1 else TaskKind.FAILURE)


def _offered(rows: Sequence[Row], now: datetime) -> tuple[Options, str]:
    """What can be booked for the parcels of one depot, and in which country: as for the first."""
    if len({row.depot for row in rows}) > 1 or not all(row.kind.of_delivery for row in rows):
        return Options([], []), ""
    conn = connection()
    task = store.task(conn, rows[0].id)
    case = cases.by_ids(conn, [task.case_id]).get(task.case_id) if task else None
    return (booking.options(conn, case, now), case.country) if case else (Options([], []), "")


def _rows(ids: Sequence[int]) -> dict[int, Row]:
    found = list(dict.fromkeys(ids))
    return {row.id: row for row in queue.by_ids(connection(), found)} if found else {}


def _sheet_address(chosen: Act, ids: Sequence[int]) -> str:
    address = asked.address(asked.wanted(), cursor=asked.asked_cursor())
    return f"{address.replace('/console?', '/console/sheet?')}&" + urlencode(
        {"act": chosen, "task": list(ids)}, doseq=True
    )


def _led_back(
    said: Feedback, ticked: Sequence[int], one: Sequence[int], act_id: int = 0
) -> Response:
    """Say what came of it; what was ticked and not meant stays so."""
    if "X-Console" in request.headers:
        messages = [(said.tone, said.text)] + ([(_UNDO, str(act_id))] if act_id else [])
        return respond.page("dispatch/console_said.html", messages=messages, spoken=True)
    flash(said.text, said.tone)
    if act_id:
        flash(str(act_id), _UNDO)
    kept = [number for number in ticked if number not in one] if one else []
    return respond.see_other(
        asked.address(asked.wanted(), cursor=asked.asked_cursor(), picked=kept)
    )


def _answer(task_id: int, now: datetime) -> Feedback:
    """Answer the customer."""
    text = request.form.get(f"words-{task_id}", "")
    try:
        with again.asked(wording.CODE, text) as meant:
            conversation.answer_task(task_id, text, caller().name, now, meant=meant)
    except Problem as problem:
        if "X-Console" not in request.headers:  # whose script keeps them
            flash(text, f"{_KEPT}{task_id}")
        return Feedback(speaking.said(problem.detail), "")
    return Feedback(speaking.plain("Your answer is on its way to the customer."), "good")


def _begin(ids: Sequence[int], now: datetime) -> Feedback:
    """Begin each by itself, as they are taken on."""
    begun, not_begun = [], []
    for task_id in ids:
        try:
            if old_news.begin_task(task_id, caller().name, now):
                begun.append(task_id)
            else:
                not_begun.append((task_id, mark("it was begun already.")))
        except Problem as problem:
            not_begun.append((task_id, problem.detail))
    return words.begun(begun, not_begun, _rows(ids), speaking.language())
