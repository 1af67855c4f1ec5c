"""Somebody of a depot calls our number back: they hear what waits for them, and act by keys.

The number that they call from is easily forged, so it only says how much waits. What it is, and the
keys, are for whoever knows the person's own code.
"""

from __future__ import annotations

import hmac
from datetime import datetime

from app.access import secret, throttle
from app.cases import service as cases
from app.channels import heard
from app.channels.heard import Asks, CallIn
from app.db.connection import Connection
from app.directory import store as directory
from app.directory.model import Person
from app.dispatch import about, called, keys, late, speech, store
from app.dispatch.about import About
from app.dispatch.states import TaskKind
from app.dispatch.store import Task
from app.errors import Problem
from app.languages.language import mark

DIGITS = 6
_NEXT = "4"
_TRIES = 3
_STRANGER = (
    "This is Reknock, which calls depots about their parcels. If you wait for a parcel, please use "
    "the link in our message, or answer it. Goodbye."
)
_MENU = mark("Press 1 to take it on, 2 to pass it on, 3 to hear it again, or 4 for the next one.")
_YES_OR_NO = mark(
    "Press 1 if it goes ahead, 2 if it cannot be done, 3 to hear it again, or 4 for the next one."
)
_IS_OFF = mark("Press 1 when it is off, 3 to hear it again, or 4 for the next one.")


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
    return heard.spoken(_go_on(conn, person, fact, now), person.speaks)


def _go_on(conn: Connection, person: Person, fact: CallIn, now: datetime) -> str:
    step, _, number = fact.place.partition(".")
    count = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    if step == "code":
        return _enter(conn, person, fact.digits, count)
    if step == "task":
        return _act(conn, person, fact.digits, count, now)
    return _greet(conn, person)


def _greet(conn: Connection, person: Person) -> str:
    waiting = called.waiting(conn, called.rings(conn, person.id))
    say = person.speaks.say
    hello = say("Hello {person}.", person=person.name)
    if not waiting:
        return " ".join((hello, say("Nothing waits for you."), _bye(person)))
    many = person.speaks.count(
        "{number} parcel waits for you.", "{number} parcels wait for you.", len(waiting)
    )
    words = " ".join((hello, many, say("Enter your code to hear more and to act.")))
    return Asks(words, _bye(person), keys=DIGITS, place="code.1")


def _bye(person: Person) -> str:
    return person.speaks.say("Goodbye.")


def _enter(conn: Connection, person: Person, digits: str, tries: int) -> str:
    who, say = f"telephone:{person.id}", person.speaks.say
    try:
        throttle.check(who)
    except Problem:
        many = say("Too many wrong codes were entered. Please call again in a few minutes.")
        return f"{many} {_bye(person)}"
    if hmac.compare_digest(digits.encode(), code_of(person).encode()):
        return _tell(conn, person, 0)
    throttle.failed(who)
    if tries >= _TRIES:
        return say("That is not your code.") + " " + _bye(person)
    words = say("That is not your code. Please enter it again.")
    return Asks(words, _bye(person), keys=DIGITS, place=f"code.{tries + 1}")


def _act(conn: Connection, person: Person, digit: str, task_id: int, now: datetime) -> str:
    ring = called.rings(conn, person.id).get(task_id)
    if ring is None:
        return _tell(conn, person, task_id)
    if digit == keys.AGAIN:
        return _tell(conn, person, task_id - 1)
    if digit == _NEXT:
        return _tell(conn, person, task_id)
    task = store.task(conn, task_id)
    case = cases.by_ids(conn, [task.case_id]).get(task.case_id) if task else None
    if task and case and not _acts(digit, task, concerned := about.of(conn, case, task)):
        say = person.speaks.say
        if over := late.truth(conn, person.speaks, task, case, person.name, now, level=ring.level):
            return _tell(conn, person, task_id, over)
        wrong, menu = say("That key does nothing here."), say(_menu(task, concerned))
        return Asks(f"{wrong} {menu}", _bye(person), place=f"task.{task_id}")
    return _tell(conn, person, task_id, keys.press(conn, digit, ring, person, now).words)


def _acts(digit: str, task: Task, concerned: About) -> bool:
    off = task.kind is TaskKind.HANDOVER and not concerned.stands
    return digit in ({keys.YES} if off else {keys.TAKE, keys.PASS_ON})


def _menu(task: Task, concerned: About) -> str:
    if task.kind is not TaskKind.HANDOVER:
        return _MENU
    return _YES_OR_NO if concerned.stands else _IS_OFF


def _tell(conn: Connection, person: Person, after: int, said: str = "") -> str:
    """What was done, and the first task after this one that still waits."""
    waiting = sorted(called.waiting(conn, called.rings(conn, person.id)))
    task_id = next((one for one in waiting if one > after), None)
    task = store.task(conn, task_id) if task_id else None
    case = cases.by_ids(conn, [task.case_id]).get(task.case_id) if task else None
    language = person.speaks
    if task is None or case is None:
        return " ".join(filter(None, (said, language.say("That was all."), _bye(person))))
    concerned = about.of(conn, case, task)
    matter = speech.matter(language, case, task, concerned)
    words = f"{case.depot.name}: {matter} {language.say(_menu(task, concerned))}"
    return Asks(f"{said} {words}".strip(), _bye(person), place=f"task.{task.id}")
