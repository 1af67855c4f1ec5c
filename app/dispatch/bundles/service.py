"""What a message that stands for several calls says, and what can be done with all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app import clock, languages
from app.access import links
from app.cases import service as cases
from app.cases.model import Case
from app.chain import policy
from app.channels import gathering
from app.channels.gathering import Bundle, Words
from app.db.connection import Connection
from app.directory.model import Person
from app.dispatch import documents, rules, service, store
from app.dispatch.about import Several
from app.dispatch.bundles import texts
from app.dispatch.states import TaskState
from app.dispatch.store import Task
from app.errors import Problem


class Item(NamedTuple):
    """One parcel of a bundle."""

    task: Task
    case: Case
    level: int
    """The level at which the person was called for it."""

    @property
    def open(self) -> bool:
        """Whether somebody is still needed who takes it on."""
        over = not self.task.kind.outlives and (self.case.closed or self.case.arrived)
        gone = self.task.gone_up(self.level)
        return self.task.state is TaskState.OPEN and not over and not gone


def items(conn: Connection, keys: Sequence[str]) -> list[Item]:
    """What these messages called for, each task once, the oldest first."""
    rings = (rules.ring_of(key) for key in keys)
    levels = {ring.task_id: ring.level for ring in rings if ring}
    tasks = store.by_ids(conn, list(levels))
    known = cases.by_ids(conn, [task.case_id for task in tasks.values()])
    found = (tasks[task_id] for task_id in levels if task_id in tasks)
    return [
        Item(task, known[task.case_id], levels[task.id]) for task in found if task.case_id in known
    ]


def held(conn: Connection, message_id: int) -> list[Item]:
    """What a bundle stands for."""
    return items(conn, gathering.held(conn, message_id))


def compose(conn: Connection, bundle: Bundle) -> Words | None:
    """What it says now: only what is still open; None when nothing is."""
    left = [item for item in items(conn, bundle.keys) if item.open]
    if not left:
        return None
    # In a room of a depot everybody goes to their own queue, and acts under their own name.
    ours = bundle.person_id < 0
    url = links.place("/console") if ours else links.url("calls", bundle.id, bundle.person_id)
    several, personal = Several.read(conn, [item.task for item in left]), _named(conn, left)
    found = [(item.case, item.task, several.of(item.task, personal=personal)) for item in left]
    language = languages.get(bundle.language)
    words = texts.bundle(language, found, url, bundle.channel)
    if bundle.channel == "http":
        tasks = [(item.case, item.task) for item in left]
        return words._replace(text=documents.several(tasks, words.text, clock.now()))
    return words._replace(hint=texts.hint(language, bundle.id))


def _named(conn: Connection, left: Sequence[Item]) -> bool:
    """Whether all their shippers let staff read names and streets in messages."""
    policies = {item.case.policy_id for item in left}
    return all(policy.get(conn, one).body["staff_read_names"] for one in policies)


class Taken(NamedTuple):
    """How many somebody took on, and why the others were not: each reason once."""

    mine: int
    others: list[str]


def take_all(conn: Connection, message_id: int, person: Person, now: datetime) -> Taken:
    """Take on whatever of a bundle is nobody's; each by itself, so that none holds up another."""
    mine, others, by, language = 0, [], person.name, person.speaks
    for item in held(conn, message_id):
        if not item.open:
            continue
        try:
            ack = service.acknowledge(item.task.id, by, "", "", now, level=item.level)
        except Problem as problem:
            others.append(f"{item.case.parcel.label}: {problem.detail}")
            continue
        mine += ack.fresh
        if not ack.fresh:
            first = language.say("{person} was first.", person=ack.by)
            others.append(f"{item.case.parcel.label}: {first}")
    return Taken(mine, others)
