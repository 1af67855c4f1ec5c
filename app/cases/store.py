"""SQL on cases and their timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from psycopg.rows import kwargs_row, scalar_row

from app import languages
from app.cases import track
from app.cases.model import (
    Case,
    CaseKind,
    CaseState,
    CourierAct,
    Depot,
    Holding,
    Parcel,
    Resolution,
    Shipper,
)
from app.db.connection import Connection
from app.db.together import Rows
from app.directory.brand import Brand
from app.locality import zones

_CASE = """
SELECT c.id, c.shipment_id, c.shipper_id, c.account_id, c.depot_id, c.policy_id, c.kind, c.state,
       c.round, c.reason, c.fault, c.words, c.opened_at, c.contact_phone, c.contact_line,
       c.contact_email, c.contact_fault, c.acknowledged_at, c.acknowledged_by, c.informed_at,
       c.news_by, c.choose_by, c.return_by, c.courier_act,
       c.courier_acts_at, c.change_by, c.aside_until, c.closed_at, c.resolution, c.request_id,
       c.contact_call, c.channel,
       c.page_key, c.page_key_at,
       s.tracking_number AS "parcel.tracking_number", s.order_ref AS "parcel.order_ref",
       s.tracking_url AS "parcel.tracking_url",
       coalesce(s.name, s.courier_name) AS "parcel.name",
       ARRAY(SELECT n FROM unnest(ARRAY[s.courier_phone, s.phone]) n
              WHERE n <> ALL(s.not_theirs) AND n IS NOT NULL) AS "parcel.phones",
       ARRAY(SELECT e FROM unnest(ARRAY[s.email, s.courier_email]) e
              WHERE e <> ALL(s.not_theirs) AND e IS NOT NULL) AS "parcel.emails",
       s.not_theirs AS "parcel.not_theirs",
       coalesce(s.address, s.courier_address) AS "parcel.address",
       coalesce(s.chosen_language, s.language) AS "parcel.language",
       s.attempts AS "parcel.attempts", s.delivered_at AS "parcel.delivered_at",
       s.status AS "parcel.status",
       s.held AS "parcel.held", s.directions AS "parcel.directions",
       s.consent AS "parcel.consent", s.texts_between AS "parcel.texts_between",
       s.terms AS "parcel.terms",
       coalesce(nullif(h.brand ->> 'name', ''), h.name) AS "shipper.name",
       h.email AS "shipper.email", h.phone AS "shipper.phone",
       h.country AS "shipper.country", h.brand AS "shipper.brand",
       d.name AS "depot.name", d.timezone AS "depot.zone", d.phone AS "depot.phone"
  FROM cases c
  JOIN shipments s ON s.id = c.shipment_id
  JOIN shippers h ON h.id = c.shipper_id
  JOIN depots d ON d.id = c.depot_id
"""


def _read(**row: Any) -> Case:
    """A case of a row of `_CASE`; a dot in a column's name says whose column it is."""
    parts: dict[str, dict[str, Any]] = {"": {}, "parcel": {}, "shipper": {}, "depot": {}}
    for column, value in row.items():
        part, _, name = column.rpartition(".")
        parts[part][name] = value
    own = parts[""]
    parts["shipper"]["brand"] = Brand.read(parts["shipper"]["brand"])
    held = parts["parcel"]["held"]
    parts["parcel"]["held"] = Holding.read(held) if held else None
    own["kind"], own["state"] = CaseKind(own["kind"]), CaseState(own["state"])
    own["courier_act"] = own["courier_act"] and CourierAct(own["courier_act"])
    own["resolution"] = own["resolution"] and Resolution(own["resolution"])
    return Case(
        **own,
        parcel=Parcel(**parts["parcel"]),
        shipper=Shipper(**parts["shipper"]),
        depot=Depot(**parts["depot"]),
    )


_PARTS = {"parcel": Parcel, "shipper": Shipper, "depot": Depot}
CASE = Rows(
    (
        *(field.name for field in fields(Case) if field.name not in _PARTS),
        *(f"{part}.{field.name}" for part, of in _PARTS.items() for field in fields(of)),
    ),
    _CASE + " WHERE c.id = %(case)s",
    _read,
)
"""One case."""


def load(conn: Connection, ids: Sequence[int]) -> list[Case]:
    """Cases by id, in order of their ids.

    One alone has a statement of its own, whose plan the server keeps; it makes a new one for each
    short list.
    """
    if len(ids) == 1:
        return CASE.read(conn, case=ids[0])
    with conn.cursor(row_factory=kwargs_row(_read)) as cursor:
        cursor.execute(_CASE + " WHERE c.id = ANY(%s) ORDER BY c.id", [list(ids)])
        return cursor.fetchall()


