"""SQL of the dispatcher's queue: one statement for the rows, one for the counts.

Neither grows with the tasks that are open or were ever closed. The rows are walked along an index
in the order of the tab and cut to a page before anything is joined that only decorates them; the
counts are kept as tasks change (migration 0018).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import class_row, kwargs_row

from app.db.connection import Connection
from app.dispatch.states import TaskKind, TaskState
from app.dispatch.store import CALLED_BY

PAGE = 50
KEPT = timedelta(days=7)
"""How long what is done stays in the queue; the case's own page has it for good."""
COUNTS_KEPT = timedelta(days=30)
"""Counts of what was done on older days are forgotten; the queue shows `KEPT`."""
_FRESH = 1000
"""Of more tasks that are new nobody wants the exact number."""

_TABS = {
    "nobody": "t.state = 'open' AND t.exhausted_at IS NOT NULL",
    "open": "t.state = 'open'",
    "taken": "t.state = 'acknowledged'",
    "aside": "t.state = 'aside'",
    "done": "t.state IN ('resolved', 'withdrawn') AND t.resolved_at > %(since)s",
}
"""Constants, not parameters: the planner must see them to use the partial indexes."""
TABS = tuple(_TABS)

_ORDERS = {
    "nobody": ("t.deadline", ">", "ASC"),
    "open": ("t.deadline", ">", "ASC"),
    "taken": ("t.deadline", ">", "ASC"),
    "aside": ("t.deadline", ">", "ASC"),
    "done": ("t.resolved_at", "<", "DESC"),
}
"""What a tab is sorted by: soonest deadline first; what is done, newest first."""
_NOBODY_FIRST = {"open": "(t.exhausted_at IS NULL), "}
"""What everybody was called for, and nobody took on, comes before all else that is open."""
IS_NOBODY = "!"
"""What the place of such a task in that tab begins with."""
_MARKED = f"CASE WHEN t.exhausted_at IS NULL THEN '' ELSE '{IS_NOBODY}' END"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the queue: a tab, and filters (empty: all)."""

    tab: str = "open"
    depot: str = ""
    kind: str = ""
    courier: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A task as the queue shows it."""

    id: int
    kind: TaskKind
    state: TaskState
    round: int
    level: int
    called_at: datetime | None
    exhausted_at: datetime | None
    """Since when everybody was called and nobody took it on."""
    call_at: datetime | None
    """When somebody is called for such a task again."""
    created_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    outcome: str | None
    resolved_at: datetime | None
    deadline: datetime | None
    place: str
    """What it is sorted by in its tab, as the database writes it; with the id, the cursor."""
    case_kind: str
    case_state: str
    reason: str
    resolution: str | None
    parcel: str
    attempts: int
    courier_act: str | None
    """What the courier does by itself, and when."""
    courier_acts_at: datetime | None
    happened_at: datetime | None
    """When the courier says that the newest of its scans was made."""
    name: str | None
    city: str | None
    courier: str
    depot: str
    zone: str
    asked: str | None
    """What the customer wants to know, where that is what somebody is called for."""
    booked_from: datetime | None
    """The window that is to be confirmed, where that is what somebody is called for."""
    booked_until: datetime | None
    """None for a pickup, which is ready from then on."""


def _row(*, kind: str, state: str, **row: Any) -> Row:
    return Row(kind=TaskKind(kind), state=TaskState(state), **row)


@dataclass(frozen=True, slots=True)
class Count:
    """How many tasks there are of one sort."""

    tab: str
    depot: str
    depot_name: str
    kind: str
    courier: str
    tasks: int
    newest: int
    """The highest task id among them."""
    fresh: int
    """How many came after the id that was asked about."""


