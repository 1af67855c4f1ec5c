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


def take_on(
    conn: Connection, task: Task, case: Case, by: str, note: str, outcome: str, now: datetime
) -> list[store.Taken]:
    """Somebody has it from now on, until an hour; what somebody has of its case, see `looks`."""
    said = store.By(by, note, outcome, now)
    return store.take_on(conn, task.id, case.id, said, _hours(conn, task, case, outcome, now))


def begin_again(conn: Connection, task: Task, case: Case, outcome: str, now: datetime) -> None:
    """Who has it begins anew: they are reminded, and have it until an hour."""
    if hours := _hours(conn, task, case, outcome, now):
        watch(conn, case, store.set_hours(conn, task.id, case.id, hours))


def _hours(conn: Connection, task: Task, case: Case, outcome: str, now: datetime) -> Hours | None:
    body = policy.get(conn, case.policy_id)
    before = body.seconds("remind_before")
    if task.kind in _OWN_CLOCK:
        by = _ahead(task.deadline, now)
        return Hours(rules.remind_at(by, before, now), None) if by else None
    deadline = _deadline(task, case)
    if outcome == WAITS and case.choose_by and case.choose_by > now and not case.booked:
        done_by = min(filter(None, (case.choose_by, _ahead(deadline, now))))
        return rules.until(done_by, before, now)
    week = places_store.read_week(conn, case, now)
    usual = working_hours.answer_by(now, body.seconds("done_within"), week)
    return rules.hours(usual, deadline, before, now)


def longer(
    conn: Connection, task: Task, case: Case, by: str, until: datetime, now: datetime
) -> None:
    """Whoever has it needs until then."""
    before = policy.get(conn, case.policy_id).seconds("remind_before")
    hours = rules.until(until, before, now)
    watch(conn, case, store.set_hours(conn, task.id, case.id, hours))
    cases.note(conn, [cases.Entry(case.id, NeedsLonger(task_id=task.id, until=until), by)], now)


def latest(task: Task, case: Case, now: datetime) -> datetime | None:
    """Until when whoever has it may keep it: the courier, or the customer, waits no longer."""
    return _ahead(_deadline(task, case), now)


def watch(conn: Connection, case: Case, taken: list[store.Taken] | None = None) -> None:
    """Look again at the first hour of what is taken on; at nothing when nothing is."""
    steps = looks(case, store.of_cases(conn, [case.id]) if taken is None else taken)
    if steps:
        chain.arm(conn, steps)
    else:
        chain.drop(conn, case.id, LOOK_AFTER)


def looks(case: Case, taken: list[store.Taken]) -> list[chain.NewStep]:
    """The step that looks at the first hour of what is taken on; none when nothing is."""
    look = next_look(taken)
    return [chain.NewStep(case.id, LOOK_AFTER, look, {})] if look else []


def next_look(taken: list[store.Taken]) -> datetime | None:
    """The soonest hour of what somebody has; None when there is none."""
    hours = (at for one in taken for at in (one.remind_at, one.done_by) if at)
    return min(hours, default=None)


def _deadline(task: Task, case: Case) -> datetime | None:
    return case.act_by if task.kind.of_delivery else task.deadline


def _ahead(at: datetime | None, now: datetime) -> datetime | None:
    return at if at and at > now else None
