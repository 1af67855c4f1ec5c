"""Answers to a text message that called somebody: `1-482` takes that task on, `2-482` passes it on.

The number is the end of the task's own. Without it the answer is about the only task that still
waits for somebody; where there are several, nobody guesses, and the numbers are said.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from app.access import links
from app.cases import service as cases
from app.db.connection import Connection
from app.directory.model import Person
from app.dispatch import called, keys, rules, store
from app.dispatch.rules import Ring

_ANSWER = re.compile(r"\W*([12])\W*(\d{1,9})?\W*")
_SHOWN = 5


class Answer(NamedTuple):
    """Which key somebody means, and the number of a task where they gave one."""

    key: str
    code: int | None


def read(words: str) -> Answer | None:
    """What is meant; None for any other words."""
    found = _ANSWER.fullmatch(words)
    return Answer(found[1], int(found[2]) if found[2] else None) if found else None


def act(conn: Connection, person: Person, words: str, now: datetime) -> str | None:
    """Do what somebody answered; what to write back. None for words that are no such answer."""
    answer = read(words)
    if answer is None:
        return None
    rings = called.rings(conn, person.id)
    if answer.code is not None:
        task_id = rules.named(list(rings), answer.code)
        if task_id is None:
            return f"You were not called for a number {answer.code}. {_offer(conn, rings)}".strip()
        return _press(conn, answer.key, rings[task_id], person, now)
    waiting = called.waiting(conn, rings)
    if len(waiting) > 1:
        return f"You were called for {len(waiting)}. {_offer(conn, rings)}"
    if not rings:
        return f"You were not called for anything lately. See {links.place('/console')}"
    about = waiting[0] if waiting else next(iter(rings))  # a late answer is about the newest
    return _press(conn, answer.key, rings[about], person, now)


def _press(conn: Connection, key: str, ring: Ring, person: Person, now: datetime) -> str:
    said = keys.press(conn, key, ring, person, now)
    task = store.task(conn, ring.task_id)
    case = cases.by_ids(conn, [task.case_id]).get(task.case_id) if task else None
    label = f"{case.parcel.label}: " if case else ""
    url = f" {links.url('task', ring.task_id, person.id)}" if said == keys.TOOK else ""
    return f"{label}{said}{url}"


def _offer(conn: Connection, rings: dict[int, Ring]) -> str:
    """How to name what nobody has."""
    waiting = called.waiting(conn, rings)
    if not waiting:
        return ""
    tasks = store.by_ids(conn, waiting[:_SHOWN])
    found = cases.by_ids(conn, [task.case_id for task in tasks.values()])
    listed = ", ".join(
        f"1-{rules.code_of(task_id)} takes {found[tasks[task_id].case_id].parcel.label}"
        for task_id in waiting[:_SHOWN]
    )
    more = len(waiting) - _SHOWN
    others = f", and {more} more at {links.place('/console')}" if more > 0 else ""
    return f"Reply {listed}{others}; 2 instead of 1 passes it on."
