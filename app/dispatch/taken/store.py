"""SQL of the hours of what somebody took on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg.rows import class_row

from app.db.connection import Connection
from app.dispatch.taken.rules import Hours


class Taken(NamedTuple):
    """What somebody has, and when it is looked at."""

    id: int
    case_id: int
    remind_at: datetime | None
    done_by: datetime | None


def of_cases(conn: Connection, case_ids: Sequence[int]) -> list[Taken]:
    """What somebody has of these cases, the oldest first."""
    with conn.cursor(row_factory=class_row(Taken)) as cursor:
        cursor.execute(
            """SELECT id, case_id, remind_at, done_by FROM dispatch_tasks
                WHERE case_id = ANY(%s) AND state = 'acknowledged' ORDER BY id""",
            [list(case_ids)],
        )
        return cursor.fetchall()


_SET = """
WITH changed AS (
    UPDATE dispatch_tasks SET {} remind_at = %(remind_at)s, done_by = %(done_by)s
     WHERE id = %(id)s RETURNING id, case_id, remind_at, done_by)
SELECT * FROM changed
UNION ALL
SELECT id, case_id, remind_at, done_by FROM dispatch_tasks
 WHERE case_id = %(case)s AND state = 'acknowledged' AND id <> %(id)s ORDER BY id"""
_SET_HOURS = _SET.format("")
_TAKE_ON = _SET.format(
    """state = 'acknowledged', acknowledged_at = %(now)s, acknowledged_by = %(by)s,
       note = nullif(%(note)s, ''), outcome = nullif(%(outcome)s, ''),
       exhausted_at = NULL, snoozed_until = NULL, wakes_on = NULL,"""
)


class By(NamedTuple):
    """Who takes a task on, and what they say."""

    by: str
    note: str
    outcome: str
    now: datetime


def take_on(
    conn: Connection, task_id: int, case_id: int, by: By, hours: Hours | None
) -> list[Taken]:
    """Somebody has an open task from now on; what somebody has of its case."""
    with conn.cursor(row_factory=class_row(Taken)) as cursor:
        values = by._asdict() | (hours._asdict() if hours else {"remind_at": None, "done_by": None})
        cursor.execute(_TAKE_ON.encode(), {**values, "id": task_id, "case": case_id})
        return cursor.fetchall()


def set_hours(conn: Connection, task_id: int, case_id: int, hours: Hours) -> list[Taken]:
    """From now on these hours hold for whoever has the task; what somebody has of its case."""
    with conn.cursor(row_factory=class_row(Taken)) as cursor:
        values = {**hours._asdict(), "id": task_id, "case": case_id}
        cursor.execute(_SET_HOURS.encode(), values)
        return cursor.fetchall()


def reminded(conn: Connection, task_id: int) -> None:
    """Whoever has the task was reminded of it."""
    conn.execute("UPDATE dispatch_tasks SET remind_at = NULL WHERE id = %s", [task_id])


def give_back(conn: Connection, task_id: int, now: datetime) -> None:
    """A task that somebody had is open again, as if nobody had been called for it yet."""
    conn.execute(
        """UPDATE dispatch_tasks
              SET state = 'open', had_by = acknowledged_by, went_back_at = %s, turn = turn + 1,
                  acknowledged_at = NULL, acknowledged_by = NULL, done_by = NULL, remind_at = NULL,
                  level = 0, calls = 0, rings = 0, rung_since = NULL, exhausted_at = NULL,
                  snoozed_until = NULL, wakes_on = NULL
            WHERE id = %s""",
        [now, task_id],
    )
