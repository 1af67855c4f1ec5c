"""The kept figures follow what happens: cases that changed are counted anew, many at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from app import clock
from app.db import turns, unlogged
from app.db.connection import connection, transaction
from app.insight import figures_audit_store, figures_store, rules

KEPT = timedelta(days=190)
"""Figures of cases that began earlier are forgotten; the dashboard shows 90 days, twice."""
AT_ONCE = 2000
"""So many changes are counted in one transaction."""
_MUCH = 500
"""With fewer changes it can wait, as readers count them themselves."""

_LOCK = 7_405_665  # one process counts at a time


def much_changed() -> bool:
    """Whether so much waits to be counted that it is time for it."""
    return figures_store.waiting(connection(), _MUCH) == _MUCH


def catch_up() -> None:
    """Count all that changed, batch by batch, each a transaction of its own."""
    while count_some():
        pass


def count_some() -> bool:
    """Count a batch of changes; True when there may be more, and nobody else is counting."""
    make_whole()
    with transaction() as conn:
        if not turns.try_lock(conn, _LOCK):
            return False
        since = rules.day(clock.now() - KEPT)
        case_ids = figures_store.take(conn, AT_ONCE)
        if case_ids:
            figures_store.count(conn, case_ids, since)
        figures_store.forget(conn, since, AT_ONCE)
    return len(case_ids) == AT_ONCE


def make_whole() -> None:
    """After a crash of the server nothing is kept: all cases are to be counted anew.

    Who reads figures calls this first, as readers count themselves what is still to be counted.
    """
    if not unlogged.whole(connection(), unlogged.Part.FIGURES):
        with transaction() as conn:
            if unlogged.filled(conn, unlogged.Part.FIGURES):
                figures_store.change_all(conn, rules.day(clock.now() - KEPT))


def audit(days: int) -> Iterator[tuple[datetime, list[dict[str, Any]]]]:
    """Compare what is kept of the last days with the cases; where it differs count a day anew.

    Each such day comes out with what differs. Until it is counted readers count it themselves.
    """
    make_whole()
    today = rules.day(clock.now())
    for number in range(days):
        day = today - timedelta(days=number)
        wrong = figures_audit_store.wrong(connection(), day)
        if wrong:
            with transaction() as conn:
                turns.lock(conn, _LOCK)
                figures_audit_store.count_anew(conn, day)
            yield day, wrong
