"""What a key stands for: 1 takes a task on, 2 passes it on, 3 says it again.

Where a booking is to be confirmed, 1 says that it goes ahead, 2 that it cannot be done, and 4
passes it on. A key acts on the task that its call, or its text message, was about, and nothing
else. Whoever is late hears how things are.
"""

from __future__ import annotations

from datetime import datetime

from app.booking import service as booking
from app.cases import service as cases
from app.cases.model import Case
from app.channels.heard import Asks
from app.db.connection import Connection
from app.directory.model import Person
from app.dispatch import service, speech, store
from app.dispatch.rules import Ring
from app.dispatch.states import TaskKind, TaskState
from app.dispatch.store import Task
from app.errors import Problem
from app.theme.times import When

TAKE, PASS_ON, AGAIN = "1", "2", "3"
YES, NO, HAND_ON = "1", "2", "4"
"""What the keys stand for where a yes or a no is wanted."""
TOOK = "You have taken it on."
NOBODY_LEFT = "Everybody was called, so nobody is left to pass it on to."


def press(conn: Connection, digit: str, ring: Ring, person: Person, now: datetime) -> str:
    """Take the task on, or pass it on; what to say to this person. Twice is once."""
    task = store.task(conn, ring.task_id)
    case = cases.lock(conn, task.case_id) if task else None  # the second of two sees the first
    task = store.task(conn, ring.task_id)
    if task is None or case is None:
        return "This is not known here any more."
    try:
        if said := truth(task, case, person.name, now, digit):
            return said
        return _act(conn, digit, task, ring, person.name, now)
    except Problem as problem:
        if problem.code == "nobody_left":
            return NOBODY_LEFT
        if problem.code == "passed_on":
            return "It has been passed on already."
        return problem.detail


def known(conn: Connection, digit: str, task: Task) -> bool:
    """Whether a key does anything for this task."""
    if task.kind is not TaskKind.HANDOVER:
        return digit in {TAKE, PASS_ON}
    stands = speech.stands(booking.find(conn, task.about))
    return digit in ({YES, NO, HAND_ON} if stands else {YES, HAND_ON})


def _act(conn: Connection, digit: str, task: Task, ring: Ring, by: str, now: datetime) -> str:
    if task.kind is TaskKind.HANDOVER and digit != HAND_ON:
        return _answer(conn, digit, task, by, now)
    if digit == TAKE:
        service.acknowledge(task.id, by, "", "", now)
        return TOOK
    service.pass_on(task.id, by, now, seen=ring.level)
    return "It is passed on."


def _answer(conn: Connection, digit: str, task: Task, by: str, now: datetime) -> str:
    """A yes or a no to a booking; of one that is off, that nobody carries it out."""
    if not speech.stands(booking.find(conn, task.about)):
        if digit != YES:
            return "It is not wanted any more: please see that nobody carries it out."
        service.resolve(task.id, by, "refused", "", now)
        return "Thank you: it is off."
    if digit == YES:
        service.resolve(task.id, by, "confirmed", "", now)
        return "Thank you: you have confirmed it, and the customer is told."
    service.resolve(task.id, by, "refused", "", now)
    return "Thank you for saying so: the customer is told, and chooses something else."


def truth(  # noqa: PLR0911 - one per state
    task: Task, case: Case, me: str, now: datetime, digit: str = ""
) -> str:
    """Why there is nothing to press any more, by name and time; empty while there is.

    Whoever has a booking to confirm can still say yes or no by `digit`.
    """
    when = When(case.depot.zone, now)
    if task.state.live and case.closed and not task.kind.outlives and case.closed_at:
        return _closed(case, when)
    match task.state:
        case TaskState.ACKNOWLEDGED if task.acknowledged_at:
            if task.acknowledged_by == me and task.kind is TaskKind.HANDOVER and digit in {YES, NO}:
                return ""
            if task.acknowledged_by == me:
                return f"You have it, since {_at(task.acknowledged_at, when)}."
            return f"{task.acknowledged_by} took it on at {_at(task.acknowledged_at, when)}."
        case TaskState.RESOLVED if task.resolved_at:
            return f"{task.acknowledged_by} finished it at {_at(task.resolved_at, when)}."
        case TaskState.WITHDRAWN if case.closed:
            return _closed(case, when)
        case TaskState.WITHDRAWN if task.resolved_at:
            return f"Nobody is needed for it any more, since {_at(task.resolved_at, when)}."
        case TaskState.ASIDE:
            return "This is old news that was set aside."
    return ""


def _closed(case: Case, when: When) -> str:
    at = case.closed_at or when.now
    if case.resolution and case.resolution.arrived:
        return f"It was {case.resolution} at {_at(case.parcel.delivered_at or at, when)}."
    return f"It was closed at {_at(at, when)}."


def _at(at: datetime, when: When) -> str:
    """`12:04`, and the day where it is another."""
    day = when.day(at)
    return when.time(at) if day == "today" else f"{when.time(at)} on {when.date(at)}"


def spoken(conn: Connection, message_spoken: str, task: Task, case: Case) -> Asks:
    """What the call says at this moment."""
    waiting = store.waiting_at(conn, task.depot_id)
    return speech.answered(message_spoken, case.depot.name, waiting)
