"""Verbs that put calls off."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import Snoozed
from app.chain import service as chain
from app.channels import service as channels
from app.channels.states import NotSent
from app.db.connection import Connection, transaction
from app.dispatch import refusals, service
from app.dispatch.snoozed import store
from app.dispatch.snoozed.events import Event
from app.dispatch.states import TaskState
from app.dispatch.store import Task
from app.dispatch.taken import service as taken
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence

AT_LATEST = timedelta(hours=24)
"""So long an event is waited for where nobody says how long."""


def snooze(
    case_id: int, by: str, until: datetime | None, now: datetime, event: Event | None = None
) -> Task:
    """Call nobody for a case until then, or until something happens.

    Raises:
        Problem: 404 no such case; what `snooze_task` refuses.
    """
    return snooze_task(service.live(case_id).id, by, until, now, event)


def snooze_task(
    task_id: int, by: str, until: datetime | None, now: datetime, event: Event | None = None
) -> Task:
    """Call nobody for a task until then, or until something happens, whichever comes first.

    Raises:
        Problem: 404 no such task; 409 nobody is being called, or it has happened already; 422 that
            hour has passed, or comes too late.
    """
    with transaction() as conn:
        task, case = service.lock(conn, task_id)
        refusals.refuse_over(task, case)
        if task.state is not TaskState.OPEN:
            detail = sentence("Nobody is called: {who} has this task.", who=task.acknowledged_by)
            raise Problem(409, "nobody_called", detail)
        if event is Event.CHOICE and case.booked:
            raise Problem(409, "happened_already", mark("The customer has chosen already."))
        latest = taken.latest(task, case, now)
        at = until or min(filter(None, (now + AT_LATEST, latest)))
        refusals.refuse_hour(task, case, at, now)
        channels.withdraw(conn, case.id, f"task-{task.id}", NotSent.SNOOZED, now)
        put_off(conn, task, case, at, event)
        minutes = round((at - now).total_seconds() / 60)
        facts = Snoozed(task_id=task.id, minutes=minutes, event=event or "")
        cases.note(conn, [cases.Entry(case.id, facts, by)], now)
        return service.reread(conn, task_id)


def put_off(conn: Connection, task: Task, case: Case, until: datetime, event: Event | None) -> None:
    """Let the calls wait, and what ends that."""
    last = store.snooze(conn, task.id, until, event)
    service.call_at(conn, task, case, until)
    if event:
        data = {"until": last.isoformat()}
        chain.arm(conn, [chain.NewStep(case.id, event.step, last, data)])
