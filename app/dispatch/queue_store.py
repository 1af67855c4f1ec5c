"""SQL of the dispatcher's queue: one statement for the rows.

It does not grow with the tasks that are open or were ever closed: the rows are walked along an
index of `dispatch_queue` in the order of the tab, or found by their parcels, and cut to a page
before anything is joined that only decorates them. The counts stand in `queue_counts_store`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import kwargs_row

from app.cases.model import CaseState
from app.cases.timeline.rows import Recorded, read
from app.db.connection import Connection
from app.dispatch.states import TaskKind, TaskState
from app.dispatch.store import CALLED_BY

PAGE = 50
KEPT = timedelta(days=7)
"""How long what is done stays in the queue; the case's own page has it for good."""

_TABS = {
    "nobody": "t.state = 'open' AND t.exhausted_at IS NOT NULL",
    "open": "t.state = 'open'",
    "mine": "t.state = 'acknowledged' AND t.acknowledged_by = %(me)s",
    "taken": "t.state = 'acknowledged'",
    "aside": "t.state = 'aside'",
    "done": "t.state IN ('resolved', 'withdrawn') AND t.resolved_at > %(since)s",
}
"""Constants, not parameters: the planner must see them to use the partial indexes."""
TABS = tuple(_TABS)

_ORDERS = {
    "nobody": ("t.hurts_at", ">", "ASC"),
    "open": ("t.hurts_at", ">", "ASC"),
    "mine": ("t.hurts_at", ">", "ASC"),
    "taken": ("t.hurts_at", ">", "ASC"),
    "aside": ("t.deadline", ">", "ASC"),
    "done": ("t.resolved_at", "<", "DESC"),
}
"""What a tab is sorted by: what hurts next first, and by age; what is done, newest first."""
_NOBODY_FIRST = {"open": "(t.exhausted_at IS NULL), "}
"""What everybody was called for, and nobody took on, comes before all else that is open."""
_STANDS = frozenset({TaskState.OPEN, TaskState.ACKNOWLEDGED, TaskState.ASIDE})
IS_NOBODY = "!"
"""What the place of such a task in that tab begins with."""
_MARKED = f"CASE WHEN t.exhausted_at IS NULL THEN '' ELSE '{IS_NOBODY}' END"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the queue: a tab, and filters (empty: all); or what `q` finds, in any tab."""

    tab: str = "open"
    depot: str = ""
    kind: str = ""
    courier: str = ""
    q: str = ""
    depots: list[int] | None = None
    """Whose tasks whoever asks may see; None: every depot's."""


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
    """When somebody is called for it next."""
    snoozed_until: datetime | None
    wakes_on: str | None
    """What lets the calls go on before that."""
    done_by: datetime | None
    """Until then whoever took it on has it."""
    had_by: str | None
    """Who had it before and did not finish it."""
    created_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    outcome: str | None
    resolved_at: datetime | None
    deadline: datetime | None
    news_by: datetime | None
    """When the customer expects to hear something."""
    place: str
    """What it is sorted by in its tab, as the database writes it; with the id, the cursor."""
    case_kind: str
    case_state: str
    reason: str
    courier_words: str
    """What the courier said of it."""
    resolution: str | None
    parcel: str
    attempts: int
    courier_act: str | None
    """What the courier does by itself, and when."""
    courier_acts_at: datetime | None
    return_by: datetime | None
    """When the parcel goes back; `deadline` may be sooner, the last moment to change anything."""
    happened_at: datetime | None
    """When the courier says that the newest of its scans was made."""
    name: str | None
    city: str | None
    phone: str | None
    courier: str
    depot: str
    zone: str
    asked: str | None
    """What the customer wants to know, where that is what somebody is called for."""
    booked_from: datetime | None
    """The window that is to be confirmed, where that is what somebody is called for."""
    booked_until: datetime | None
    """None for a pickup, which is ready from then on."""
    missed: str | None
    """How what was booked did not come true, where that is what somebody is called for."""
    missed_pickup: bool | None
    answerable: bool
    """Whether somebody asks in words."""
    last: Recorded | None
    """What happened to the case last."""

    @property
    def over(self) -> bool:
        """Whether the case's end was the task's end too."""
        return self.case_state == CaseState.CLOSED and not self.kind.outlives


