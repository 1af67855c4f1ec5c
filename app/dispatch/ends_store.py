"""SQL that ends what people were called for and are not needed for any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg.rows import kwargs_row

from app.db.connection import Connection
from app.dispatch.states import TaskKind
from app.dispatch.store import COLUMNS, Task, Wanted, as_task


def supersede(
    conn: Connection, rounds: Sequence[tuple[int, int]], now: datetime
) -> list[tuple[int, int]]:
    """End what the delivery in rounds before these `(case_id, round)` called for.

    Returns:
        `(case_id, task_id)` of each.
    """
    ended = conn.execute(
        """UPDATE dispatch_tasks t SET state = 'withdrawn', resolved_at = %s
             FROM unnest(%s::bigint[], %s::int[]) AS r(case_id, round)
            WHERE t.case_id = r.case_id AND t.round < r.round AND t.kind IN ('failure', 'promise')
              AND t.state IN ('open', 'acknowledged') RETURNING t.case_id, t.id""",
        [now, [r[0] for r in rounds], [r[1] for r in rounds]],
    ).fetchall()
    return [(row["case_id"], row["id"]) for row in ended]


class Replaced(NamedTuple):
    """A task that another one took the place of; `exhausted`: everybody had been called for it."""

    case_id: int
    id: int
    exhausted: bool


def take_over(conn: Connection, wanted: Sequence[Wanted], now: datetime) -> list[Replaced]:
    """Let these tasks take the place of all else that is open because of their cases' deliveries.

    What nobody took on though everybody was called goes on so: since when, and how often.
    """
    ended = conn.execute(
        """WITH wanted AS (
               SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bigint[])
                      AS w(case_id, kind, about)),
           ended AS (
               UPDATE dispatch_tasks t SET state = 'withdrawn', resolved_at = %s FROM wanted w
                WHERE t.case_id = w.case_id AND t.kind IN ('failure', 'promise')
                  AND t.about <> w.about AND t.state = 'open' RETURNING t.*),
           went_on AS (
               UPDATE dispatch_tasks t
                  SET level = e.level, calls = e.calls, rings = e.rings, rung_since = e.rung_since,
                      exhausted_at = e.exhausted_at
                 FROM wanted w JOIN ended e USING (case_id)
                WHERE t.case_id = w.case_id AND t.kind = w.kind AND t.about = w.about
                  AND t.state = 'open' AND e.exhausted_at IS NOT NULL)
           SELECT case_id, id, exhausted_at IS NOT NULL AS exhausted FROM ended""",
        [[w.case_id for w in wanted], [w.kind for w in wanted], [w.about for w in wanted], now],
    ).fetchall()
    return [Replaced(**row) for row in ended]


def withdraw_others(
    conn: Connection, stays: Sequence[tuple[int, int, int]], now: datetime
) -> list[tuple[int, int]]:
    """End what these cases' people were asked to confirm, except `(case_id, about, turn)`.

    Returns:
        `(case_id, task_id)` of each.
    """
    ended = conn.execute(
        """UPDATE dispatch_tasks t SET state = 'withdrawn', resolved_at = %s
             FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS r(case_id, about, round)
            WHERE t.case_id = r.case_id AND t.kind = 'handover'
              AND (t.about, t.round) <> (r.about, r.round)
              AND t.state IN ('open', 'acknowledged') RETURNING t.case_id, t.id""",
        [now, [s[0] for s in stays], [s[1] for s in stays], [s[2] for s in stays]],
    ).fetchall()
    return [(row["case_id"], row["id"]) for row in ended]


def withdraw(conn: Connection, case_ids: Sequence[int], now: datetime) -> list[Task]:
    """End what is still open of these cases and ends with them; what was ended."""
    return _end(conn, case_ids, [kind for kind in TaskKind if not kind.outlives], now)


def end_of_delivery(conn: Connection, case_ids: Sequence[int], now: datetime) -> list[Task]:
    """End what these cases' deliveries, and decisions about them, called for; what was ended."""
    kinds = [kind for kind in TaskKind if kind.of_delivery or kind is TaskKind.DECISION]
    return _end(conn, case_ids, kinds, now)


def _end(
    conn: Connection, case_ids: Sequence[int], kinds: Sequence[TaskKind], now: datetime
) -> list[Task]:
    with conn.cursor(row_factory=kwargs_row(as_task)) as cursor:
        cursor.execute(
            f"""UPDATE dispatch_tasks SET state = 'withdrawn', resolved_at = %s
                WHERE case_id = ANY(%s) AND kind = ANY(%s)
                  AND state IN ('aside', 'open', 'acknowledged')
            RETURNING {COLUMNS}""",  # noqa: S608 - columns by name
            [now, list(case_ids), kinds],
        )
        return cursor.fetchall()
