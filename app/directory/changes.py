"""The memory of the set-up: each verb says what it changed, from what, to what, and by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.access.keys import Caller
from app.db.connection import Connection
from app.directory import changes_store as store

Facts = Mapping[str, Any]


class By(NamedTuple):
    """Who changes something."""

    name: str
    person_id: int | None


TERMINAL = By("somebody at the terminal", None)
ITSELF = By("Reknock", None)


def by(caller: Caller) -> By:
    """Whoever calls."""
    return By(caller.name, caller.person_id)


def record(
    conn: Connection,
    who: By,
    kind: str,
    subject: tuple[int, str],
    depots: Sequence[int] | None,
    before: Facts,
    after: Facts,
    now: datetime,
) -> bool:
    """Remember what is otherwise now; False when nothing is. Facts are as people read them."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    was = {name: before.get(name) for name in names} if before else {}
    became = {name: after.get(name) for name in names} if after else {}
    if names:
        store.add(conn, *who, kind, *subject, depots, was, became, now)
    return bool(names)
