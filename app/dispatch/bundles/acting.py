"""Taking on, or passing on, all that a message stands for; by a key, a reply or the list's page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from app.cases import store as case_store
from app.db.connection import Connection
from app.directory.model import Person
from app.dispatch import keys
from app.dispatch import service as dispatch
from app.dispatch.bundles import service
from app.dispatch.bundles.service import Item
from app.dispatch.states import TaskState
from app.errors import Problem
from app.plain import counted


def take(conn: Connection, message_id: int, person: Person, now: datetime) -> tuple[int, str]:
    """Take all of it on; how many there were, and what to say."""
    hold(conn, message_id)
    taken = service.take_all(conn, message_id, person.name, now)
    if not taken.mine:
        return 0, truth(service.held(conn, message_id), person.name)
    return taken.mine, f"You have taken on {counted(taken.mine, 'parcel')}."


def pass_on(conn: Connection, message_id: int, person: Person, now: datetime) -> tuple[int, str]:
    """Hand all of it to the next level; how many there were, and what to say."""
    hold(conn, message_id)
    passed, said = 0, ""
    for item in service.held(conn, message_id):
        if not item.open:
            continue
        try:
            dispatch.pass_on(item.task.id, person.name, now, seen=item.level)
        except Problem as problem:
            if problem.code == "nobody_left":
                return passed, keys.NOBODY_LEFT
            said = "It has been passed on already."
            continue
        passed += 1
    if passed:
        return passed, f"{counted(passed, 'parcel')} passed on."
    return 0, said or truth(service.held(conn, message_id), person.name)


def hold(conn: Connection, message_id: int) -> None:
    """Lock all its cases in their order, so that two who act never wait for each other."""
    case_store.hold(conn, [item.case.id for item in service.held(conn, message_id)])


def truth(items: Sequence[Item], me: str) -> str:
    """Why nothing is left to do, by name and number."""
    mine = sum(_has(item) == me for item in items)
    others = Counter(name for item in items if (name := _has(item)) and name != me)
    over = len(items) - mine - others.total()
    said = [f"you have {mine}"] if mine else []
    said += [f"{name} has {number}" for name, number in others.most_common()]
    said += [counted(over, "is over", "are over")] if over else []
    return f"Nothing of it is left: {', '.join(said)}."


def _has(item: Item) -> str:
    """Who has it; empty when it is over without anybody, or nobody's."""
    live = item.task.state in {TaskState.ACKNOWLEDGED, TaskState.RESOLVED}
    return (item.task.acknowledged_by or "") if live else ""
