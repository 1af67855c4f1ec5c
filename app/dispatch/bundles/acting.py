"""Taking on, or passing on, all that a message stands for; by a key, a reply or the list's page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.cases import store as case_store
from app.db.connection import Connection
from app.directory.model import Person
from app.dispatch import service as dispatch
from app.dispatch.bundles import service
from app.dispatch.bundles.service import Item
from app.dispatch.states import TaskState
from app.errors import Problem
from app.languages.language import Language, mark


class Passed(NamedTuple):
    """How many were handed on, and what to say."""

    many: int
    words: str
    nobody_left: bool = False


def take(conn: Connection, message_id: int, person: Person, now: datetime) -> tuple[int, str]:
    """Take all of it on; how many there were, and what to say."""
    hold(conn, message_id)
    language = person.speaks
    taken = service.take_all(conn, message_id, person, now)
    if not taken.mine:
        return 0, truth(language, service.held(conn, message_id), person.name)
    return taken.mine, language.count(
        "You have taken on {number} parcel.", "You have taken on {number} parcels.", taken.mine
    )


def pass_on(conn: Connection, message_id: int, person: Person, now: datetime) -> Passed:
    """Hand all of it to the next level."""
    hold(conn, message_id)
    passed, said, language = 0, "", person.speaks
    for item in service.held(conn, message_id):
        if not item.open:
            continue
        try:
            dispatch.pass_on(item.task.id, person.name, now, seen=item.level)
        except Problem as problem:
            if problem.code == "nobody_left":
                nobody = mark("Everybody was called, so nobody is left to pass it on to.")
                return Passed(passed, language.say(nobody), nobody_left=True)
            said = language.say("It has been passed on already.")
            continue
        passed += 1
    if passed:
        said = language.count("{number} parcel passed on.", "{number} parcels passed on.", passed)
    left = said or truth(language, service.held(conn, message_id), person.name)
    return Passed(passed, left)


def hold(conn: Connection, message_id: int) -> None:
    """Lock all its cases in their order, so that two who act never wait for each other."""
    case_store.hold(conn, [item.case.id for item in service.held(conn, message_id)])


def truth(language: Language, items: Sequence[Item], me: str) -> str:
    """Why nothing is left to do, by name and number."""
    mine = sum(_has(item) == me for item in items)
    others = Counter(name for item in items if (name := _has(item)) and name != me)
    over = len(items) - mine - others.total()
    say, count = language.say, language.count
    said = [say("you have {number}", number=mine)] if mine else []
    said += [
        say("{person} has {number}", person=name, number=number)
        for name, number in others.most_common()
    ]
    said += [count("{number} is over", "{number} are over", over)] if over else []
    return say("Nothing of it is left: {what}.", what=", ".join(said))


def _has(item: Item) -> str:
    """Whose it is; empty when it is over without anybody, or nobody's."""
    if item.task.gone_up(item.level):
        return item.task.up_to
    live = item.task.state in {TaskState.ACKNOWLEDGED, TaskState.RESOLVED}
    return (item.task.acknowledged_by or "") if live else ""
