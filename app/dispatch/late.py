"""How things are, told to whoever comes too late: by a key, a reply, or on a list."""

from __future__ import annotations

from datetime import datetime

from app.cases.model import Case
from app.db.connection import Connection
from app.dispatch import store, texts
from app.dispatch.states import TaskKind, TaskState
from app.dispatch.store import Task
from app.languages.language import Language
from app.theme.times import When

ANSWERS = frozenset("12")
"""The keys that say yes or no to a booking."""


def truth(  # noqa: PLR0911 - one per state
    conn: Connection,
    language: Language,
    task: Task,
    case: Case,
    me: str,
    now: datetime,
    digit: str = "",
    *,
    level: int | None,
) -> str:
    """Why there is nothing to press any more, by name and time; empty while there is.

    Whoever has a booking to confirm can still say yes or no by `digit`. They were called at
    `level`.
    """
    when = When(case.depot.zone, now, language)
    say, by = language.say, task.acknowledged_by
    if task.state.live and case.closed and not task.kind.outlives and case.closed_at:
        return _closed(case, when)
    match task.state:
        case TaskState.OPEN if task.gone_up(level):
            return texts.gone_up(language, task.up_to)
        case TaskState.ACKNOWLEDGED if task.acknowledged_at:
            at = _at(task.acknowledged_at, when)
            if by == me and task.kind is TaskKind.HANDOVER and digit in ANSWERS:
                return ""
            if by == me:
                return say("You have it, since {moment}.", moment=at)
            return say("{person} took it on at {moment}.", person=by, moment=at)
        case TaskState.RESOLVED if task.resolved_at:
            at = _at(task.resolved_at, when)
            return say("{person} finished it at {moment}.", person=by, moment=at)
        case TaskState.WITHDRAWN:
            return _withdrawn(conn, task, case, when)
        case TaskState.ASIDE:
            return say("This is old news that was set aside.")
    return ""


def _withdrawn(conn: Connection, task: Task, case: Case, when: When) -> str:
    say = when.language.say
    if case.closed:
        return _closed(case, when)
    if _newer(conn, task):
        return say("This call is over: there is a newer one for this parcel.")
    since = _at(task.resolved_at or when.now, when)
    return say("Nobody is needed for it any more, since {moment}.", moment=since)


def _newer(conn: Connection, task: Task) -> bool:
    """Whether somebody is called anew for what this task was about."""
    same = {kind for kind in TaskKind if kind.of_delivery} if task.kind.of_delivery else {task.kind}
    live = (one for one in store.of_case(conn, task.case_id) if one.state.live)
    return any(one.id > task.id and one.kind in same for one in live)


def _closed(case: Case, when: When) -> str:
    say, at = when.language.say, case.closed_at or when.now
    if case.resolution and case.resolution.arrived:
        arrived = _at(case.parcel.delivered_at or at, when)
        if case.resolution == "collected":
            return say("It was collected at {moment}.", moment=arrived)
        return say("It was delivered at {moment}.", moment=arrived)
    return say("It was closed at {moment}.", moment=_at(at, when))


def _at(at: datetime, when: When) -> str:
    """`12:04`, and the day where it is another."""
    if when.day(at) == when.day(when.now):
        return when.time(at)
    return when.language.say("{time} on {day}", time=when.time(at), day=when.date(at))
