"""SQL on dispatch tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.rows import kwargs_row

from app.db import unlogged
from app.db.connection import Connection
from app.db.together import Rows, first
from app.dispatch.rules import RECOVERY_WITHIN
from app.dispatch.states import TaskKind, TaskState
from app.frozen import frozen


@frozen()
class Task:
    """What somebody is called for; open until acknowledged."""

    id: int
    case_id: int
    depot_id: int
    kind: TaskKind
    round: int
    about: int
    """The id of what it is about: a question, a booking, a decision; 0 where it is the case."""
    state: TaskState
    level: int
    calls: int
    called_at: datetime | None
    exhausted_at: datetime | None
    """Since when everybody was called and nobody took it on."""
    snoozed_until: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    outcome: str | None
    note: str | None
    resolved_at: datetime | None
    created_at: datetime
    deadline: datetime | None
    """By then somebody should have acted."""
    done_by: datetime | None
    """Until then whoever took it on has it."""
    had_by: str | None
    """Who had it and did not finish it in time, and when it went back to the ladder."""
    went_back_at: datetime | None
    turn: int
    """How often it went back."""
    wakes_on: str | None
    """What ends its snooze before its time."""
    up_from: int
    """The level that it went up to: who was called below takes it by nothing they were sent."""
    up_to: str
    """Who was called there; empty where they are many."""

    def gone_up(self, level: int | None) -> bool:
        """Whether others have it to do than who was called at this level.

        None: nobody answers a call, somebody sees how things are. Once everybody was called in
        vain, whoever comes is welcome.
        """
        waits = self.state is TaskState.OPEN and self.exhausted_at is None
        return waits and level is not None and level < self.up_from


def as_task(*, kind: str, state: str, **row: Any) -> Task:
    """The task that a row is."""
    return Task(kind=TaskKind(kind), state=TaskState(state), **row)


_NAMES = tuple(field.name for field in fields(Task))
COLUMNS = ", ".join(_NAMES).replace("deadline", "nullif(deadline, 'infinity') AS deadline")
_TASK = f"SELECT {COLUMNS} FROM dispatch_tasks"  # noqa: S608 - columns by name


CALLED_BY = """CASE WHEN t.kind = 'recovery' THEN 'recover'
     WHEN t.kind = 'promise' AND t.about <> 0 THEN 'call_supervisor'
     WHEN t.kind IN ('failure', 'promise') THEN 'call_dispatcher' ELSE 'call_for_' || t.kind END"""
"""The name of the step that calls for a task `t`."""


class Wanted(NamedTuple):
    """What somebody is to be called for.

    `by` is when they should have acted, where it is not the case's return deadline.
    """

    case_id: int
    depot_id: int
    kind: TaskKind
    round: int
    about: int = 0
    by: datetime | None = None


def ensure(conn: Connection, rows: Sequence[Wanted], now: datetime) -> list[Task]:
    """The tasks that are wanted, in the same order; made if missing. Their cases are locked."""
    columns = [[row[n] for row in rows] for n in range(6)]
    found = _make(conn, columns, now)
    if len(found) < len(rows):
        with conn.cursor(row_factory=kwargs_row(as_task)) as cursor:
            cursor.execute(
                _TASK
                + """ WHERE (case_id, kind, round, about) IN (SELECT * FROM
                             unnest(%s::bigint[], %s::text[], %s::int[], %s::bigint[]))""",
                [columns[0], *columns[2:5]],
            )
            found = cursor.fetchall()
    tasks = {(task.case_id, task.kind, task.round, task.about): task for task in found}
    return [tasks[row.case_id, row.kind, row.round, row.about] for row in rows]


def _make(conn: Connection, columns: list[list[Any]], now: datetime) -> list[Task]:
    """Make the tasks that there are not yet; those that were made."""
    with conn.cursor(row_factory=kwargs_row(as_task)) as cursor:
        cursor.execute(
            f"""INSERT INTO dispatch_tasks (case_id, depot_id, kind, round, about, created_at,
                  account_id, deadline, promised_by)
           SELECT t.case_id, t.depot_id, t.kind, t.round, t.about, %(now)s, c.account_id,
                  coalesce(t.by, CASE t.kind WHEN 'recovery' THEN %(now)s + %(recovery)s
                                             ELSE least(c.return_by, c.change_by) END, 'infinity'),
                  coalesce(CASE WHEN t.kind IN ('failure', 'promise') THEN c.news_by END,
                           'infinity')
             FROM unnest(%(cases)s::bigint[], %(depots)s::bigint[], %(kinds)s::text[],
                         %(rounds)s::int[], %(about)s::bigint[], %(by)s::timestamptz[])
                  AS t(case_id, depot_id, kind, round, about, by)
             JOIN cases c ON c.id = t.case_id
            WHERE NOT EXISTS (SELECT FROM dispatch_tasks k
                               WHERE (k.case_id, k.kind, k.round, k.about)
                                   = (t.case_id, t.kind, t.round, t.about))
            RETURNING {COLUMNS}""",  # noqa: S608 - columns by name
            {
                "now": now,
                "recovery": RECOVERY_WITHIN,
                "cases": columns[0],
                "depots": columns[1],
                "kinds": columns[2],
                "rounds": columns[3],
                "about": columns[4],
                "by": columns[5],
            },
        )
        return cursor.fetchall()


TASK = Rows(_NAMES, _TASK + " WHERE id = %(task)s", as_task)
"""A task by id."""

CASE_OF_TASK = 'SELECT case_id AS "case" FROM dispatch_tasks WHERE id = %(task)s'
"""For `together`: the case that a task belongs to."""


def task(conn: Connection, task_id: int) -> Task | None:
    """A task by id."""
    return first(TASK.read(conn, task=task_id))


def hold_case(conn: Connection, task_id: int) -> None:
    """Lock the case that a task belongs to, for who reads both afterwards."""
    conn.execute(
        """SELECT 1 FROM cases WHERE id = (SELECT case_id FROM dispatch_tasks WHERE id = %s)
              FOR NO KEY UPDATE""",
        [task_id],
    )


def by_ids(conn: Connection, task_ids: Sequence[int]) -> dict[int, Task]:
    """Tasks by id."""
    with conn.cursor(row_factory=kwargs_row(as_task)) as cursor:
        found = cursor.execute(_TASK + " WHERE id = ANY(%s)", [list(task_ids)]).fetchall()
    return {task.id: task for task in found}


def task_about(conn: Connection, case_id: int, kind: TaskKind, about: int) -> Task | None:
    """The task of a case that is about this question, booking or decision."""
    with conn.cursor(row_factory=kwargs_row(as_task)) as cursor:
        return cursor.execute(
            _TASK + " WHERE case_id = %s AND kind = %s AND about = %s ORDER BY id DESC",
            [case_id, kind, about],
        ).fetchone()


def of_case(conn: Connection, case_id: int) -> list[Task]:
    """A case's tasks, the newest first."""
    with conn.cursor(row_factory=kwargs_row(as_task)) as cursor:
        cursor.execute(_TASK + " WHERE case_id = %s ORDER BY id DESC", [case_id])
        return cursor.fetchall()