def lock(conn: Connection, ids: Sequence[int]) -> list[Case]:
    """Lock the rows in order of their ids, then read them: what is read is current."""
    hold(conn, ids)
    return load(conn, ids)


def hold(conn: Connection, ids: Sequence[int]) -> None:
    """Lock the rows in order of their ids, for who reads them afterwards with something else."""
    if len(ids) == 1:
        conn.execute("SELECT 1 FROM cases WHERE id = %s FOR NO KEY UPDATE", [ids[0]])
        return
    conn.execute(
        "SELECT 1 FROM cases WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [list(ids)]
    )


_TYPES = {
    "kind": "text",
    "state": "text",
    "round": "int",
    "reason": "text",
    "fault": "text",
    "words": "text",
    "contact_phone": "text",
    "contact_line": "text",
    "contact_email": "text",
    "contact_fault": "text",
    "contact_call": "text",
    "channel": "text",
    "acknowledged_at": "timestamptz",
    "acknowledged_by": "text",
    "informed_at": "timestamptz",
    "news_by": "timestamptz",
    "choose_by": "timestamptz",
    "opened_at": "timestamptz",
    "return_by": "timestamptz",
    "courier_act": "text",
    "courier_acts_at": "timestamptz",
    "change_by": "timestamptz",
    "aside_until": "timestamptz",
    "page_key": "bytea",
    "page_key_at": "timestamptz",
}
"""What of a case can be written here; its end is written by `close_case`."""


def write(conn: Connection, cases: Sequence[Case], columns: tuple[str, ...], now: datetime) -> None:
    """Write these columns of the cases as they are in memory, all in one statement."""
    if len(cases) == 1:
        (case,) = cases
        values = [getattr(case, name) for name in columns]
        conn.execute(_update_one(columns), [*values, now, case.id])
    elif cases:
        values = [[getattr(case, name) for case in cases] for name in columns]
        conn.execute(_update(columns), [now, [case.id for case in cases], *values])


@cache
def _update_one(columns: tuple[str, ...]) -> bytes:
    sets = ", ".join(f"{name} = %s::{_TYPES[name]}" for name in columns)
    return f"UPDATE cases SET {sets}, updated_at = %s WHERE id = %s".encode()  # noqa: S608 - as below


@cache
def _update(columns: tuple[str, ...]) -> bytes:
    sets = ", ".join(f"{name} = r.{name}" for name in columns)
    arrays = ", ".join(f"%s::{_TYPES[name]}[]" for name in columns)
    return f"""UPDATE cases c SET {sets}, updated_at = %s
                 FROM unnest(%s::bigint[], {arrays}) AS r(id, {", ".join(columns)})
                WHERE c.id = r.id""".encode()  # noqa: S608 - names of columns from this module


def hear_first_by(conn: Connection, channel: str, recipient: str) -> None:
    """Open cases whose customer has this number or address are written to by it first."""
    conn.execute(
        """UPDATE cases SET channel = %(channel)s
            WHERE id IN (SELECT open_cases_with(ARRAY[%(who)s::text]))
              AND channel IS DISTINCT FROM %(channel)s""",
        {"channel": channel, "who": recipient},
    )


def hold_with(conn: Connection, case_id: int, recipient: str) -> None:
    """Lock a case, and all open ones with this number or address, in order of their ids."""
    conn.execute(
        """SELECT 1 FROM cases
            WHERE id = ANY(%s::bigint || ARRAY(SELECT open_cases_with(ARRAY[%s::text])))
            ORDER BY id FOR NO KEY UPDATE""",
        [case_id, recipient],
    )


def remove_note(conn: Connection, case_id: int, by: str, at: datetime) -> bool:
    """Take out a note that somebody wrote at that moment; whether there was one."""
    gone = conn.execute(
        "DELETE FROM timeline WHERE case_id = %s AND kind = 'note' AND actor = %s AND at = %s",
        [case_id, by, at],
    )
    return bool(gone.rowcount)


def insert_timeline(
    conn: Connection, rows: Sequence[tuple[int, str, str, str]], now: datetime
) -> None:
    """Insert `(case_id, kind, actor, facts)` rows in one statement; facts are JSON."""
    if len(rows) == 1:
        conn.execute(_ENTRY, [now, *rows[0]])
    else:
        conn.execute(_ENTRIES, [now, *map(list, zip(*rows, strict=True))])


_ENTRY = """INSERT INTO timeline (at, case_id, kind, actor, facts)
            VALUES (%s, %s, %s, %s, %s::jsonb)"""
_ENTRIES = """INSERT INTO timeline (at, case_id, kind, actor, facts)
              SELECT %s, e.*
                FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]::jsonb[]) e"""