def _row(*, kind: str, state: str, last_at: datetime | None, **row: Any) -> Row:
    by, what, facts = row.pop("last_by"), row.pop("last_kind"), row.pop("last_facts")
    last = Recorded(last_at, by, read(what, facts)) if last_at else None
    return Row(kind=TaskKind(kind), state=TaskState(state), last=last, **row)


_ROWS = """
SELECT t.id, t.kind, t.state, t.round, t.level, t.called_at, t.exhausted_at,
       w.due_at AS call_at, t.snoozed_until, t.wakes_on, t.done_by, t.had_by, t.created_at,
       t.acknowledged_at, t.acknowledged_by, t.outcome, t.resolved_at,
       nullif(t.deadline, 'infinity') AS deadline,
       nullif(t.promised_by, 'infinity') AS news_by, {nobody} || p.place::text AS place,
       c.kind AS case_kind, c.state AS case_state, c.reason, c.words AS courier_words,
       c.resolution,
       coalesce(s.order_ref, s.tracking_number) AS parcel, s.attempts,
       c.courier_act, c.courier_acts_at, c.return_by, s.status_at AS happened_at,
       coalesce(s.name, s.courier_name) AS name,
       coalesce(s.address, s.courier_address) ->> 'city' AS city,
       coalesce(c.contact_phone, s.phone, s.courier_phone) AS phone,
       a.courier, d.name AS depot, d.timezone AS zone,
       CASE t.kind WHEN 'question' THEN
            (SELECT string_agg(nullif(q.text, ''), ' · ' ORDER BY q.id) FROM questions q
              WHERE q.case_id = t.case_id AND q.answered_at IS NULL) END AS asked,
       b.starts_at AS booked_from,
       CASE WHEN b.kind = 'redelivery' THEN b.ends_at END AS booked_until,
       m.missed, m.kind = 'pickup' AS missed_pickup,
       t.kind = 'question' AND EXISTS (SELECT FROM questions q WHERE q.case_id = t.case_id
           AND q.answered_at IS NULL AND q.wants <> 'address') AS answerable,
       e.at AS last_at, e.kind AS last_kind, e.actor AS last_by, e.facts AS last_facts
  FROM ({page}) p
  JOIN dispatch_tasks t ON t.id = p.id
  JOIN cases c ON c.id = t.case_id
  JOIN shipments s ON s.id = c.shipment_id
  JOIN courier_accounts a ON a.id = t.account_id
  JOIN depots d ON d.id = t.depot_id
  LEFT JOIN steps w ON t.state = 'open' AND w.case_id = t.case_id AND w.name = {calls}
  LEFT JOIN bookings b ON t.kind = 'handover' AND b.id = t.about
  LEFT JOIN LATERAL (SELECT kind, missed FROM bookings
                      WHERE t.kind = 'promise' AND t.about = 0 AND case_id = t.case_id
                        AND state = 'broken' ORDER BY sequence DESC LIMIT 1) m ON true
  LEFT JOIN LATERAL (SELECT at, kind, actor, facts FROM timeline
                      WHERE case_id = t.case_id ORDER BY id DESC LIMIT 1) e ON true
 ORDER BY {first}p.place {direction}, p.id {direction}
"""

FILTERED = """
       (%(kind)s = '' OR t.kind = %(kind)s)
   AND (%(depot)s = '' OR t.depot_id = (SELECT id FROM depots WHERE slug = %(depot)s))
   AND (%(courier)s = '' OR t.account_id IN
           (SELECT id FROM courier_accounts WHERE courier = %(courier)s))
   AND (%(depots)s::bigint[] IS NULL OR t.depot_id = ANY(%(depots)s))"""
"""Which tasks `t` the filters let through."""

_PAGE = """
SELECT t.id, {column} AS place
  FROM dispatch_queue t
 WHERE {tab}
   AND {filtered}
 {behind}
 ORDER BY {first}{column} {direction}, t.id {direction} LIMIT %(limit)s
"""