class Rung(NamedTuple):
    """A level that was called for a task."""

    task_id: int
    level: int
    calls: int
    up_to: str | None = None
    """Whose it is from now on, empty where they are many; None where it did not go up."""


def called(conn: Connection, rows: Sequence[Rung], now: datetime) -> None:
    """Remember calls."""
    conn.execute(
        """UPDATE dispatch_tasks t SET level = r.level, calls = r.calls, called_at = %(now)s,
                  rings = t.rings + 1, rung_since = coalesce(t.rung_since, %(now)s),
                  up_from = CASE WHEN r.up_to IS NULL THEN t.up_from ELSE r.level END,
                  up_to = coalesce(r.up_to, t.up_to)
             FROM unnest(%(ids)s::bigint[], %(levels)s::int[], %(calls)s::int[], %(up_to)s::text[])
                  AS r(id, level, calls, up_to)
            WHERE t.id = r.id""",
        {
            "now": now,
            "ids": [r.task_id for r in rows],
            "levels": [r.level for r in rows],
            "calls": [r.calls for r in rows],
            "up_to": [r.up_to for r in rows],
        },
    )


def begin_above(conn: Connection, tops: Sequence[tuple[int, int]]) -> None:
    """Let these tasks `(id, level)` be called for above that level, as if it had had its turn."""
    conn.execute(
        """UPDATE dispatch_tasks t SET level = r.level
             FROM unnest(%s::bigint[], %s::int[]) AS r(id, level) WHERE t.id = r.id""",
        [[top[0] for top in tops], [top[1] for top in tops]],
    )


def exhausted(conn: Connection, task_ids: Sequence[int], now: datetime) -> None:
    """Everybody was called for these, and nobody took them on."""
    conn.execute(
        "UPDATE dispatch_tasks SET exhausted_at = %s WHERE id = ANY(%s)", [now, list(task_ids)]
    )


