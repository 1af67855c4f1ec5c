"""Why an act on a task is refused, in words that say how things are."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import clock, languages
from app.cases.model import Case
from app.db.connection import Connection
from app.dispatch import texts
from app.dispatch.states import TaskKind, TaskState, outcomes_of
from app.dispatch.store import Task
from app.dispatch.taken import service as taken
from app.errors import Problem
from app.shipments.corrections import store as corrections
from app.theme import dates
from app.theme.times import When

_MEANWHILE = timedelta(minutes=1)
"""Whoever passes on what somebody took on so lately cannot have known of it."""


def check_outcome(kind: TaskKind, outcome: str) -> None:
    """Refuse what nobody can say of a task of this kind."""
    known = outcomes_of(kind)
    if outcome and outcome not in known:
        raise Problem(422, "no_such_outcome", f"outcome must be one of {', '.join(known)}.")


def refuse_meanwhile(task: Task, case: Case, by: str, seen: int | None, now: datetime) -> None:
    """Refuse to pass on what somebody just took on or passed on: nobody can have known of it."""
    if task.state is TaskState.OPEN and seen is not None and task.level > seen:
        raise Problem(409, "passed_on", f"It was passed on already, to level {task.level}.")
    at = task.acknowledged_at
    taken = task.state is TaskState.ACKNOWLEDGED and task.acknowledged_by != by
    if taken and at and at > now - _MEANWHILE:
        when = dates.say(clock.local(at, case.depot.zone), "time")
        raise Problem(409, "taken_meanwhile", f"{task.acknowledged_by} took it on at {when}.")


def refuse_gone_up(task: Task, level: int | None) -> None:
    """Refuse whoever was called below the level that a task went up to."""
    if task.gone_up(level):
        raise Problem(409, "gone_up", texts.gone_up(languages.get(), task.up_to))


def refuse_over(task: Task, case: Case) -> None:
    """Refuse what comes after a task is over, or was set aside."""
    if task.state is TaskState.ASIDE and not case.closed:
        detail = (
            "This is old news that was set aside. Begin the case first, if it is to be handled."
        )
        raise Problem(409, "set_aside", detail)
    if task.state.live and (not case.closed or task.kind.outlives):
        return
    at = clock.local(task.resolved_at or case.closed_at or task.created_at, case.depot.zone)
    what = (
        f"resolved by {task.acknowledged_by}"
        if task.state is TaskState.RESOLVED
        else f"over: the case is closed ({case.resolution or 'withdrawn'})"
    )
    when = f"{dates.say(at, 'time')} on {dates.say(at, 'day')}"
    raise Problem(409, "task_over", f"This task is {what}, at {when}.")


def refuse_undecided(conn: Connection, case: Case) -> None:
    """Refuse to finish a question while another address waits for a yes or a no."""
    if corrections.asked(conn, case.shipment_id):
        detail = "The customer waits for a yes or no to another address. Please say that first."
        raise Problem(409, "address_undecided", detail)


def refuse_hour(task: Task, case: Case, at: datetime, now: datetime) -> None:
    """Refuse to let a task wait until a moment that has passed, or that is too late for it."""
    latest = taken.latest(task, case, now)
    if at <= now:
        raise Problem(422, "hour_passed", "That moment has passed.")
    if latest and at > latest:
        when = When(case.depot.zone, now)
        detail = f"That is too late: somebody has to act {when.moment(latest)} at the latest."
        raise Problem(422, "too_late", detail)
