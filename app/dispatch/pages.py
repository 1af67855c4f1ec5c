"""The dispatcher's page: GET shows, POST acts; a late click shows the current state."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from app import clock
from app.access import links
from app.booking import service as booking
from app.booking.days import days
from app.cases import service as cases
from app.cases.model import Case
from app.db.connection import Connection, connection
from app.decisions import forms as decisions
from app.decisions.service import Known, known
from app.directory import accounts_store
from app.directory import store as directory
from app.directory.store import Person
from app.dispatch import service, states, store, views
from app.dispatch.old_news import service as old_news
from app.dispatch.store import Task
from app.errors import Problem
from app.questions import service as questions
from app.shipments.corrections import forms as corrections
from app.theme import respond

blueprint = Blueprint("dispatch_pages", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_ELSEWHERE = ("phone", "shop", "chat")
"""Where staff and a customer are in touch besides; each is a button."""
_LONGEST = 1400


def _opened(conn: Connection, token: str) -> tuple[Task, Person, Case]:
    """Whose link it is, and what it is about.

    Raises:
        Problem: 404 no link of ours; 200 it has ended.
    """
    task_id, person_id = links.read("task", token)
    task = store.task(conn, task_id)
    person = directory.person(conn, person_id)
    case = cases.by_ids(conn, [task.case_id]).get(task.case_id) if task else None
    if task is None or person is None or case is None:
        raise Problem(404, "unknown_link", "This link is not known.")
    links.check_not_ended(case.closed_at, clock.now())
    return task, person, case


def _read(conn: Connection, token: str) -> views.View:
    task, person, case = _opened(conn, token)
    return views.view(
        task,
        case,
        cases.timeline(conn, case.id),
        _booking(conn, task, case),
        person.name,
        accounts_store.courier(conn, case.account_id),
        questions.of_case(conn, case.id),
        clock.now(),
    )


def _booking(conn: Connection, task: store.Task, case: Case) -> booking.Booking | None:
    """What the task is about, else what stands."""
    if task.kind is states.TaskKind.HANDOVER:
        return booking.find(conn, task.about)
    return booking.standing(conn, case.id) if case.booked else None


@blueprint.get("/t/<token>")
def show(token: str) -> Response:
    """Everything needed to act, and one big button."""
    return _page(_read(connection(), token), token)


@blueprint.get("/t/<token>/live")
def live(token: str) -> Response:
    """The part of the page that follows what happens, for the poll; never the form."""
    view = _read(connection(), token)
    shown = request.args.get("phase", "")
    if shown != view.phase and not views.with_form(shown):
        return respond.refresh()
    return respond.fragment("dispatch/live.html", view=view, token=token, phase=shown)


@blueprint.post("/t/<token>")
def act(token: str) -> Response:
    """Acknowledge (`outcome`, `note`), or do another `act`: see `_take`."""
    task, person, case = _opened(connection(), token)
    try:
        _take(task.id, case, person.name)
    except Problem as problem:
        return _page(_read(connection(), token), token, problem)
    return respond.see_other(f"/t/{token}")


def _take(task_id: int, case: Case, person: str) -> None:  # noqa: C901 - one case per act
    form = request.form
    outcome, note = form.get("outcome", ""), form.get("note", "").strip()[:2000]
    match form.get("act", "acknowledge"):
        case "acknowledge":
            service.acknowledge(task_id, person, note, outcome, clock.now())
        case "resolve":
            service.resolve(task_id, person, outcome, note, clock.now())
        case "book":
            booking.choose_for(case.id, form.get("choice", ""), person, clock.now())
        case "begin":
            old_news.begin_task(task_id, person, clock.now())
        case "answer":
            service.answer(case.id, form.get("answer", "")[:_LONGEST], person, clock.now())
        case act if act in _ELSEWHERE:
            service.contacted(case.id, act, note, person, clock.now())
        case "pass_on":
            service.pass_on(task_id, person, clock.now())
        case "agree" | "refuse" as act:  # whoever decides that has it
            corrections.take(act, form, case.shipment_id, person, clock.now())
            service.acknowledge(task_id, person, "", "", clock.now())
        case "decide":
            decisions.decide(form, case.id, person, clock.now())
        case act:
            if not corrections.take(act, form, case.shipment_id, person, clock.now()):
                raise Problem(422, "no_such_act", "This page cannot do that.")


def _page(view: views.View, token: str, problem: Problem | None = None) -> Response:
    facts: dict[str, Any] = {"view": view, "token": token, "phase": view.phase}
    offered, place = booking.Options([], []), corrections.Shown(None, None)
    decision = Known(None, None)
    if views.with_form(view.phase):
        offered = booking.options(connection(), view.case, clock.now())
        place = corrections.shown(connection(), view.case.shipment_id)
        decision = known(connection(), view.case)
    return respond.page(
        "dispatch/page.html",
        status=problem.status if problem else 200,
        seen=respond.digest("dispatch/live.html", **facts),
        problem=problem,
        outcomes=states.outcomes_of(view.task.kind),
        note=request.form.get("note", ""),
        answer=request.form.get("answer", ""),
        elsewhere=_ELSEWHERE,
        days=days(offered.slots, view.when),
        points=offered.pickup_points,
        chosen=request.form.get("choice", "") or (view.booking.choice if view.booking else ""),
        where=place,
        decision=decision,
        given=request.form,
        faults=problem.by_field if problem else {},
        **facts,
    )
