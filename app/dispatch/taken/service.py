"""Verbs on what somebody took on. They run with the case locked, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from app.booking import places_store
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import NeedsLonger
from app.chain import policy
from app.chain import service as chain
from app.chain.step import LOOK_AFTER
from app.db.connection import Connection
from app.dispatch.states import TaskKind
from app.dispatch.store import Task
from app.dispatch.taken import rules, store
from app.dispatch.taken.rules import Hours
from app.questions import hours as working_hours

_OWN_CLOCK = {TaskKind.QUESTION, TaskKind.HANDOVER}
"""What an hour of its own looks after: the next level is called, and the customer is told."""
WAITS = "wait_for_customer"
"""The outcome that says that nothing is to be done until the customer has chosen."""


def begin(conn: Connection, task: Task, case: Case, outcome: str, now: datetime) -> None:
    """Somebody has it from now on: they are reminded, and have it until an hour."""
    body = policy.get(conn, case.policy_id)
    before = body.seconds("remind_before")
    if task.kind in _OWN_CLOCK:
        by = task.deadline if task.deadline and task.deadline > now else None
        if by:
            _set(conn, task, case, Hours(rules.remind_at(by, before, now), None))
        return
    deadline = _deadline(task, case)
    if outcome == WAITS and case.choose_by and case.choose_by > now and not case.booked:
        done_by = min(filter(None, (case.choose_by, _ahead(deadline, now))))
        _set(conn, task, case, rules.until(done_by, before, now))
        return
    week = places_store.read_week(conn, case, now)
    usual = working_hours.answer_by(now, body.seconds("done_within"), week)
    _set(conn, task, case, rules.hours(usual, deadline, before, now))


def longer(
    conn: Connection, task: Task, case: Case, by: str, until: datetime, now: datetime
) -> None:
    """Whoever has it needs until then."""
    before = policy.get(conn, case.policy_id).seconds("remind_before")
    _set(conn, task, case, rules.until(until, before, now))
    cases.note(conn, [cases.Entry(case.id, NeedsLonger(task_id=task.id, until=until), by)], now)


def latest(task: Task, case: Case, now: datetime) -> datetime | None:
    """Until when whoever has it may keep it: the courier, or the customer, waits no longer."""
    return _ahead(_deadline(task, case), now)


def watch(conn: Connection, case: Case) -> None:
    """Look again at the first hour of what is taken on; at nothing when nothing is."""
    _watch(conn, case, store.of_cases(conn, [case.id]))


def _watch(conn: Connection, case: Case, taken: list[store.Taken]) -> None:
    look = next_look(taken)
    if look is None:
        chain.drop(conn, case.id, LOOK_AFTER)
    else:
        chain.arm(conn, [chain.NewStep(case.id, LOOK_AFTER, look, {}, case.request_id)])


def next_look(taken: list[store.Taken]) -> datetime | None:
    """The soonest hour of what somebody has; None when there is none."""
    hours = (at for one in taken for at in (one.remind_at, one.done_by) if at)
    return min(hours, default=None)


def _set(conn: Connection, task: Task, case: Case, hours: Hours) -> None:
    _watch(conn, case, store.set_hours(conn, task.id, case.id, hours))


def _deadline(task: Task, case: Case) -> datetime | None:
    return case.act_by if task.kind.of_delivery else task.deadline


def _ahead(at: datetime | None, now: datetime) -> datetime | None:
    return at if at and at > now else None
