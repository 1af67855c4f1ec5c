"""The dispatcher's page: GET shows, POST acts; a late click shows the current state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import Blueprint, Response, request

from app import clock
from app.access import links, tongue
from app.booking import offer
from app.booking import service as booking
from app.booking import store as booking_store
from app.booking.days import days
from app.cases import service as cases
from app.cases import store as case_store
from app.cases.model import Case
from app.cases.timeline import audience
from app.cases.timeline.kinds import Visibility
from app.channels import finding_store, unsent_store
from app.db.connection import Connection, connection
from app.db.together import Reads, first, together
from app.decisions import store as decision_store
from app.decisions.service import Known, known_of
from app.directory import accounts_store
from app.directory import store as directory
from app.directory.model import Person
from app.dispatch import (
    called,
    case_acts,
    console_request,
    conversation,
    presence,
    states,
    store,
    typed,
    views,
)
from app.dispatch.acts import rules
from app.dispatch.states import TaskKind
from app.dispatch.store import Task
from app.dispatch.taken import service as taken
from app.disputes import store as disputes
from app.errors import Problem
from app.gestures import service as gestures
from app.gestures import words as gesture_words
from app.languages.language import mark
from app.photos import uploads
from app.questions import store as questions
from app.shipments.corrections import forms as corrections
from app.theme import respond, speaking
from app.theme.times import When

blueprint = Blueprint("dispatch_pages", __name__, template_folder="templates")
respond.calm_errors(blueprint)
tongue.begin(blueprint)

_NOTE = 2000


_WHOSE: Reads = {
    "task": store.TASK,
    "case": case_store.CASE,
    "person": directory.PERSON,
    "calls": finding_store.CALLS_ABOUT,
}
_LIVE: Reads = {
    **_WHOSE,
    "timeline": case_store.TIMELINE,
    "stands": booking_store.STANDING,
    "courier": accounts_store.COURIER,
    "questions": questions.OF_CASE,
    "unsent": unsent_store.NOT_ARRIVED,
}
_PAGE: Reads = {
    **_LIVE,
    "decisions": decision_store.OF_CASE,
    **offer.READS,
    **corrections.READS,
    "disputes": disputes.OF_CASE,
}


class _Opened(NamedTuple):
    """Whose link it is, what it is about, and what else was read of that."""

    task: Task
    person: Person
    case: Case
    got: Mapping[str, Any]


def _open(conn: Connection, token: str, reads: Reads) -> _Opened:
    """Open a link.

    Raises:
        Problem: 404 no link of ours; 200 it has ended.
    """
    task_id, person_id = links.read("task", token)
    got = together(
        conn,
        reads,
        of=store.CASE_OF_TASK,
        task=task_id,
        person=person_id,
        topic=f"task-{task_id}",
        now=clock.now(),
    )
    task, person, case = first(got["task"]), first(got["person"]), first(got["case"])
    if task is None or person is None or case is None:
        raise Problem(404, "unknown_link", "This link is not known.")
    tongue.use(link=person.language)
    links.check_not_ended(case.closed_at, clock.now())
    return _Opened(task, person, case, got)


def _view(conn: Connection, opened: _Opened) -> views.View:
    task, case, got = opened.task, opened.case, opened.got
    return views.view(
        task,
        case,
        cases.recorded(got["timeline"]),
        _booking(conn, task, case, got),
        opened.person.name,
        first(got["courier"]) or "courier",
        got["questions"],
        When(case.depot.zone, clock.now(), speaking.language()),
        called.level(got["calls"]),
        admin=opened.person.admin,
        unsent=got["unsent"],
    )


def _booking(
    conn: Connection, task: Task, case: Case, got: Mapping[str, Any]
) -> booking.Booking | None:
    """What the task is about, else what stands."""
    if task.kind is states.TaskKind.HANDOVER:
        return booking.find(conn, task.about)
    return first(got["stands"]) if case.booked else None


@blueprint.get("/t/<token>")
def show(token: str) -> Response:
    """Everything needed to act, and one big button."""
    return _page(token)


@blueprint.get("/t/<token>/live")
def live(token: str) -> Response:
    """The part of the page that follows what happens, for the poll; never the form."""
    conn = connection()
    view = _view(conn, _open(conn, token, _LIVE))
    shown = request.args.get("phase", "")
    if shown != view.phase and not views.with_form(shown):
        return respond.refresh()
    me = presence.told(view.person, request.args, view.task.id)
    return respond.fragment(
        "dispatch/live.html", view=view, token=token, phase=shown, **_beheld(view, me)
    )


def _beheld(view: views.View, me: presence.Looks | None = None) -> dict[str, str]:
    """Who else is here, and what a form on this page relies on."""
    others = presence.exchange(me, view.person)
    here = presence.words(others.get(view.task.id, []), view.when.language)
    return {"here": here, "version": views.version(view)}


@blueprint.post("/t/<token>")
def act(token: str) -> Response:
    """Acknowledge (`outcome`, `note`), or do another `act`: see `case_acts`."""
    opened = _open(connection(), token, _LIVE if "seen" in request.form else _WHOSE)
    try:
        _check_fresh(opened)
        level = called.level(opened.got["calls"])
        case_acts.take(opened.task.id, opened.case, opened.person, level)
    except Problem as problem:
        return _page(token, problem)
    rings = "?rings=1" if request.form.get("act") == "call" else ""
    return respond.see_other(f"/t/{token}{rings}")


@blueprint.post("/t/<token>/notes")
def note(token: str) -> Response:
    """Keep a note with its photos, for those whom `visibility` names."""
    opened = _open(connection(), token, _WHOSE)
    uploads.let_in()
    try:
        conversation.note(
            opened.case.id,
            request.form.get("text", "").strip()[:_NOTE],
            Visibility(request.form.get("visibility", "")),
            uploads.sent(),
            opened.person.name,
            clock.now(),
        )
    except Problem as problem:
        return _page(token, problem)
    return respond.see_other(f"/t/{token}#story-title")


@blueprint.get("/t/<token>/photos/<photo>")
def photo(token: str, photo: str) -> Response:
    """A photo of a note: staff see all of them."""
    opened = _open(connection(), token, {**_WHOSE, "timeline": case_store.TIMELINE})
    return uploads.answer(opened.case.id, photo, audience.photos(opened.got["timeline"]))


def _check_fresh(opened: _Opened) -> None:
    """Let a form act only on what its writer has seen; one that does not say that is let through.

    Raises:
        Problem: 409 something has changed in the meantime.
    """
    seen = request.form.get("seen")
    if seen and seen != views.version(_view(connection(), opened)):
        detail = mark(
            "This has changed since you opened it, so nothing was done. See how it stands now; "
            "your words are kept. Press again if they still hold."
        )
        raise Problem(409, "gone_stale", detail)


@blueprint.post("/t/<token>/check")
def check(token: str) -> Response:
    """What is wrong with the field that somebody is filling in; nothing is kept of it."""
    opened = _open(connection(), token, _WHOSE)
    name = request.headers.get("HX-Trigger-Name", "")
    said = typed.check(name, request.form, opened.case)
    return respond.fragment("dispatch/typed.html", typed=said)


def _longer(view: views.View) -> list[rules.Snooze]:
    """Until when whoever has it can keep it, as far as that is later than now."""
    done_by = view.task.done_by
    if view.phase != "mine" or done_by is None:
        return []
    latest = taken.latest(view.task, view.case, view.when.now)
    return rules.longer(view.when, done_by, latest)


def _snoozes(view: views.View) -> list[rules.Snooze]:
    """Until when the calls can be put off, while somebody is called."""
    if view.phase != "open" or view.to_confirm or view.put_off:
        return []
    return rules.snoozes(view.when, taken.latest(view.task, view.case, view.when.now))


def _gesture(conn: Connection, view: views.View) -> str:
    """What the shipper's rules have for an unhappy customer, or why nothing; else empty."""
    if not view.can_act or view.task.kind is not TaskKind.RECOVERY:
        return ""
    found = gestures.would(conn, view.case, clock.now())
    return gesture_words.would(found, view.when.language)


