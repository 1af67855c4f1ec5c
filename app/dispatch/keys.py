"""What a key stands for: 1 takes a task on, 2 passes it on, 3 says it again.

Where a booking is to be confirmed, 1 says that it goes ahead, 2 that it cannot be done, and 4
passes it on. A key acts on the task that its call, or its text message, was about, and nothing
else. Whoever is late hears how things are.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from app.booking import service as booking
from app.cases import service as cases
from app.cases.model import Case
from app.channels.heard import Asks
from app.db.connection import Connection
from app.directory.model import Person
from app.dispatch import late, service, speech, store
from app.dispatch.about import About
from app.dispatch.rules import Ring
from app.dispatch.states import TaskKind
from app.dispatch.store import Task
from app.errors import Problem
from app.languages.language import Language

TAKE, PASS_ON, AGAIN = "1", "2", "3"
SPEAK = "4"
"""Takes it on and puts them through, where the customer is to be spoken with."""
YES, NO, HAND_ON = "1", "2", "4"
"""What the keys stand for where a yes or a no is wanted."""


class Pressed(NamedTuple):
    """What to say to whoever pressed a key."""

    words: str
    took: bool = False
    """They have it now."""
    nobody_left: bool = False
    """It could not be passed on, and may still be taken."""


def press(conn: Connection, digit: str, ring: Ring, person: Person, now: datetime) -> Pressed:
    """Take the task on, or pass it on. Twice is once."""
    say = person.speaks.say
    task = store.task(conn, ring.task_id)
    case = cases.lock(conn, task.case_id) if task else None  # the second of two sees the first
    task = store.task(conn, ring.task_id)
    if task is None or case is None:
        return Pressed(unknown(person.speaks))
    if over := late.truth(
        conn, person.speaks, task, case, person.name, now, digit, level=ring.level
    ):
        return Pressed(over)
    try:
        return _act(conn, digit, task, ring, person, now)
    except Problem as problem:
        if problem.code == "nobody_left":
            nobody = say("Everybody was called, so nobody is left to pass it on to.")
            return Pressed(nobody, nobody_left=True)
        if problem.code == "passed_on":
            return Pressed(say("It has been passed on already."))
        return Pressed(problem.detail)


def unknown(language: Language) -> str:
    """What is said of a task that there is no more."""
    return language.say("This is not known here any more.")


def known(digit: str, case: Case, task: Task, about: About) -> bool:
    """Whether a key does anything for this task."""
    if task.kind is TaskKind.HANDOVER:
        return digit in ({YES, NO, HAND_ON} if about.stands else {YES, HAND_ON})
    return digit in ({TAKE, PASS_ON, SPEAK} if speech.speaks(case, task) else {TAKE, PASS_ON})


def _act(
    conn: Connection, digit: str, task: Task, ring: Ring, person: Person, now: datetime
) -> Pressed:
    say = person.speaks.say
    if task.kind is TaskKind.HANDOVER and digit != HAND_ON:
        return Pressed(_answer(conn, digit, task, person, now))
    if task.kind is not TaskKind.HANDOVER and digit in {TAKE, SPEAK}:
        service.acknowledge(task.id, person.name, "", "", now, level=ring.level)
        return Pressed(say("You have taken it on."), took=True)
    service.pass_on(task.id, person.name, now, seen=ring.level)
    return Pressed(say("It is passed on."))


def _answer(conn: Connection, digit: str, task: Task, person: Person, now: datetime) -> str:
    """A yes or a no to a booking; of one that is off, that nobody carries it out."""
    say, by = person.speaks.say, person.name
    if not About(booking.find(conn, task.about)).stands:
        if digit != YES:
            return say("It is not wanted any more: please see that nobody carries it out.")
        service.resolve(task.id, by, "refused", "", now)
        return say("Thank you: it is off.")
    if digit == YES:
        service.resolve(task.id, by, "confirmed", "", now)
        return say("Thank you: you have confirmed it, and the customer is told.")
    service.resolve(task.id, by, "refused", "", now)
    return say("Thank you for saying so: the customer is told, and chooses something else.")


def spoken(
    conn: Connection, language: Language, message_spoken: str, task: Task, case: Case
) -> Asks:
    """What the call says at this moment."""
    waiting = store.waiting_at(conn, task.depot_id)
    return speech.answered(language, message_spoken, case.depot.name, waiting)
