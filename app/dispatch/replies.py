"""Answers to a text message that called somebody: `1-482` takes that task on, `2-482` passes it on.

The number is the end of the task's own; with a B it is that of a message about several, and the
answer is about all of them. Without it the answer is about the only task that still waits for
somebody, or about all of the newest such message where nothing else waits. Otherwise nobody
guesses, and the numbers are said.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from app.access import links
from app.cases import service as cases
from app.channels import gathering
from app.db.connection import Connection
from app.directory.model import Person
from app.dispatch import called, keys, rules, store
from app.dispatch.bundles import acting
from app.dispatch.bundles import service as bundles
from app.dispatch.rules import Ring
from app.dispatch.states import TaskKind
from app.dispatch.store import Task
from app.languages.language import Language

_ANSWER = re.compile(r"\W*([12])\W*(b|all)?\W*(\d{1,9})?\W*", re.IGNORECASE)
_SHOWN = 5


class Answer(NamedTuple):
    """Which key somebody means, and the number of a task where they gave one."""

    key: str
    code: int | None
    all: bool = False
    """Whether it is about all that a message stood for."""


def read(words: str) -> Answer | None:
    """What is meant; None for any other words."""
    found = _ANSWER.fullmatch(words)
    if found is None:
        return None
    return Answer(found[1], int(found[3]) if found[3] else None, all=bool(found[2]))


def act(conn: Connection, person: Person, words: str, now: datetime) -> str | None:
    """Do what somebody answered; what to write back. None for words that are no such answer."""
    answer = read(words)
    if answer is None:
        return None
    rings, language = called.rings(conn, person.id), person.speaks
    if answer.all:
        return _all(conn, answer, rings, person, now)
    if answer.code is not None:
        task_id = rules.named(list(rings), answer.code)
        if task_id is None:
            said = language.say("You were not called for a number {code}.", code=answer.code)
            return f"{said} {_offer(conn, language, rings)}".strip()
        return _press(conn, answer.key, rings[task_id], person, now)
    return _without_number(conn, answer.key, rings, person, now)


def _without_number(
    conn: Connection, key: str, rings: dict[int, Ring], person: Person, now: datetime
) -> str:
    language = person.speaks
    waiting = called.waiting(conn, rings)
    if len(waiting) > 1:
        newest = gathering.texts_to(conn, person.id)[:1]
        if newest and {item.task.id for item in bundles.held(conn, newest[0])} >= set(waiting):
            return _press_all(conn, key, newest[0], person, now)
        said = language.say("You were called for {number}.", number=len(waiting))
        return f"{said} {_offer(conn, language, rings)}"
    if not rings:
        url = links.place("/console")
        return language.say("You were not called for anything lately. See {url}", url=url)
    about = waiting[0] if waiting else next(iter(rings))  # a late answer is about the newest
    return _press(conn, key, rings[about], person, now)


def _all(
    conn: Connection, answer: Answer, rings: dict[int, Ring], person: Person, now: datetime
) -> str:
    """Act on all of the message that is named, or of the newest one."""
    known = gathering.texts_to(conn, person.id)
    found = rules.named(known, answer.code) if answer.code is not None else next(iter(known), None)
    if found is None:
        language = person.speaks
        said = language.say("We sent you no list.")
        if answer.code is not None:
            said = language.say("We sent you no list B{code}.", code=answer.code)
        return f"{said} {_offer(conn, language, rings)}".strip()
    return _press_all(conn, answer.key, found, person, now)


def _press_all(conn: Connection, key: str, message_id: int, person: Person, now: datetime) -> str:
    if key != keys.TAKE:
        return acting.pass_on(conn, message_id, person, now).words
    taken, said = acting.take(conn, message_id, person, now)
    return f"{said} {links.url('calls', message_id, person.id)}" if taken else said


def _press(conn: Connection, key: str, ring: Ring, person: Person, now: datetime) -> str:
    pressed = keys.press(conn, key, ring, person, now)
    task = store.task(conn, ring.task_id)
    case = cases.by_ids(conn, [task.case_id]).get(task.case_id) if task else None
    label = f"{case.parcel.label}: " if case else ""
    url = f" {links.url('task', ring.task_id, person.id)}" if pressed.took else ""
    return f"{label}{pressed.words}{url}"


def _offer(conn: Connection, language: Language, rings: dict[int, Ring]) -> str:
    """How to name what nobody has."""
    waiting = called.waiting(conn, rings)
    if not waiting:
        return ""
    tasks = store.by_ids(conn, waiting[:_SHOWN])
    found = cases.by_ids(conn, [task.case_id for task in tasks.values()])
    listed = ", ".join(
        _takes(language, tasks[task_id], found[tasks[task_id].case_id].parcel.label)
        for task_id in waiting[:_SHOWN]
    )
    more, url = len(waiting) - _SHOWN, links.place("/console")
    if more > 0:
        listed += language.count(
            ", and {number} more at {url}", ", and {number} more at {url}", more, url=url
        )
    if any(tasks[task_id].kind is TaskKind.HANDOVER for task_id in waiting[:_SHOWN]):
        return language.say(
            "Reply {answers}; 2 instead of 1 says no, or passes it on.", answers=listed
        )
    return language.say("Reply {answers}; 2 instead of 1 passes it on.", answers=listed)


def _takes(language: Language, task: Task, parcel: str) -> str:
    """What a 1 does with it."""
    code = rules.code_of(task.id)
    if task.kind is TaskKind.HANDOVER:
        return language.say("1-{code} says yes to {parcel}", code=code, parcel=parcel)
    return language.say("1-{code} takes {parcel}", code=code, parcel=parcel)
