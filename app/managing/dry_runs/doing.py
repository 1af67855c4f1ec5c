"""Doing again, in a scratch world, what somebody did then: by the verbs that people have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from app import clock
from app.booking import service as booking
from app.cases import service as cases
from app.cases.model import Resolution
from app.cases.timeline.facts import (
    Acknowledged,
    Booked,
    Closed,
    Decided,
    PassedOn,
    QuestionAnswered,
    Rebooked,
    Resolved,
    Snoozed,
    SurveyAnswered,
)
from app.customer import service as customer
from app.customer.asked import service as asked
from app.db.connection import transaction
from app.decisions import service as decisions
from app.decisions.model import Choice
from app.dispatch import conversation
from app.dispatch import service as dispatch
from app.dispatch.snoozed import service as snoozed
from app.dispatch.snoozed.events import Event
from app.dispatch.store import Task
from app.managing.dry_runs.acts import Act, TaskKey
from app.managing.dry_runs.history_store import Asked
from app.questions.model import Wants
from app.questions.service import Written


def do(case_id: int, act: Act, tasks: Mapping[TaskKey, Task]) -> bool:
    """Do it; whether it came to anything.

    Raises:
        Problem: it has no place any more.
    """
    task, now = tasks.get(act.task) if act.task else None, clock.now()
    if act.asked is not None:
        return _ask(case_id, act.asked, now)
    if act.task is not None:
        return task is not None and _of_task(task, act, now)
    match act.facts:
        case Booked() | Rebooked() as then:
            return _choose(case_id, act, then, now)
        case SurveyAnswered(score=score):
            customer.rate(case_id, score, "", now)
        case QuestionAnswered():
            conversation.answer(case_id, "…", act.by, now)
        case Decided(decision=decision):
            return decisions.decide(case_id, Choice(decision), act.by, now).fresh
        case Closed(resolution=resolution):
            return dispatch.close(case_id, Resolution(resolution), act.by, now)
    return True


def _of_task(task: Task, act: Act, now: datetime) -> bool:
    match act.facts:
        case PassedOn():
            dispatch.pass_on(task.id, act.by, now)
        case Resolved(outcome=outcome):
            dispatch.resolve(task.id, act.by, outcome, "", now)
        case Snoozed(minutes=minutes, event=event):
            until, sooner = now + timedelta(minutes=minutes), Event(event) if event else None
            snoozed.snooze_task(task.id, act.by, until, now, sooner)
        case Acknowledged(outcome=outcome):
            return dispatch.acknowledge(task.id, act.by, "", outcome, now).by == act.by
    return True


def _ask(case_id: int, said: Asked, now: datetime) -> bool:
    """The same words by the same way."""
    written = Written(
        text=said.text, wants=Wants(said.wants), channel=said.channel, sender=said.sender
    )
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        if case is None:
            return False
        asked.ask(conn, case, written, now)
        return True


def _choose(case_id: int, act: Act, then: Booked | Rebooked, now: datetime) -> bool:
    """The same window or place; where it is not offered, the first that is."""
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        if case is None:
            return False
        offered = booking.options(conn, case, now)
    slots = [one for one in offered.slots if one.starts_at == then.starts_at]
    points = [one for one in offered.pickup_points if one.name == then.place]
    wanted = [*(points if then.kind == "pickup" else slots), *offered.slots, *points]
    if not wanted:
        return False
    if act.by == "customer":
        customer.choose(case_id, wanted[0].choice, now)
    else:
        booking.choose_for(case_id, wanted[0].choice, act.by, now)
    return True