_ROWS = """
SELECT t.id, t.kind, t.state, t.round, t.level, t.called_at, t.exhausted_at,
       w.due_at AS call_at, t.created_at, t.acknowledged_at,
       t.acknowledged_by, t.outcome, t.resolved_at,
       nullif(t.deadline, 'infinity') AS deadline, {nobody} || p.place::text AS place,
       c.kind AS case_kind, c.state AS case_state, c.reason, c.resolution,
       coalesce(s.order_ref, s.tracking_number) AS parcel, s.attempts,
       c.courier_act, c.courier_acts_at, s.status_at AS happened_at,
       coalesce(s.name, s.courier_name) AS name,
       coalesce(s.address, s.courier_address) ->> 'city' AS city,
       a.courier, d.name AS depot, d.timezone AS zone,
       CASE t.kind WHEN 'question' THEN
            (SELECT string_agg(nullif(q.text, ''), ' · ' ORDER BY q.id) FROM questions q
              WHERE q.case_id = t.case_id AND q.answered_at IS NULL) END AS asked,
       b.starts_at AS booked_from,
       CASE WHEN b.kind = 'redelivery' THEN b.ends_at END AS booked_until
  FROM ({page}) p
  JOIN dispatch_tasks t ON t.id = p.id
  JOIN cases c ON c.id = t.case_id
  JOIN shipments s ON s.id = c.shipment_id
  JOIN courier_accounts a ON a.id = t.account_id
  JOIN depots d ON d.id = t.depot_id
  LEFT JOIN steps w ON t.exhausted_at IS NOT NULL AND w.case_id = t.case_id AND w.name = {calls}
  LEFT JOIN bookings b ON t.kind = 'handover' AND b.id = t.about
 ORDER BY {first}p.place {direction}, p.id {direction}
"""

_PAGE = """
SELECT t.id, {column} AS place
  FROM dispatch_tasks t
 WHERE {tab}
   AND (%(kind)s = '' OR t.kind = %(kind)s)
   AND (%(depot)s = '' OR t.depot_id = (SELECT id FROM depots WHERE slug = %(depot)s))
   AND (%(courier)s = '' OR t.account_id IN
           (SELECT id FROM courier_accounts WHERE courier = %(courier)s))
 {behind}
 ORDER BY {first}{column} {direction}, t.id {direction} LIMIT %(limit)s
"""

START = ("", 0)
"""The cursor before the first row."""


def page(
    conn: Connection, wanted: Wanted, now: datetime, after: tuple[str, int] = START
) -> list[Row]:
    """Up to `PAGE` + 1 rows behind the cursor `(place, id)`: the last one says there are more.

    What nobody took on first, then soonest deadline first; what is done, newest first.
    """
    column, beyond, direction = _ORDERS[wanted.tab]
    first = _NOBODY_FIRST.get(wanted.tab, "")
    beginning = "%(later)s, " if first else ""
    behind = (
        f"AND ({first}{column}, t.id) {beyond} ({beginning}%(after)s::timestamptz, %(after_id)s)"
    )
    page_sql = _PAGE.format(
        tab=_TABS[wanted.tab],
        column=column,
        behind=behind if after != START else "",
        direction=direction,
        first=first,
    )
    return _read(
        conn,
        page_sql,
        wanted.tab,
        {
            "kind": wanted.kind,
            "depot": wanted.depot,
            "courier": wanted.courier,
            "since": now - KEPT,
            "later": not after[0].startswith(IS_NOBODY),
            "after": after[0].removeprefix(IS_NOBODY),
            "after_id": after[1],
            "limit": PAGE + 1,
        },
    )


def by_ids(conn: Connection, ids: Sequence[int]) -> list[Row]:
    """Tasks by id, whatever became of them, in order of their ids."""
    chosen = "SELECT id, '' AS place FROM dispatch_tasks WHERE id = ANY(%(ids)s)"
    return _read(conn, chosen, "", {"ids": list(ids)})


def _read(conn: Connection, page_sql: str, tab: str, values: dict[str, Any]) -> list[Row]:
    first = _NOBODY_FIRST.get(tab, "")
    query = _ROWS.format(
        page=page_sql,
        direction=_ORDERS[tab][2] if tab else "ASC",
        first=first,
        nobody=_MARKED if first else "''",
        calls=CALLED_BY,
    )
    with conn.cursor(row_factory=kwargs_row(_row)) as cursor:
        cursor.execute(query.encode(), values)
        return cursor.fetchall()


