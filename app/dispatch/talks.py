"""Somebody of a depot calls our number back: they hear what waits for them, and act by keys.

The number that they call from is easily forged, so it only says how much waits. What it is, and the
keys, are for whoever knows the person's own code.
"""

from __future__ import annotations

import hmac
from datetime import datetime

from app.access import secret, throttle
from app.booking import service as booking
from app.cases import service as cases
from app.channels.heard import Asks, CallIn
from app.db.connection import Connection
from app.directory import store as directory
from app.directory.model import Person
from app.dispatch import called, keys, speech, store
from app.dispatch.states import TaskKind
from app.errors import Problem
from app.plain import counted

DIGITS = 6
_NEXT = "4"
_TRIES = 3
_STRANGER = (
    "This is Reknock, which calls depots about their parcels. If you wait for a parcel, please use "
    "the link in our message, or answer it. Goodbye."
)
_MENU = "Press 1 to take it on, 2 to pass it on, 3 to hear it again, or 4 for the next one."
_YES_OR_NO = (
    "Press 1 if it goes ahead, 2 if it cannot be done, 3 to hear it again, or 4 for the next one."
)
_IS_OFF = "Press 1 when it is off, 3 to hear it again, or 4 for the next one."
_BYE = "Goodbye."


def code_of(person: Person) -> str:
    """The code by which this person acts on the telephone; a new number has another one."""
    who = f"{person.id}:{person.phone}".encode()
    digest = hmac.digest(secret.derive("telephone"), who, "sha256")
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}}"


def go_on(conn: Connection, fact: CallIn, now: datetime) -> str:
    """What to say next to somebody who called."""
    person = directory.person_at(conn, fact.caller)
    if person is None:
        return _STRANGER
    step, _, number = fact.place.partition(".")
    count = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    if step == "code":
        return _enter(conn, person, fact.digits, count)
    if step == "task":
        return _act(conn, person, fact.digits, count, now)
    return _greet(conn, person)


def _greet(conn: Connection, person: Person) -> str:
    waiting = called.waiting(conn, called.rings(conn, person.id))
    if not waiting:
        return f"Hello {person.name}. Nothing waits for you. {_BYE}"
    many = counted(len(waiting), "parcel waits", "parcels wait")
    words = f"Hello {person.name}. {many} for you. Enter your code to hear more and to act."
    return Asks(words, _BYE, keys=DIGITS, place="code.1")


def _enter(conn: Connection, person: Person, digits: str, tries: int) -> str:
    who = f"telephone:{person.id}"
    try:
        throttle.check(who)
    except Problem:
        return f"Too many wrong codes were entered. Please call again in a few minutes. {_BYE}"
    if hmac.compare_digest(digits.encode(), code_of(person).encode()):
        return _tell(conn, person, 0)
    throttle.failed(who)
    if tries >= _TRIES:
        return f"That is not your code. {_BYE}"
    words = "That is not your code. Please enter it again."
    return Asks(words, _BYE, keys=DIGITS, place=f"code.{tries + 1}")


def _act(conn: Connection, person: Person, digit: str, task_id: int, now: datetime) -> str:
    ring = called.rings(conn, person.id).get(task_id)
    if ring is None:
        return _tell(conn, person, task_id)
    if digit == keys.AGAIN:
        return _tell(conn, person, task_id - 1)
    if digit == _NEXT:
        return _tell(conn, person, task_id)
    if digit not in {keys.TAKE, keys.PASS_ON}:
        return Asks(f"That key does nothing here. {_MENU}", _BYE, place=f"task.{task_id}")
    return _tell(conn, person, task_id, keys.press(conn, digit, ring, person, now))


def _tell(conn: Connection, person: Person, after: int, said: str = "") -> str:
    """What was done, and the first task after this one that still waits."""
    waiting = sorted(called.waiting(conn, called.rings(conn, person.id)))
    task_id = next((one for one in waiting if one > after), None)
    task = store.task(conn, task_id) if task_id else None
    case = cases.by_ids(conn, [task.case_id]).get(task.case_id) if task else None
    if task is None or case is None:
        return " ".join(filter(None, (said, "That was all.", _BYE)))
    concerned = booking.find(conn, task.about) if task.kind is TaskKind.HANDOVER else None
    menu = _MENU
    if task.kind is TaskKind.HANDOVER:
        menu = _YES_OR_NO if speech.stands(concerned) else _IS_OFF
    words = f"{speech.about(case, task, concerned)} {menu}"
    return Asks(f"{said} {words}".strip(), _BYE, place=f"task.{task.id}")
