"""SQL of what was done in the console lately, and of how the tasks were before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from app.db.connection import Connection
from app.dispatch.store import CALLED_BY

_KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Before:
    """A task as it was before something was done to it."""

    id: int
    state: str
    level: int
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    exhausted_at: datetime | None
    snoozed_until: datetime | None
    wakes_on: str | None
    outcome: str | None
    note: str | None
    call_at: datetime | None
    """When the next call was due."""


class Done(NamedTuple):
    """Something that was done, by whose session."""

    act: str
    at: datetime
    before: list[dict[str, Any]]
    until: datetime | None


def before(conn: Connection, ids: Sequence[int]) -> list[Before]:
    """How these tasks are now."""
    with conn.cursor(row_factory=class_row(Before)) as cursor:
        cursor.execute(
            f"""SELECT t.id, t.state, t.level, t.acknowledged_at, t.acknowledged_by,
                       t.exhausted_at, t.snoozed_until, t.wakes_on, t.outcome, t.note,
                       s.due_at AS call_at
                  FROM dispatch_tasks t
                  LEFT JOIN steps s ON s.case_id = t.case_id AND s.name = {CALLED_BY}
                 WHERE t.id = ANY(%s) ORDER BY t.id""".encode(),  # noqa: S608 - a constant
            [list(ids)],
        )
        return cursor.fetchall()


def remember(
    conn: Connection,
    session_id: int,
    act: str,
    tasks: Sequence[Before],
    until: datetime | None,
    now: datetime,
) -> int:
    """Keep what was done for a while; its id."""
    said = {"tasks": [asdict(task) for task in tasks], "until": until}
    row = conn.execute(
        """WITH old AS (DELETE FROM console_acts WHERE at < %(old)s)
           INSERT INTO console_acts (session_id, act, at, before)
           VALUES (%(session)s, %(act)s, %(now)s, %(before)s) RETURNING id""",
        {
            "session": session_id,
            "act": act,
            "now": now,
            "before": Jsonb(said),
            "old": now - _KEPT,
        },
    ).fetchone()
    return int(row["id"]) if row else 0


def take_back(
    conn: Connection, act_id: int, session_id: int, since: datetime, now: datetime
) -> Done | None:
    """What this session did, for nobody else to take back; None when it is too late for that."""
    row = conn.execute(
        """UPDATE console_acts SET undone_at = %(now)s
            WHERE id = %(id)s AND session_id = %(session)s AND undone_at IS NULL
              AND at >= %(since)s RETURNING act, at, before""",
        {"id": act_id, "session": session_id, "since": since, "now": now},
    ).fetchone()
    if row is None:
        return None
    until = row["before"]["until"]
    moment = datetime.fromisoformat(until) if until else None
    return Done(row["act"], row["at"], row["before"]["tasks"], moment)


def read(kept: dict[str, Any]) -> Before:
    """How a task was, as it was remembered."""
    times = ("acknowledged_at", "exhausted_at", "snoozed_until", "call_at")
    said = {name: datetime.fromisoformat(kept[name]) for name in times if kept[name]}
    return Before(**{**kept, **said})


def restore(conn: Connection, task: Before) -> None:
    """Let a task be as it was."""
    conn.execute(
        """UPDATE dispatch_tasks
              SET state = %(state)s, acknowledged_at = %(acknowledged_at)s,
                  acknowledged_by = %(acknowledged_by)s, exhausted_at = %(exhausted_at)s,
                  snoozed_until = %(snoozed_until)s, wakes_on = %(wakes_on)s,
                  outcome = %(outcome)s, note = %(note)s,
                  resolved_at = NULL, done_by = NULL, remind_at = NULL
            WHERE id = %(id)s""",
        asdict(task),
    )


def left_since(conn: Connection, task_ids: Sequence[int], since: datetime) -> list[str]:
    """Who was written to about these tasks' cases since then: the audiences."""
    rows = conn.execute(
        """SELECT DISTINCT m.audience FROM dispatch_tasks t JOIN messages m ON m.case_id = t.case_id
            WHERE t.id = ANY(%s)
              AND (m.state = 'sending' OR m.state IN ('sent', 'delivered', 'unknown')
                   AND coalesce(m.done_at, m.due_at) >= %s)""",
        [list(task_ids), since],
    ).fetchall()
    return [row["audience"] for row in rows]