_COUNTS = """
SELECT n.tab, d.slug AS depot, d.name AS depot_name, n.kind, a.courier,
       sum(n.tasks)::bigint AS tasks, sum(n.fresh)::bigint AS fresh,
       (SELECT coalesce(max(id), 0) FROM dispatch_tasks) AS newest
  FROM (SELECT tab, depot_id, account_id, kind, tasks, 0 AS fresh FROM dispatch_counts
         WHERE tab <> 'done' OR day >= %(since)s
        UNION ALL
        SELECT tab, depot_id, account_id, kind, change, 0 FROM dispatch_count_changes
         WHERE tab <> 'done' OR day >= %(since)s
        UNION ALL
        SELECT dispatch_tab(t.state, t.exhausted_at), t.depot_id, t.account_id, t.kind, 0, 1
          FROM (SELECT * FROM dispatch_tasks WHERE %(seen)s > 0 AND id > %(seen)s
                 ORDER BY id LIMIT %(fresh)s) t) n
  JOIN depots d ON d.id = n.depot_id
  JOIN courier_accounts a ON a.id = n.account_id
 GROUP BY n.tab, d.slug, d.name, n.kind, a.courier HAVING sum(n.tasks) > 0
 ORDER BY d.name, a.courier, n.kind
"""


def counts(conn: Connection, now: datetime, seen: int = 0) -> list[Count]:
    """How many tasks of each sort there are, and how many of them came after task `seen`."""
    with conn.cursor(row_factory=class_row(Count)) as cursor:
        cursor.execute(_COUNTS, {"since": (now - KEPT).date(), "seen": seen, "fresh": _FRESH})
        return cursor.fetchall()


def fold_counts(conn: Connection, now: datetime) -> None:
    """Add the changes to the counts, all at once: whoever reads meanwhile sees both or neither."""
    conn.execute(
        """WITH changes AS (DELETE FROM dispatch_count_changes RETURNING *)
           INSERT INTO dispatch_counts AS c
           SELECT tab, day, depot_id, account_id, kind, sum(change) FROM changes
            GROUP BY tab, day, depot_id, account_id, kind HAVING sum(change) <> 0
               ON CONFLICT (tab, day, depot_id, account_id, kind)
               DO UPDATE SET tasks = c.tasks + excluded.tasks"""
    )
    conn.execute(
        "DELETE FROM dispatch_counts WHERE tab = 'done' AND day < %s", [(now - COUNTS_KEPT).date()]
    )


def wrong_counts(conn: Connection, now: datetime) -> list[dict[str, Any]]:
    """Where the counts differ from the tasks themselves; walks all tasks of the last days."""
    return conn.execute(
        """WITH kept AS (
               SELECT tab, day, depot_id, account_id, kind, sum(tasks) AS tasks FROM (
                   SELECT * FROM dispatch_counts UNION ALL SELECT * FROM dispatch_count_changes) k
                WHERE tab <> 'done' OR day >= %(since)s
                GROUP BY 1, 2, 3, 4, 5 HAVING sum(tasks) <> 0
           ), real AS (
               SELECT dispatch_tab(state, exhausted_at) AS tab,
                      dispatch_day(state, resolved_at) AS day, depot_id, account_id, kind,
                      count(*) AS tasks FROM dispatch_tasks
                WHERE state IN ('aside', 'open', 'acknowledged') OR resolved_at >= %(since)s
                GROUP BY 1, 2, 3, 4, 5)
           SELECT tab, kind, kept.tasks AS kept, real.tasks AS real
             FROM kept FULL JOIN real USING (tab, day, depot_id, account_id, kind)
            WHERE kept.tasks IS DISTINCT FROM real.tasks""",
        {"since": (now - KEPT).date()},
    ).fetchall()
