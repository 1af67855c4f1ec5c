"""SQL on who waits for a place to become free, and what is offered to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from psycopg.rows import class_row

from app.booking.rows import Slot
from app.db.connection import Connection
from app.db.together import Rows, first


@dataclass(frozen=True, slots=True)
class Wait:
    """A customer who waits for a place; with an offer, the place is kept for them until then."""

    case_id: int
    depot_id: int
    since: datetime
    slot_id: int | None
    offered_until: datetime | None


OF_CASE = Rows(
    tuple(field.name for field in fields(Wait)),
    "SELECT * FROM slot_waits WHERE case_id = %(case)s",
    Wait,
)
"""What a case's customer waits for, if they do."""


def of_case(conn: Connection, case_id: int) -> Wait | None:
    """What this case's customer waits for, if they do."""
    return first(OF_CASE.read(conn, case=case_id))


def of_cases(conn: Connection, case_ids: Sequence[int]) -> dict[int, Wait]:
    """What these cases' customers wait for, by case."""
    with conn.cursor(row_factory=class_row(Wait)) as cursor:
        cursor.execute("SELECT * FROM slot_waits WHERE case_id = ANY(%s)", [list(case_ids)])
        return {wait.case_id: wait for wait in cursor}


def lock(conn: Connection, case_id: int) -> Wait | None:
    """The same, held until the transaction ends: nothing is offered to it meanwhile."""
    with conn.cursor(row_factory=class_row(Wait)) as cursor:
        return cursor.execute(
            "SELECT * FROM slot_waits WHERE case_id = %s FOR UPDATE", [case_id]
        ).fetchone()


def begin(conn: Connection, case_id: int, depot_id: int, now: datetime) -> bool:
    """Wait from now on; False for who did already."""
    cursor = conn.execute(
        """INSERT INTO slot_waits (case_id, depot_id, since) VALUES (%s, %s, %s)
           ON CONFLICT (case_id) DO NOTHING""",
        [case_id, depot_id, now],
    )
    return cursor.rowcount == 1


def end(conn: Connection, case_id: int) -> int | None:
    """Wait no longer; the slot that was kept at this moment."""
    row = conn.execute(
        "DELETE FROM slot_waits WHERE case_id = %s RETURNING slot_id", [case_id]
    ).fetchone()
    return row["slot_id"] if row else None


def ahead(conn: Connection, wait: Wait) -> int:
    """How many wait longer than this one."""
    row = conn.execute(
        """SELECT count(*) FROM slot_waits
            WHERE depot_id = %s AND slot_id IS NULL AND (since, case_id) < (%s, %s)""",
        [wait.depot_id, wait.since, wait.case_id],
    ).fetchone()
    return int(row["count"]) if row else 0


def longest(conn: Connection, slot: Slot) -> int | None:
    """The case whose customer waits longest and could have this slot, held for the caller.

    Whoever is offered something else at this moment is passed over: nobody waits for anybody here.
    """
    row = conn.execute(
        """SELECT w.case_id FROM slot_waits w JOIN cases c ON c.id = w.case_id
            WHERE w.depot_id = %s AND w.slot_id IS NULL AND c.state IN ('open', 'informed')
              AND (c.return_by IS NULL OR c.return_by >= %s)
            ORDER BY w.since, w.case_id LIMIT 1 FOR UPDATE OF w SKIP LOCKED""",
        [slot.depot_id, slot.ends_at],
    ).fetchone()
    return row["case_id"] if row else None


def offer(conn: Connection, case_id: int, slot_id: int, until: datetime) -> None:
    """Keep a place for a customer until then."""
    conn.execute(
        "UPDATE slot_waits SET slot_id = %s, offered_until = %s WHERE case_id = %s",
        [slot_id, until, case_id],
    )


def left_that_day(conn: Connection, slot: Slot, zone: str) -> tuple[int, int]:
    """How many places its depot has left on the slot's own day, and how many there were."""
    row = conn.execute(
        """SELECT coalesce(sum(capacity - taken), 0) AS places, coalesce(sum(capacity), 0) AS total
             FROM slots WHERE depot_id = %(depot)s
              AND starts_at >= date_trunc('day', %(at)s::timestamptz, %(zone)s)
              AND starts_at < date_trunc('day', %(at)s + interval '1 day', %(zone)s)""",
        {"depot": slot.depot_id, "at": slot.starts_at, "zone": zone},
    ).fetchone()
    return (int(row["places"]), int(row["total"])) if row else (0, 0)
