"""SQL on the tasks of old news, which nobody is called for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.cases.model import Case
from app.db.connection import Connection


def set_aside(conn: Connection, old: Sequence[tuple[Case, datetime]], now: datetime) -> None:
    """Make the tasks that wait for a person until then: they are in the queue, and call nobody."""
    conn.execute(
        """INSERT INTO dispatch_tasks (case_id, depot_id, kind, round, state, created_at,
                  account_id, deadline)
           SELECT c.id, c.depot_id, 'failure', c.round, 'aside', %s, c.account_id, t.until
             FROM unnest(%s::bigint[], %s::timestamptz[]) AS t(id, until)
             JOIN cases c ON c.id = t.id
               ON CONFLICT DO NOTHING""",
        [now, [case.id for case, _ in old], [until for _, until in old]],
    )


def begin(conn: Connection, case_ids: Sequence[int]) -> None:
    """Open the tasks of cases that were begun: from now on they are called for."""
    conn.execute(
        """UPDATE dispatch_tasks t SET state = 'open', deadline = coalesce(c.return_by, 'infinity'),
                  promised_by = coalesce(c.news_by, 'infinity')
             FROM cases c
            WHERE c.id = t.case_id AND t.case_id = ANY(%s) AND t.state = 'aside'""",
        [list(case_ids)],
    )


def case_of(conn: Connection, task_id: int) -> int | None:
    """Which case a task is about."""
    row = conn.execute("SELECT case_id FROM dispatch_tasks WHERE id = %s", [task_id]).fetchone()
    return row["case_id"] if row else None