def _page(token: str, problem: Problem | None = None) -> Response:
    conn = connection()
    opened = _open(conn, token, _PAGE)
    view, got = _view(conn, opened), opened.got
    facts: dict[str, Any] = {"view": view, "token": token, "phase": view.phase, **_beheld(view)}
    offered, place = booking.Options([], []), corrections.Shown(None, None)
    decision = Known(None, None)
    if view.can_act:
        known = offer.known(conn, view.case, got)
        offered = booking.options(conn, view.case, clock.now(), known)
        place = corrections.shown(got)
        decision = known_of(view.case, got["decisions"])
    return respond.page(
        "dispatch/page.html",
        status=problem.status if problem else 200,
        live=respond.live("dispatch/live.html", **facts),
        problem=problem,
        rings="rings" in request.args and problem is None,
        outcomes=states.outcomes_of(view.task.kind),
        gesture=_gesture(conn, view),
        note=request.form.get("note", ""),
        answer=request.form.get("answer", ""),
        words=request.form.get("words", ""),
        elsewhere=case_acts.ELSEWHERE,
        closes=case_acts.CLOSES,
        longer=_longer(view),
        snoozes=_snoozes(view),
        days=days(offered.slots, view.when),
        points=offered.pickup_points,
        prices=offered.prices_in(view.when.language),
        back=offered.way_back,
        chosen=request.form.get("choice", "") or (view.booking.choice if view.booking else ""),
        where=place,
        decision=decision,
        disputed=[d for d in got["disputes"] if d.state == "open"],
        given=request.form,
        beside=console_request.beside(conn, view.task.id, opened.person.id),
        faults=speaking.faults(problem),
        **facts,
    )