TIMELINE: Rows[dict[str, Any]] = Rows(
    ("id", "at", "kind", "actor", "facts"),
    """SELECT t.id, t.at, t.kind, t.actor,
              CASE WHEN q.id IS NULL THEN t.facts
                   ELSE t.facts || jsonb_build_object('words', CASE t.kind
                       WHEN 'customer_reply' THEN q.text ELSE coalesce(q.answer, '') END)
              END AS facts
         FROM timeline t LEFT JOIN questions q
           ON t.kind IN ('customer_reply', 'question_answered')
          AND q.id = (t.facts ->> 'question_id')::bigint AND q.case_id = t.case_id
        WHERE t.case_id = %(case)s ORDER BY t.at, t.id""",
    dict,
)
"""All of a case's timeline, oldest first.

The words of a question and of its answer stand in its own row, and are put in here.
"""


def read_timeline(conn: Connection, case_id: int) -> list[dict[str, Any]]:
    """All of a case's timeline, oldest first."""
    return TIMELINE.read(conn, case=case_id)


def close(
    conn: Connection, case_id: int, resolution: Resolution, actor: str, now: datetime
) -> bool:
    """See `close_case` in migration 0010."""
    row = conn.execute(
        "SELECT close_case(%s, %s, %s, %s, %s) AS closed", [case_id, resolution, now, now, actor]
    ).fetchone()
    return bool(row and row["closed"])


def open_not_received(conn: Connection, former: Case, request_id: str, now: datetime) -> int:
    """Insert a case of a parcel that its customer does not have; its id."""
    row = conn.execute(
        """INSERT INTO cases (shipment_id, shipper_id, account_id, depot_id, policy_id, kind,
                  reason, fault, words, opened_at, updated_at, contact_phone, contact_line,
                  contact_email, request_id)
           SELECT c.shipment_id, c.shipper_id, c.account_id, c.depot_id, h.policy_id, 'lost',
                  'not_received', 'unknown', '', %(now)s, %(now)s, c.contact_phone,
                  c.contact_line, c.contact_email, %(request)s
             FROM cases c JOIN shippers h ON h.id = c.shipper_id WHERE c.id = %(former)s
        RETURNING id""",
        {"former": former.id, "now": now, "request": request_id},
    ).fetchone()
    assert row is not None  # noqa: S101 - the former case is locked
    return int(row["id"])


def forget_contact(conn: Connection, shipment_ids: Sequence[int], contacts: Sequence[str]) -> int:
    """Take these numbers and addresses, in lower case, out of the cases of parcels; of how many."""
    return conn.execute(
        """UPDATE cases SET
                  contact_phone = CASE WHEN contact_phone <> ALL(%(who)s) THEN contact_phone END,
                  contact_call = CASE WHEN contact_call <> ALL(%(who)s) THEN contact_call END,
                  contact_email = CASE WHEN lower(contact_email) <> ALL(%(who)s)
                                       THEN contact_email END
            WHERE shipment_id = ANY(%(ids)s)
              AND ARRAY[contact_phone, contact_call, lower(contact_email)] && %(who)s::text[]""",
        {"ids": list(shipment_ids), "who": list(contacts)},
    ).rowcount


OPEN_LATER: Rows[tuple[int, bytes | None]] = Rows(
    ("case_id", "page_key"),
    """SELECT o.id AS case_id, o.page_key
         FROM cases c JOIN cases o ON o.shipment_id = c.shipment_id
        WHERE c.id = %(case)s AND o.state <> 'closed'""",
    lambda case_id, page_key: (case_id, page_key),
)
"""The open case of the same parcel: of one that is closed, the one that was opened later,
and what its page's link is made of."""


def open_of_shipment(conn: Connection, shipment_id: int) -> int | None:
    """The case of this parcel that is open."""
    row = conn.execute(
        "SELECT id FROM cases WHERE shipment_id = %s AND state <> 'closed'", [shipment_id]
    ).fetchone()
    return row["id"] if row else None


