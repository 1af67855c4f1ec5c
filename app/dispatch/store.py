"""SQL on dispatch tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.rows import kwargs_row

from app.db.connection import Connection
from app.db.together import Rows, first
from app.dispatch.rules import RECOVERY_WITHIN
from app.dispatch.states import TaskKind, TaskState


@dataclass(frozen=True, slots=True)
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


def _task(*, kind: str, state: str, **row: Any) -> Task:
    return Task(kind=TaskKind(kind), state=TaskState(state), **row)


_NAMES = tuple(field.name for field in fields(Task))
_COLUMNS = ", ".join(_NAMES).replace("deadline", "nullif(deadline, 'infinity') AS deadline")
_TASK = f"SELECT {_COLUMNS} FROM dispatch_tasks"  # noqa: S608 - columns by name


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
    """The tasks that are wanted, in the same order; made if missing."""
    columns = [[row[n] for row in rows] for n in range(6)]
    found = _make(conn, columns, now)
    if len(found) < len(rows):
        with conn.cursor(row_factory=kwargs_row(_task)) as cursor:
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
    with conn.cursor(row_factory=kwargs_row(_task)) as cursor:
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
               ON CONFLICT (case_id, kind, round, about) DO NOTHING
            RETURNING {_COLUMNS}""",  # noqa: S608 - columns by name
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


class InVain(NamedTuple):
    """How often somebody was called for what nobody has taken on."""

    rings: int
    since: datetime
    exhausted: bool
    """Whether everybody was called."""
    had: bool = False
    """Whether somebody had taken it on before, and did not finish it."""


class Unanswered(NamedTuple):
    """What somebody was called for and nobody has taken on, and when the next call is made."""

    calls: InVain
    again: datetime | None


def unanswered(conn: Connection, case_ids: Sequence[int]) -> dict[int, Unanswered]:
    """By case, what is called for because of its delivery, where nobody has taken it on."""
    rows = conn.execute(
        f"""SELECT DISTINCT ON (t.case_id) t.case_id, t.rings, t.rung_since,
                  t.exhausted_at IS NOT NULL AS exhausted, t.turn > 0 AS had, s.due_at
             FROM dispatch_tasks t
             LEFT JOIN steps s ON s.case_id = t.case_id AND s.name = {CALLED_BY}
            WHERE t.case_id = ANY(%s) AND t.state = 'open' AND t.kind IN ('failure', 'promise')
              AND t.rung_since IS NOT NULL
            ORDER BY t.case_id, t.id DESC""",  # noqa: S608 - a constant
        [list(case_ids)],
    ).fetchall()
    return {
        row["case_id"]: Unanswered(
            InVain(row["rings"], row["rung_since"], row["exhausted"], row["had"]), row["due_at"]
        )
        for row in rows
    }


def question_in_vain(conn: Connection, case_id: int) -> InVain | None:
    """How often everybody was called for what the customer of a case asked, and nobody came."""
    row = conn.execute(
        """SELECT rings, rung_since AS since, exhausted_at IS NOT NULL AS exhausted, turn > 0 AS had
             FROM dispatch_tasks
            WHERE case_id = %s AND state = 'open' AND kind = 'question'
              AND rung_since IS NOT NULL AND exhausted_at IS NOT NULL
            ORDER BY id DESC LIMIT 1""",
        [case_id],
    ).fetchone()
    return InVain(**row) if row else None


IN_VAIN = Rows(
    InVain._fields,
    """SELECT rings, rung_since AS since, exhausted_at IS NOT NULL AS exhausted, turn > 0 AS had
         FROM dispatch_tasks
        WHERE case_id = %(case)s AND state = 'open' AND kind IN ('failure', 'promise')
          AND rung_since IS NOT NULL
        ORDER BY id DESC LIMIT 1""",
    InVain,
)
"""How often somebody was called for what nobody has taken on of a case's delivery."""


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


TASK = Rows(_NAMES, _TASK + " WHERE id = %(task)s", _task)
"""A task by id."""


def task(conn: Connection, task_id: int) -> Task | None:
    """A task by id."""
    return first(TASK.read(conn, task=task_id))


def by_ids(conn: Connection, task_ids: Sequence[int]) -> dict[int, Task]:
    """Tasks by id."""
    with conn.cursor(row_factory=kwargs_row(_task)) as cursor:
        found = cursor.execute(_TASK + " WHERE id = ANY(%s)", [list(task_ids)]).fetchall()
    return {task.id: task for task in found}


def task_about(conn: Connection, case_id: int, kind: TaskKind, about: int) -> Task | None:
    """The task of a case that is about this question, booking or decision."""
    with conn.cursor(row_factory=kwargs_row(_task)) as cursor:
        return cursor.execute(
            _TASK + " WHERE case_id = %s AND kind = %s AND about = %s ORDER BY id DESC",
            [case_id, kind, about],
        ).fetchone()


def of_case(conn: Connection, case_id: int) -> list[Task]:
    """A case's tasks, the newest first."""
    with conn.cursor(row_factory=kwargs_row(_task)) as cursor:
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


def acknowledge(
    conn: Connection, task_id: int, by: str, note: str, outcome: str, now: datetime
) -> None:
    """An open task is acknowledged."""
    conn.execute(
        """UPDATE dispatch_tasks SET state = 'acknowledged', acknowledged_at = %s,
                  acknowledged_by = %s, note = nullif(%s, ''), outcome = nullif(%s, ''),
                  exhausted_at = NULL, snoozed_until = NULL, wakes_on = NULL
            WHERE id = %s""",
        [now, by, note, outcome, task_id],
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
    with conn.cursor(row_factory=kwargs_row(_task)) as cursor:
        cursor.execute(
            f"""UPDATE dispatch_tasks SET state = 'withdrawn', resolved_at = %s
                WHERE case_id = ANY(%s) AND kind = ANY(%s)
                  AND state IN ('aside', 'open', 'acknowledged')
            RETURNING {_COLUMNS}""",  # noqa: S608 - columns by name
            [now, list(case_ids), kinds],
        )
        return cursor.fetchall()


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

    Said as a range, the state has to be walked by its own index: the planner thinks that open tasks
    are spread evenly, and would look for them from the oldest task of all on.
    """
    return conn.execute(
        """SELECT t.id, t.case_id, t.kind, t.state, t.level, t.created_at, t.called_at,
                  t.exhausted_at, t.acknowledged_at, t.acknowledged_by, t.outcome, t.note,
                  t.resolved_at, t.done_by, t.had_by, t.went_back_at, t.snoozed_until, t.wakes_on,
                  c.reason, c.return_by, s.tracking_number, s.order_ref, s.attempts,
                  d.slug AS depot
             FROM (SELECT * FROM dispatch_tasks
                    WHERE (state, id) > (%(state)s, %(after)s) AND state <= %(state)s
                      AND (%(depots)s::bigint[] IS NULL OR depot_id = ANY(%(depots)s))
                    ORDER BY state, id LIMIT %(limit)s) t
             JOIN cases c ON c.id = t.case_id
             JOIN shipments s ON s.id = c.shipment_id JOIN depots d ON d.id = t.depot_id
            ORDER BY t.id""",
        {"state": state, "after": after, "limit": limit, "depots": depots},
    ).fetchall()
