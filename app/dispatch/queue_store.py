"""SQL of the dispatcher's queue: one statement for the rows, one for the counts.

Both cost the same number of round trips for one task and for a hundred thousand. The rows
are cut to a page before anything is joined that only decorates them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import class_row

from app.db.connection import Connection

PAGE = 50
KEPT = timedelta(days=7)
"""How long what is done stays in the queue; the case's own page has it for good."""
RECOVERY = timedelta(hours=24)
"""An unhappy customer has no return deadline; they should not wait longer than a day."""

_TABS = {
    "open": "t.state = 'open'",
    "taken": "t.state = 'acknowledged'",
    "done": "t.state IN ('resolved', 'withdrawn') AND t.resolved_at > %(since)s",
}
"""Constants, not parameters: the planner must see them to use the partial indexes."""
TABS = tuple(_TABS)

_DEADLINE = "CASE t.kind WHEN 'recovery' THEN t.created_at + %(recovery)s ELSE c.return_by END"
_SOONEST = f"coalesce(extract(epoch FROM {_DEADLINE})::float8, 'Infinity')"
_NEWEST = "-extract(epoch FROM t.resolved_at)::float8"


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
    kind: str
    state: str
    round: int
    level: int
    called_at: datetime | None
    created_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    outcome: str | None
    resolved_at: datetime | None
    deadline: datetime | None
    place: float
    """Where it stands in its tab; with the id, the cursor."""
    case_kind: str
    case_state: str
    reason: str
    resolution: str | None
    parcel: str
    attempts: int
    name: str | None
    city: str | None
    courier: str
    depot: str
    zone: str


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
SELECT t.id, t.kind, t.state, t.round, t.level, t.called_at, t.created_at, t.acknowledged_at,
       t.acknowledged_by, t.outcome, t.resolved_at, {deadline} AS deadline, p.place,
       c.kind AS case_kind, c.state AS case_state, c.reason, c.resolution,
       coalesce(s.order_ref, s.tracking_number) AS parcel, s.attempts,
       coalesce(s.name, s.courier_name) AS name,
       coalesce(s.address, s.courier_address) ->> 'city' AS city,
       a.courier, d.name AS depot, d.timezone AS zone
  FROM ({page}) p
  JOIN dispatch_tasks t ON t.id = p.id
  JOIN cases c ON c.id = t.case_id
  JOIN shipments s ON s.id = c.shipment_id
  JOIN courier_accounts a ON a.id = c.account_id
  JOIN depots d ON d.id = t.depot_id
 ORDER BY p.place, p.id
"""

_PAGE = """
SELECT t.id, {place} AS place
  FROM dispatch_tasks t
  JOIN cases c ON c.id = t.case_id
 WHERE {tab}
   AND (%(kind)s = '' OR t.kind = %(kind)s)
   AND (%(depot)s = '' OR t.depot_id = (SELECT id FROM depots WHERE slug = %(depot)s))
   AND (%(courier)s = '' OR c.account_id IN
           (SELECT id FROM courier_accounts WHERE courier = %(courier)s))
   AND ({place}, t.id) > (%(after)s::float8, %(after_id)s)
 ORDER BY place, t.id LIMIT %(limit)s
"""

START = (float("-inf"), 0)
"""The cursor before the first row."""


def page(
    conn: Connection, wanted: Wanted, now: datetime, after: tuple[float, int] = START
) -> list[Row]:
    """Up to `PAGE` + 1 rows behind the cursor `(place, id)`: the last one says there are more.

    Soonest deadline first; what is done, newest first.
    """
    place = _NEWEST if wanted.tab == "done" else _SOONEST
    page_sql = _PAGE.format(place=place, tab=_TABS[wanted.tab])
    return _read(
        conn,
        page_sql,
        {
            "kind": wanted.kind,
            "depot": wanted.depot,
            "courier": wanted.courier,
            "since": now - KEPT,
            "after": after[0],
            "after_id": after[1],
            "limit": PAGE + 1,
        },
    )


def by_ids(conn: Connection, ids: Sequence[int]) -> list[Row]:
    """Tasks by id, whatever became of them, in order of their ids."""
    chosen = "SELECT id, 0::float8 AS place FROM dispatch_tasks WHERE id = ANY(%(ids)s)"
    return _read(conn, chosen, {"ids": list(ids)})


def _read(conn: Connection, page_sql: str, values: dict[str, Any]) -> list[Row]:
    with conn.cursor(row_factory=class_row(Row)) as cursor:
        query = _ROWS.format(deadline=_DEADLINE, page=page_sql)
        cursor.execute(query.encode(), {**values, "recovery": RECOVERY})
        return cursor.fetchall()


_COUNTS = """
SELECT n.tab, d.slug AS depot, d.name AS depot_name, n.kind, a.courier,
       sum(n.tasks)::bigint AS tasks, max(n.newest) AS newest, sum(n.fresh)::bigint AS fresh
  FROM (SELECT CASE t.state WHEN 'open' THEN 'open' ELSE 'taken' END AS tab, t.depot_id,
               c.account_id, t.kind, count(*) AS tasks, max(t.id) AS newest,
               count(*) FILTER (WHERE t.id > %(seen)s) AS fresh
          FROM dispatch_tasks t JOIN cases c ON c.id = t.case_id
         WHERE t.state IN ('open', 'acknowledged') GROUP BY 1, 2, 3, 4
        UNION ALL
        SELECT 'done', t.depot_id, c.account_id, t.kind, count(*), max(t.id),
               count(*) FILTER (WHERE t.id > %(seen)s)
          FROM dispatch_tasks t JOIN cases c ON c.id = t.case_id
         WHERE t.state IN ('resolved', 'withdrawn') AND t.resolved_at > %(since)s
         GROUP BY 2, 3, 4) n
  JOIN depots d ON d.id = n.depot_id
  JOIN courier_accounts a ON a.id = n.account_id
 GROUP BY n.tab, d.slug, d.name, n.kind, a.courier
 ORDER BY d.name, a.courier, n.kind
"""


def counts(conn: Connection, now: datetime, seen: int = 0) -> list[Count]:
    """How many tasks of each sort there are, and how many of them came after task `seen`."""
    with conn.cursor(row_factory=class_row(Count)) as cursor:
        cursor.execute(_COUNTS, {"since": now - KEPT, "seen": seen})
        return cursor.fetchall()