def resolve(conn: Connection, task_id: int, note: str, outcome: str, now: datetime) -> None:
    """A task is over, done by somebody."""
    conn.execute(
        """UPDATE dispatch_tasks SET state = 'resolved', resolved_at = %s,
                  note = coalesce(nullif(%s, ''), note),
                  outcome = coalesce(nullif(%s, ''), outcome) WHERE id = %s""",
        [now, note, outcome, task_id],
    )


def reopen(conn: Connection, task_id: int) -> None:
    """An acknowledged task is open again: who had it has passed it on."""
    conn.execute(
        """UPDATE dispatch_tasks SET state = 'open', acknowledged_at = NULL,
                  acknowledged_by = NULL, done_by = NULL, remind_at = NULL WHERE id = %s""",
        [task_id],
    )


def set_deadline(conn: Connection, task_id: int, by: datetime) -> None:
    """Somebody should have acted by another hour."""
    conn.execute("UPDATE dispatch_tasks SET deadline = %s WHERE id = %s", [by, task_id])


def waiting_at(conn: Connection, depot_id: int) -> int:
    """How many tasks of a depot nobody has, as the queue counts them."""
    row = conn.execute(
        """SELECT coalesce(sum(tasks), 0) AS n FROM (
               SELECT tasks FROM dispatch_counts
                WHERE tab IN ('open', 'nobody') AND depot_id = %(depot)s
               UNION ALL
               SELECT change FROM dispatch_count_changes
                WHERE tab IN ('open', 'nobody') AND depot_id = %(depot)s) counted""",
        {"depot": depot_id},
    ).fetchone()
    return int(row["n"]) if row else 0


def listing(
    conn: Connection, state: str, after: int, limit: int, depots: Sequence[int] | None = None
) -> list[dict[str, Any]]:
    """Tasks in one state, of these depots or of all, with what a queue shows, the oldest first.

    What is not over is found in the queue. Said as a range, the state has to be walked by an index
    of its own: the planner thinks that its tasks are spread evenly, and would look for them from
    the oldest task of all on.
    """
    over = state in {TaskState.RESOLVED, TaskState.WITHDRAWN}
    if over:
        _make_whole(conn)
    found = _FOUND_OVER if over else _FOUND_IN_QUEUE
    return conn.execute(
        f"""SELECT t.id, t.case_id, t.kind, t.state, t.level, t.created_at, t.called_at,
                  t.exhausted_at, t.acknowledged_at, t.acknowledged_by, t.outcome, t.note,
                  t.resolved_at, t.done_by, t.had_by, t.went_back_at, t.snoozed_until, t.wakes_on,
                  c.reason, c.return_by, s.tracking_number, s.order_ref, s.attempts,
                  d.slug AS depot
             FROM ({found} LIMIT %(limit)s) f JOIN dispatch_tasks t USING (id)
             JOIN cases c ON c.id = t.case_id
             JOIN shipments s ON s.id = c.shipment_id JOIN depots d ON d.id = t.depot_id
            ORDER BY t.id""".encode(),  # noqa: S608 - constants
        {
            "state": state,
            "resolved": state == TaskState.RESOLVED,
            "after": after,
            "limit": limit,
            "depots": depots,
        },
    ).fetchall()


_FOUND_OVER = """
SELECT o.id FROM tasks_over o JOIN dispatch_tasks q USING (id)
 WHERE (o.resolved, o.id) > (%(resolved)s, %(after)s) AND o.resolved <= %(resolved)s
   AND q.state = %(state)s AND (%(depots)s::bigint[] IS NULL OR q.depot_id = ANY(%(depots)s))
 ORDER BY o.resolved, o.id"""
_FOUND_IN_QUEUE = """
SELECT id FROM dispatch_queue WHERE (state, id) > (%(state)s, %(after)s) AND state <= %(state)s
   AND (%(depots)s::bigint[] IS NULL OR depot_id = ANY(%(depots)s)) ORDER BY state, id"""


def _make_whole(conn: Connection) -> None:
    """List anew which tasks are over, if that was lost in a crash of the server."""
    if not unlogged.whole(conn, unlogged.Part.OVER):
        with conn.transaction():
            if unlogged.filled(conn, unlogged.Part.OVER):
                conn.execute(
                    """INSERT INTO tasks_over SELECT state = 'resolved', id FROM dispatch_tasks
                        WHERE state IN ('resolved', 'withdrawn') ON CONFLICT DO NOTHING"""
                )