_SHOWN = """
SELECT c.*, a.courier, d.slug AS depot, d.timezone, s.tracking_number, s.order_ref,
       coalesce(s.name, s.courier_name) AS recipient,
       greatest(0, s.attempts - n.disputed) AS attempts, n.disputed AS disputed_attempts,
       coalesce(s.chosen_language, s.language) AS language,
       coalesce(s.address, s.courier_address) AS address, s.held,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', p.kind, 'due_at', p.due_at,
                                                     'state', p.state) ORDER BY p.id), '[]')
          FROM promises p WHERE p.case_id = c.id) AS promises,
       (SELECT jsonb_build_object('kind', b.kind, 'starts_at', b.starts_at, 'ends_at', b.ends_at,
                 'place', coalesce(o.name, d.name), 'confirm_by', h.confirm_by,
                 'missed', b.missed, 'state',
                 CASE WHEN b.state <> 'standing' THEN b.state
                      WHEN b.confirmed_at IS NULL THEN 'asked' ELSE 'confirmed' END)
          FROM bookings b LEFT JOIN handovers h ON h.booking_id = b.id
          LEFT JOIN pickup_points o ON o.id = b.pickup_point_id
         WHERE b.case_id = c.id ORDER BY b.id DESC LIMIT 1) AS booking,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'id', q.id, 'text', q.text, 'channel', q.channel, 'asked_at', q.asked_at,
                   'answer_by', q.answer_by, 'answered_at', q.answered_at,
                   'answered_by', q.answered_by, 'answer', q.answer) ORDER BY q.id), '[]')
          FROM questions q WHERE q.case_id = c.id) AS questions,
       (SELECT jsonb_build_object('since', w.since, 'offered_until', w.offered_until)
          FROM slot_waits w WHERE w.case_id = c.id) AS waiting
  FROM cases c
  JOIN shipments s ON s.id = c.shipment_id
  JOIN courier_accounts a ON a.id = c.account_id
  JOIN depots d ON d.id = c.depot_id
 CROSS JOIN LATERAL (
       SELECT count(*)::int AS disputed FROM disputes k
        WHERE k.case_id = c.id AND NOT k.came AND k.state <> 'rejected') n
 WHERE (%(shipper_id)s::bigint IS NULL OR c.shipper_id = %(shipper_id)s)
"""


def shown(conn: Connection, shipper_id: int | None, case_id: int) -> dict[str, Any] | None:
    """A case as its API shows it; `shipper_id` None sees all."""
    row = conn.execute(
        _SHOWN + " AND c.id = %(id)s", {"shipper_id": shipper_id, "id": case_id}
    ).fetchone()
    return _named(row) if row else None


def _named(row: dict[str, Any]) -> dict[str, Any]:
    """With the customer's clocks, and the language of where they live if nobody said theirs."""
    address = row.pop("address")
    return row | {
        **track.of(row["id"]),
        "language": row["language"] or languages.choose(None, address).code,
        "timezone": zones.of(address, row["timezone"]),
    }


def named(
    conn: Connection, query: dict[str, Any], depots: Sequence[int] | None
) -> dict[str, list[int]]:
    """The depots (of these) and courier accounts that the filters `depot` and `courier` name."""
    found = conn.execute(
        """SELECT 'depot' AS name, id FROM depots WHERE slug = %(depot)s
              AND (%(depots)s::bigint[] IS NULL OR id = ANY(%(depots)s))
           UNION ALL SELECT 'courier', id FROM courier_accounts WHERE courier = %(courier)s""",
        {"depot": query.get("depot"), "courier": query.get("courier"), "depots": depots},
    ).fetchall()
    return {
        name: [row["id"] for row in found if row["name"] == name]
        for name in ("depot", "courier")
        if query.get(name) is not None
    }


_FILTERS = {
    "cursor": "c.id < %(cursor)s",
    "shipper_id": "c.shipper_id = %(shipper_id)s",
    "depots": "c.depot_id = ANY(%(depots)s)",
    "live": "c.live",
    "state": "c.state = %(state)s AND (c.live OR %(state)s = 'closed')",
    "reason": "c.reason = %(reason)s",
    "depot": "c.depot_id = ANY(%(depot)s)",
    "courier": "c.account_id = ANY(%(courier)s)",
    "q": "c.shipment_id = ANY(%(q)s)",
}


def listing(
    conn: Connection,
    shipper_id: int | None,
    query: dict[str, Any],
    depots: Sequence[int] | None = None,
) -> list[dict[str, Any]]:
    """Cases below the cursor, the newest first, filtered by what `query` names.

    `depot` and `courier` are as `named` has found them, `q` are parcels. With `depots` only the
    cases of these.
    """
    given = {**query, "shipper_id": shipper_id, "depots": depots, "cursor": query["cursor"] or None}
    wanted = {name: value for name, value in given.items() if value is not None}
    asked = [condition for name, condition in _FILTERS.items() if name in wanted]
    with conn.cursor(row_factory=scalar_row) as cursor:
        # Planned anew each time: what is rare is found by its index, what is not by walking back.
        cursor.execute(
            f"SELECT c.id FROM cases c WHERE {' AND '.join(asked) or 'true'}"  # noqa: S608 - ours
            " ORDER BY c.id DESC LIMIT %(limit)s",
            wanted,
            prepare=False,
        )
        ids = cursor.fetchall()
    rows = conn.execute(
        _SHOWN + " AND c.id = ANY(%(ids)s) ORDER BY c.id DESC",
        {"shipper_id": shipper_id, "ids": ids},
    ).fetchall()
    return [_named(row) for row in rows]
