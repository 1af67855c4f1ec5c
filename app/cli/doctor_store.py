"""SQL of `reknock doctor`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import class_row, scalar_row

MOST = 100_000
"""More steps are not counted one by one."""


class Due(NamedTuple):
    """Steps of the chain that should have run, and those to come."""

    due: int
    oldest: datetime | None
    next_hour: int


def now(conn: psycopg.Connection[Any]) -> datetime:
    """What the database's machine takes for now."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        found = cursor.execute("SELECT clock_timestamp()").fetchone()
    assert isinstance(found, datetime)  # noqa: S101 - as Postgres has it
    return found


def due(conn: psycopg.Connection[Any], now: datetime) -> Due:
    """How many steps are due, since when the oldest, and how many come due within the hour."""
    with conn.cursor(row_factory=class_row(Due)) as cursor:
        found = cursor.execute(
            """SELECT count(*) FILTER (WHERE due_at <= %(now)s) AS due,
                      min(due_at) FILTER (WHERE due_at <= %(now)s) AS oldest,
                      count(*) FILTER (WHERE due_at > %(now)s) AS next_hour
                 FROM (SELECT due_at FROM step_runs WHERE wake_at <= %(now)s + interval '1 hour'
                        ORDER BY wake_at LIMIT %(most)s) soon""",
            {"now": now, "most": MOST + 1},
        ).fetchone()
    assert found is not None  # noqa: S101 - an aggregate gives a row
    return found
