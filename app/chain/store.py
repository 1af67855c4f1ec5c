"""SQL on steps and policies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb

from app.db.connection import Connection
from app.db.together import Rows


class Ref(NamedTuple):
    """What a task message carries: which step, and which claim of it."""

    step_id: int
    attempt: int


class Claimed(NamedTuple):
    """A step to be passed on; `lost` when it was before and nobody took it."""

    id: int
    attempt: int
    name: str
    lost: bool
    account_id: int
    """The courier account of its case."""


class NewStep(NamedTuple):
    """A step to be armed."""

    case_id: int
    name: str
    due_at: datetime
    data: dict[str, Any]
    request_id: str | None = None
    """By which request it came to be, where that is not its case's."""


class Waiting(NamedTuple):
    """When a step is due, and with what."""

    due_at: datetime
    data: dict[str, Any]


EVER = datetime(1, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


def claim(
    conn: Connection, now: datetime, limit: int, lease: timedelta, since: datetime = EVER
) -> list[Claimed]:
    """Claim what became due since then, at most `limit`; of more than that in turns.

    Courier accounts take turns, so that the flood of one holds up no other.
    """
    with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SELECT * FROM claim_steps(%s, %s, %s, %s)", [now, since, limit, lease])
        return [Claimed(*row) for row in cursor.fetchall()]


def claim_others(
    conn: Connection,
    now: datetime,
    limit: int,
    lease: timedelta,
    since: datetime,
    without: Sequence[int],
) -> list[Claimed]:
    """The same of all courier accounts but these; only what was never claimed."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "SELECT * FROM claim_steps_in_turn(%s, %s, %s, %s, %s)",
            [now, since, limit, lease, list(without)],
        )
        return [Claimed(*row) for row in cursor.fetchall()]


def next_due(conn: Connection, since: datetime = EVER, until: datetime = NEVER) -> datetime | None:
    """When the next step wants to be claimed, of those between; None when nothing waits."""
    row = conn.execute(
        """SELECT wake_at FROM step_runs WHERE wake_at BETWEEN %s AND %s
            ORDER BY wake_at, id LIMIT 1""",
        [since, until],
    ).fetchone()
    return row["wake_at"] if row else None


def take(conn: Connection, name: str, refs: Sequence[Ref], now: datetime) -> list[dict[str, Any]]:
    """Take the steps that still are what the task message says; the others are left out.

    Their cases are locked, in order of their ids. What is read of a step is as it is then.
    """
    return conn.execute(
        "SELECT * FROM take_steps(%s, %s, %s, %s)",
        [name, [ref[0] for ref in refs], [ref[1] for ref in refs], now],
    ).fetchall()


def take_own(
    conn: Connection, name: str, refs: Sequence[Ref], now: datetime
) -> list[dict[str, Any]]:
    """The same of steps that this transaction has armed itself, and whose cases it has locked.

    Nobody else can change them, and every lock would be written into the log.
    """
    return conn.execute(
        """SELECT s.id, s.case_id, s.name, n.attempt, s.due_at, s.data, s.request_id
             FROM unnest(%(ids)s::bigint[], %(attempts)s::int[]) AS r(id, attempt)
             JOIN step_runs n ON n.id = r.id AND n.attempt = r.attempt
             JOIN steps s ON s.case_id = case_of_step(r.id) AND s.name = %(name)s AND s.id = r.id
            WHERE s.due_at <= %(now)s ORDER BY s.id""",
        {
            "ids": [ref[0] for ref in refs],
            "attempts": [ref[1] for ref in refs],
            "name": name,
            "now": now,
        },
    ).fetchall()


def fail(conn: Connection, ref: Ref, error: str) -> None:
    """Remember why a run failed; the lease decides when it is tried again."""
    conn.execute(
        "UPDATE step_runs SET last_error = %(error)s WHERE id = %(id)s AND attempt = %(attempt)s",
        {"error": error[:500], "id": ref.step_id, "attempt": ref.attempt},
    )


def waiting(conn: Connection, case_id: int) -> list[dict[str, Any]]:
    """What a case waits for, soonest first."""
    return conn.execute(
        """SELECT s.id, s.name, s.due_at, coalesce(r.attempt, 0) AS attempt,
                  coalesce(r.tries, 0) AS tries, s.data, r.last_error
             FROM steps s LEFT JOIN step_runs r USING (id)
            WHERE s.case_id = %s ORDER BY s.due_at, s.id""",
        [case_id],
    ).fetchall()


def waiting_of(conn: Connection, case_ids: Sequence[int]) -> dict[int, dict[str, Waiting]]:
    """What these cases wait for, by case and name; cases that wait for nothing are there too."""
    found: dict[int, dict[str, Waiting]] = {case_id: {} for case_id in case_ids}
    rows = conn.execute(
        "SELECT case_id, name, due_at, data FROM steps WHERE case_id = ANY(%s)", [list(case_ids)]
    ).fetchall()
    for row in rows:
        found[row["case_id"]][row["name"]] = Waiting(row["due_at"], row["data"])
    return found


WAITING: Rows[tuple[str, Waiting]] = Rows(
    ("name", "due_at", "data"),
    "SELECT name, due_at, data FROM steps WHERE case_id = %(case)s",
    lambda name, due_at, data: (name, Waiting(due_at, data)),
)
"""What a case waits for, with the steps' names."""


def orphaned_suspects(conn: Connection) -> list[int]:
    """Open cases that nothing moves, among those that lost a step since the last call.

    One statement, so one view of things: a step that is armed in the transaction that removed the
    one before is seen whenever its suspect is.
    """
    rows = conn.execute(
        """WITH gone AS (DELETE FROM orphan_suspects RETURNING case_id)
           SELECT DISTINCT c.id FROM gone JOIN cases c ON c.id = gone.case_id
            WHERE c.state <> 'closed'
              AND NOT EXISTS (SELECT 1 FROM steps s WHERE s.case_id = c.id)"""
    ).fetchall()
    return [row["id"] for row in rows]


def suspect(conn: Connection, case_ids: Sequence[int]) -> None:
    """Let the next audit look at these cases."""
    conn.execute("INSERT INTO orphan_suspects SELECT unnest(%s::bigint[])", [list(case_ids)])


def sweep_anew(conn: Connection) -> None:
    """Let the sweep begin with the first case."""
    conn.execute("UPDATE orphan_marks SET swept = 0")


def orphans_in_turn(conn: Connection, slice_of: int | None) -> list[int]:
    """Open cases that nothing moves, among new ones and the next `slice_of` open ones, or all."""
    mark = conn.execute(
        """SELECT m.swept, m.watched, m.newest, coalesce(max(s.id), m.swept) AS until,
                  count(*) = %(slice)s::bigint AS more,
                  (SELECT coalesce(max(id), 0) FROM cases) AS last
             FROM orphan_marks m LEFT JOIN LATERAL (
                SELECT id FROM cases WHERE live AND id > m.swept
                 ORDER BY id LIMIT %(slice)s::bigint) s ON true
            GROUP BY m.swept, m.watched, m.newest""",
        {"slice": slice_of},
    ).fetchone()
    assert mark is not None  # noqa: S101 - a migration put the row there
    conn.execute(
        "UPDATE orphan_marks SET swept = %s, watched = %s, newest = %s",
        [mark["until"] if mark["more"] else 0, mark["newest"], mark["last"]],
    )
    return [
        *_orphans_between(conn, mark["swept"], mark["until"]),
        *_orphans_between(conn, mark["watched"], mark["newest"]),
    ]


def _orphans_between(conn: Connection, after: int, until: int) -> list[int]:
    rows = conn.execute(
        """SELECT c.id FROM cases c
            WHERE c.live AND c.id > %(after)s AND c.id <= %(until)s
              AND NOT EXISTS (SELECT 1 FROM steps s WHERE s.case_id = c.id
                                 AND s.case_id > %(after)s AND s.case_id <= %(until)s)""",
        {"after": after, "until": until},
    ).fetchall()
    return [row["id"] for row in rows]


TOO_OFTEN = 3
"""So many failures in a row are no accident; `stuck` and `step_runs_failing` say the same."""


def stuck(conn: Connection, now: datetime, late: timedelta, limit: int) -> list[dict[str, Any]]:
    """Steps that failed too often, or that nobody claims."""
    return conn.execute(
        """SELECT id, case_of_step(id) AS case_id, name, due_at, tries, last_error FROM (
                (SELECT id, name, due_at, tries, last_error, wake_at FROM step_runs
                  WHERE wake_at <= %(now)s AND due_at <= %(late)s
                  ORDER BY wake_at, id LIMIT %(limit)s)
                UNION
                (SELECT id, name, due_at, tries, last_error, wake_at FROM step_runs
                  WHERE tries >= 3 AND last_error IS NOT NULL
                  ORDER BY wake_at, id LIMIT %(limit)s)) s
            ORDER BY wake_at, id LIMIT %(limit)s""",
        {"now": now, "late": now - late, "limit": limit},
    ).fetchall()


def healed_in_a_row(conn: Connection, case_id: int) -> list[datetime]:
    """When the audit had to heal this case, since anybody outside did anything about it."""
    rows = conn.execute(
        """SELECT at FROM timeline WHERE case_id = %(id)s AND kind = 'audit_healed'
              AND id > coalesce((SELECT max(id) FROM timeline
                                  WHERE case_id = %(id)s AND actor <> 'reknock'), 0)
            ORDER BY at""",
        {"id": case_id},
    ).fetchall()
    return [row["at"] for row in rows]


def insert_policy(conn: Connection, name: str, body: dict[str, Any], now: datetime) -> int:
    """Insert a policy; its id."""
    row = conn.execute(
        "INSERT INTO policies (name, body, created_at) VALUES (%s, %s, %s) RETURNING id",
        [name, Jsonb(body), now],
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING gives a row
    return int(row["id"])


def policy(conn: Connection, policy_id: int) -> dict[str, Any] | None:
    """What a policy says; None if there is none with this id."""
    row = conn.execute("SELECT body FROM policies WHERE id = %s", [policy_id]).fetchone()
    return row["body"] if row else None


def hasten_unless_run(conn: Connection, case_id: int, name: str, now: datetime) -> None:
    """Make a waiting step due now, unless somebody has it at this moment."""
    conn.execute(
        """UPDATE steps SET due_at = %(now)s
            WHERE case_id = %(case)s
              AND name IN (SELECT name FROM steps WHERE case_id = %(case)s AND name = %(name)s
                              AND due_at > %(now)s FOR UPDATE SKIP LOCKED)""",
        {"now": now, "case": case_id, "name": name},
    )