_FOUND = """
SELECT t.id, t.hurts_at AS place
  FROM unnest(%(parcels)s::bigint[]) p(id)
 CROSS JOIN LATERAL (
       SELECT t.id, t.hurts_at FROM cases c JOIN dispatch_tasks t ON t.case_id = c.id
        WHERE c.shipment_id = p.id AND {filtered}
        ORDER BY t.state IN ('open', 'acknowledged', 'aside') DESC, t.id DESC LIMIT 1) t
"""

_ID = "SELECT id FROM ({}) p"

START = ("", 0)
"""The cursor before the first row."""


def page(
    conn: Connection, wanted: Wanted, me: str, now: datetime, after: tuple[str, int] = START
) -> list[Row]:
    """Up to `PAGE` + 1 rows behind the cursor `(place, id)`: the last one says there are more.

    What nobody took on first, then what hurts next; what is done, newest first. `me` is whose
    tasks `mine` are.
    """
    column, beyond, direction = _ORDERS[wanted.tab]
    first = _NOBODY_FIRST.get(wanted.tab, "")
    beginning = "%(later)s, " if first else ""
    behind = (
        f"AND ({first}{column}, t.id) {beyond} ({beginning}%(after)s::timestamptz, %(after_id)s)"
    )
    page_sql = _PAGE.format(
        tab=_TABS[wanted.tab],
        filtered=FILTERED,
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
            **filters(wanted),
            "me": me,
            "since": now - KEPT,
            "later": not after[0].startswith(IS_NOBODY),
            "after": after[0].removeprefix(IS_NOBODY),
            "after_id": after[1],
            "limit": PAGE + 1,
        },
    )


def beside(
    conn: Connection, wanted: Wanted, me: str, now: datetime, task_id: int
) -> tuple[int | None, int | None]:
    """Which tasks stand before and after this one in that part of the queue."""
    column, beyond, direction = _ORDERS[wanted.tab]
    first = _NOBODY_FIRST.get(wanted.tab, "")
    place = f"SELECT {column} AS at, t.exhausted_at IS NULL AS later FROM dispatch_queue t"  # noqa: S608
    here = conn.execute(f"{place} WHERE t.id = %s".encode(), [task_id]).fetchone()
    if here is None or here["at"] is None:
        return None, None
    back = ("<", "DESC") if direction == "ASC" else (">", "ASC")
    parts = []
    for way, order in (back, (beyond, direction)):
        behind = f"AND ({first}{column}, t.id) {way} ({first and '%(later)s, '}%(at)s, %(id)s)"
        ordered = first.replace(",", f" {order},")
        parts.append(
            _PAGE.format(
                tab=_TABS[wanted.tab],
                filtered=FILTERED,
                column=column,
                behind=behind,
                direction=order,
                first=ordered,
            )
        )
    found = conn.execute(
        f"SELECT ({_ID.format(parts[0])}) AS before, ({_ID.format(parts[1])}) AS after".encode(),
        {
            **filters(wanted),
            "me": me,
            "since": now - KEPT,
            "at": here["at"],
            "later": here["later"],
            "id": task_id,
            "limit": 1,
        },
    ).fetchone()
    return (found["before"], found["after"]) if found else (None, None)


def filters(wanted: Wanted) -> dict[str, Any]:
    """The values for `FILTERED`."""
    names = ("kind", "depot", "courier", "depots")
    return {name: getattr(wanted, name) for name in names}


def found(conn: Connection, wanted: Wanted, parcels: Sequence[int]) -> list[Row]:
    """A task of each of these parcels: what is still to be done before what is over."""
    chosen = _FOUND.format(filtered=FILTERED)
    rows = _read(conn, chosen, "", {**filters(wanted), "parcels": list(parcels)})
    over = [row for row in rows if row.state not in _STANDS]
    return [row for row in rows if row.state in _STANDS] + over[::-1]


def by_ids(conn: Connection, ids: Sequence[int], depots: Sequence[int] | None = None) -> list[Row]:
    """Tasks by id, of these depots or of all, whatever became of them, in order of their ids."""
    chosen = """SELECT id, '' AS place FROM dispatch_tasks WHERE id = ANY(%(ids)s)
                   AND (%(depots)s::bigint[] IS NULL OR depot_id = ANY(%(depots)s))"""
    return _read(conn, chosen, "", {"ids": list(ids), "depots": depots})


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
