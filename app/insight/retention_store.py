"""SQL of what is dropped when it is old. Tables are walked in the order of their ids, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from psycopg.rows import class_row

from app.db.connection import Connection


class Row(NamedTuple):
    """A row: since when it is there, and whether its case is over, if it has one."""

    id: int
    at: datetime
    settled: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Whose old rows are made small: how they are read, and what is dropped."""

    name: str
    read: str
    drop: str


TABLES = (
    Table(
        "courier_events",
        """SELECT e.id, e.received_at AS at, coalesce(c.state, 'closed') = 'closed' AS settled
             FROM courier_events e LEFT JOIN cases c ON c.id = e.case_id
            WHERE e.id > %(after)s ORDER BY e.id LIMIT %(limit)s""",
        """UPDATE courier_events SET body = '', headers = NULL
            WHERE id = ANY(%(ids)s) AND outcome <> 'quarantined'""",
    ),
    Table(
        "messages",
        """SELECT m.id, m.created_at AS at, coalesce(c.state, 'closed') = 'closed'
                  AND m.state NOT IN ('queued', 'sending') AS settled
             FROM messages m LEFT JOIN cases c ON c.id = m.case_id
            WHERE m.id > %(after)s ORDER BY m.id LIMIT %(limit)s""",
        """UPDATE message_words SET html = NULL, calendar = NULL, spoken = NULL, made_of = NULL
            WHERE message_id = ANY(%(ids)s)
              AND (html IS NOT NULL OR calendar IS NOT NULL OR spoken IS NOT NULL
                   OR made_of IS NOT NULL)""",
    ),
    Table(  # what nothing shows any more is swept by `app.photos`
        "photos",
        """SELECT p.id, coalesce(p.kept_at, p.begun_at) AS at, c.state = 'closed' AS settled
             FROM photos p JOIN cases c ON c.id = p.case_id
            WHERE p.id > %(after)s ORDER BY p.id LIMIT %(limit)s""",
        "UPDATE photos SET kept_at = NULL WHERE id = ANY(%(ids)s)",
    ),
)


def read(conn: Connection, table: Table, limit: int) -> list[Row]:
    """The next rows, in order of their ids."""
    mark = conn.execute("SELECT counted FROM intake_marks WHERE name = %s", [_mark(table)])
    row = mark.fetchone()
    with conn.cursor(row_factory=class_row(Row)) as cursor:
        values = {"after": row["counted"] if row else 0, "limit": limit}
        return cursor.execute(table.read.encode(), values).fetchall()


def drop(conn: Connection, table: Table, ids: Sequence[int]) -> None:
    """Make these rows small."""
    conn.execute(table.drop.encode(), {"ids": list(ids)})


def go_on(conn: Connection, table: Table, after: int, now: datetime) -> None:
    """The next read begins after this row."""
    conn.execute(
        """INSERT INTO intake_marks VALUES (%(name)s, %(after)s, %(after)s, %(now)s)
               ON CONFLICT (name) DO UPDATE SET counted = excluded.counted, seen = excluded.seen,
                  seen_at = excluded.seen_at""",
        {"name": _mark(table), "after": after, "now": now},
    )


def _mark(table: Table) -> str:
    return f"old {table.name}"
