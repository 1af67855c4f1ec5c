"""What is old and settled is made small: what couriers posted, the nicer forms of messages, photos.

Nothing of a case goes while it is open or young. What was said stays for good: a courier's news in
the case's timeline and in its parcel, a message's words with the message. Quarantined bodies stay
until somebody reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app import clock
from app.db import turns
from app.db.connection import transaction
from app.insight import retention_store
from app.insight.retention_store import Row, Table

AT_ONCE = 1000
"""So many rows are looked at in one transaction."""
_PATIENCE = timedelta(days=60)
"""A case that is open longer than it may be holds up the rows behind it no longer; its own stay."""

_LOCK = 7_405_666  # one process at a time


def make_room(days: int) -> None:
    """Drop all that is older than so many days."""
    while make_some_room(days):
        pass


def make_some_room(days: int) -> bool:
    """Drop a batch of what is older than so many days; True when there may be more.

    Each is a transaction of its own and goes on from where the last one ended. 0 keeps everything.
    """
    if not days:
        return False
    more = [_some(table, timedelta(days=days)) for table in retention_store.TABLES]
    return any(more)


def _some(table: Table, age: timedelta) -> bool:
    """Go on by a batch; True when there may be more."""
    now = clock.now()
    with transaction() as conn:
        if not turns.try_lock(conn, _LOCK):
            return False
        rows = retention_store.read(conn, table, AT_ONCE)
        passed = passable(rows, now - age, now - age - _PATIENCE)
        if passed:
            retention_store.drop(conn, table, [row.id for row in passed if row.settled])
            retention_store.go_on(conn, table, passed[-1].id, now)
    return len(passed) == AT_ONCE


def passable(rows: Sequence[Row], before: datetime, long_before: datetime) -> Sequence[Row]:
    """The rows from the first one on that need no second look.

    They end before the first that is too young, or that waits for its case to be closed.
    """
    for number, row in enumerate(rows):
        if row.at >= before or (not row.settled and row.at >= long_before):
            return rows[:number]
    return rows
