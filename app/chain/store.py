"""SQL on steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb

from app.db.connection import Connection


class Ref(NamedTuple):
    """What a hint carries: which step, and which claim of it."""

    step_id: int
    attempt: int


class Claimed(NamedTuple):
    """A step to be passed on; `lost` when it was before and nobody took it."""

    id: int
    attempt: int
    link: str
    lost: bool


class Arm(NamedTuple):
    """A step to be armed."""

    case_id: int
    link: str
    due_at: datetime
    data: dict[str, Any]
    request_id: str


def claim(conn: Connection, now: datetime, limit: int, lease: timedelta) -> list[Claimed]:
    """Claim what is due, at most `limit`."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SELECT * FROM claim_steps(%s, %s, %s)", [now, limit, lease])
        return [Claimed(*row) for row in cursor.fetchall()]


def next_due(conn: Connection) -> datetime | None:
    """When the next step wants to be claimed; None when nothing waits."""
    row = conn.execute("SELECT wake_at FROM steps ORDER BY wake_at, id LIMIT 1").fetchone()
    return row["wake_at"] if row else None


def lock_cases(conn: Connection, step_ids: Sequence[int]) -> None:
    """Lock the steps' cases, in order of their ids: always before the steps themselves."""
    conn.execute(
        """SELECT 1 FROM cases WHERE id = ANY(SELECT case_id FROM steps WHERE id = ANY(%s))
           ORDER BY id FOR NO KEY UPDATE""",
        [list(step_ids)],
    )


def take(conn: Connection, link: str, refs: Sequence[Ref], now: datetime) -> list[dict[str, Any]]:
    """Lock the steps that still are what their hints say; the others are left out."""
    return conn.execute(
        """SELECT s.id, s.case_id, s.link, s.attempt, s.due_at, s.data, s.request_id
             FROM steps s JOIN unnest(%s::bigint[], %s::int[]) AS r(id, attempt)
               ON s.id = r.id AND s.attempt = r.attempt
            WHERE s.link = %s AND s.due_at <= %s ORDER BY s.id FOR UPDATE OF s""",
        [[r[0] for r in refs], [r[1] for r in refs], link, now],
    ).fetchall()


def delete(conn: Connection, step_ids: Sequence[int]) -> None:
    """Remove steps that are done."""
    conn.execute("DELETE FROM steps WHERE id = ANY(%s)", [list(step_ids)])


def again(conn: Connection, rows: Sequence[tuple[int, datetime, dict[str, Any]]]) -> None:
    """Let steps wait anew: `(step_id, due_at, data)`."""
    conn.execute(
        """UPDATE steps s SET due_at = r.due_at, data = r.data, lease_until = NULL, tries = 0,
                  last_error = NULL
             FROM unnest(%s::bigint[], %s::timestamptz[], %s::jsonb[]) AS r(id, due_at, data)
            WHERE s.id = r.id""",
        [[r[0] for r in rows], [r[1] for r in rows], [Jsonb(r[2]) for r in rows]],
    )


def arm(conn: Connection, arms: Sequence[Arm]) -> None:
    """Arm steps; one that already waits gets the new time and data."""
    conn.execute(
        """INSERT INTO steps (case_id, link, due_at, data, request_id)
           SELECT * FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::jsonb[],
                                %s::text[])
               ON CONFLICT (case_id, link) DO UPDATE SET due_at = excluded.due_at,
                  data = excluded.data, lease_until = NULL, tries = 0, last_error = NULL""",
        [
            [a.case_id for a in arms],
            [a.link for a in arms],
            [a.due_at for a in arms],
            [Jsonb(a.data) for a in arms],
            [a.request_id for a in arms],
        ],
    )


def hasten(conn: Connection, pairs: Sequence[tuple[int, str]], now: datetime) -> None:
    """Make waiting steps `(case_id, link)` due now."""
    conn.execute(
        """UPDATE steps s SET due_at = %s, lease_until = NULL
             FROM unnest(%s::bigint[], %s::text[]) AS r(case_id, link)
            WHERE s.case_id = r.case_id AND s.link = r.link AND s.due_at > %s""",
        [now, [p[0] for p in pairs], [p[1] for p in pairs], now],
    )


def cancel(conn: Connection, pairs: Sequence[tuple[int, str]]) -> None:
    """Drop waiting steps `(case_id, link)`."""
    conn.execute(
        """DELETE FROM steps s USING unnest(%s::bigint[], %s::text[]) AS r(case_id, link)
            WHERE s.case_id = r.case_id AND s.link = r.link""",
        [[p[0] for p in pairs], [p[1] for p in pairs]],
    )


def fail(conn: Connection, ref: Ref, error: str) -> None:
    """Remember why a run failed; the lease decides when it is tried again."""
    conn.execute(
        "UPDATE steps SET last_error = %s WHERE id = %s AND attempt = %s",
        [error[:500], ref.step_id, ref.attempt],
    )


def waiting(conn: Connection, case_id: int) -> list[dict[str, Any]]:
    """What a case waits for, soonest first."""
    return conn.execute(
        """SELECT id, link, due_at, attempt, tries, data, last_error FROM steps
            WHERE case_id = %s ORDER BY due_at, id""",
        [case_id],
    ).fetchall()
