"""SQL on bookings that somebody confirmed and that are off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg.rows import class_row

from app.db.connection import Connection


class Off(NamedTuple):
    """A booking that is off, and the task by which somebody had confirmed it."""

    case_id: int
    task_id: int
    booking_id: int
    person_id: int


def confirmed_and_off(conn: Connection, case_ids: Sequence[int], now: datetime) -> list[Off]:
    """What people said yes to for these cases, and what is off before its time has come."""
    with conn.cursor(row_factory=class_row(Off)) as cursor:
        return cursor.execute(
            """SELECT DISTINCT ON (t.id) t.case_id, t.id AS task_id, b.id AS booking_id,
                      p.id AS person_id
                 FROM dispatch_tasks t
                 JOIN bookings b ON b.id = t.about AND b.case_id = t.case_id
                 JOIN people p ON p.name = t.acknowledged_by AND p.removed_at IS NULL
                WHERE t.case_id = ANY(%s) AND t.kind = 'handover' AND t.state = 'resolved'
                  AND t.outcome = 'confirmed' AND b.state IN ('changed', 'dropped')
                  AND b.ends_at > %s
                ORDER BY t.id, p.id""",
            [list(case_ids), now],
        ).fetchall()
