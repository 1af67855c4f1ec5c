"""SQL of the order gate: a few statements for hundreds of orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from app.db.connection import Connection
from app.shipments.store import Order


class Known(NamedTuple):
    """A parcel that an order is about, with its open case."""

    id: int
    tracking_number: str
    case_id: int | None


def lock(conn: Connection, shipper_id: int, numbers: Sequence[str]) -> None:
    """Wait for webhooks and orders of these parcels that are being taken at this moment.

    The locks are those of `take_event`, taken in the order of their keys, so that two batches
    wait for one another and never both. They live in the database's common table of locks,
    which by default holds over six thousand: keep the batches to some hundred parcels.
    """
    conn.execute(
        """SELECT pg_advisory_xact_lock(k.key) FROM
               (SELECT DISTINCT hashtextextended(n, %s) AS key FROM unnest(%s::text[]) n
                 ORDER BY key) k""",
        [shipper_id, list(numbers)],
    )


def known(conn: Connection, shipper_id: int, numbers: Sequence[str], now: datetime) -> list[Known]:
    """The parcels with these tracking numbers; of several the one still on its way, the newest.

    One that was delivered long ago is not meant any more: couriers use their numbers again.
    """
    with conn.cursor(row_factory=class_row(Known)) as cursor:
        cursor.execute(
            """SELECT s.id, s.tracking_number, c.id AS case_id FROM
                  (SELECT DISTINCT ON (tracking_number) id, tracking_number FROM shipments
                    WHERE shipper_id = %s AND tracking_number = ANY(%s)
                      AND (delivered_at IS NULL OR delivered_at
                           > %s - recycled_after(shipments.shipper_id))
                    ORDER BY tracking_number, (delivered_at IS NULL) DESC, id DESC) s
                 LEFT JOIN cases c ON c.shipment_id = s.id AND c.state <> 'closed'""",
            [shipper_id, list(numbers), now],
        )
        return cursor.fetchall()


def lock_parcels(conn: Connection, ids: Sequence[int]) -> None:
    """Lock parcels in the order of their ids, before their cases, as webhooks do."""
    conn.execute(
        "SELECT 1 FROM shipments WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [list(ids)]
    )


def asking(conn: Connection, case_ids: Sequence[int]) -> set[int]:
    """Those of the cases that are looking for a contact at this moment."""
    rows = conn.execute(
        """SELECT DISTINCT case_id FROM steps WHERE case_id = ANY(%s)
              AND name IN ('request_contact', 'look_up_contact')""",
        [list(case_ids)],
    ).fetchall()
    return {row["case_id"] for row in rows}


def insert(conn: Connection, shipper_id: int, orders: Sequence[Order], now: datetime) -> None:
    """Insert parcels that nobody has spoken of."""
    conn.execute(
        """INSERT INTO shipments (shipper_id, depot_id, tracking_number, order_ref, name, phone,
                  email, language, address, consent, texts_between, terms, created_at,
                  updated_at)
           SELECT %(shipper_id)s, depot_id, tracking_number, order_ref, name, phone, email,
                  language, address, consent, texts_between, coalesce(terms, '{}'),
                  %(now)s, %(now)s
             FROM unnest(%(depot)s::bigint[], %(tracking_number)s::text[], %(order_ref)s::text[],
                         %(name)s::text[], %(phone)s::text[], %(email)s::text[],
                         %(language)s::text[], %(address)s::jsonb[], %(consent)s::text[],
                         %(between)s::text[], %(terms)s::jsonb[])
               AS o(depot_id, tracking_number, order_ref, name, phone, email, language, address,
                    consent, texts_between, terms)""",
        {**_columns(orders), "shipper_id": shipper_id, "now": now},
    )


def renew(
    conn: Connection, rows: Sequence[tuple[int, Order]], woken: Sequence[int], now: datetime
) -> None:
    """Let parcels have what their orders say now: `(shipment_id, order)`.

    What an order leaves out stays, and a row that says the same already is not written. For
    the shipments in `woken` the order's number is the one to use, whatever the courier had. An
    order that only says again what was corrected since is no news.
    """
    conn.execute(
        """UPDATE shipments s SET
                  depot_id = coalesce(o.depot_id, s.depot_id),
                  order_ref = coalesce(o.order_ref, s.order_ref),
                  name = coalesce(o.name, s.name),
                  phone = coalesce(nullif(o.phone, s.ordered->>'phone'), s.phone),
                  email = coalesce(o.email, s.email), language = coalesce(o.language, s.language),
                  address = coalesce(nullif(o.address, s.ordered->'address'), s.address),
                  consent = coalesce(o.consent, s.consent),
                  texts_between = coalesce(o.texts_between, s.texts_between),
                  terms = s.terms || coalesce(o.terms, '{}'),
                  ordered = s.ordered
                          - CASE WHEN o.phone <> s.ordered->>'phone' THEN 'phone' ELSE '' END
                          - CASE WHEN o.address <> s.ordered->'address' THEN 'address' ELSE '' END,
                  courier_phone = CASE WHEN o.id <> ALL(%(woken)s) THEN s.courier_phone END,
                  updated_at = %(now)s
             FROM unnest(%(id)s::bigint[], %(depot)s::bigint[], %(order_ref)s::text[],
                         %(name)s::text[], %(phone)s::text[], %(email)s::text[],
                         %(language)s::text[], %(address)s::jsonb[], %(consent)s::text[],
                         %(between)s::text[], %(terms)s::jsonb[])
               AS o(id, depot_id, order_ref, name, phone, email, language, address, consent,
                    texts_between, terms)
            WHERE s.id = o.id AND (o.id = ANY(%(woken)s)
               OR (s.depot_id, s.order_ref, s.name, s.phone, s.email, s.language, s.address,
                   s.consent, s.texts_between, s.terms)
                  IS DISTINCT FROM
                  (coalesce(o.depot_id, s.depot_id), coalesce(o.order_ref, s.order_ref),
                   coalesce(o.name, s.name),
                   coalesce(nullif(o.phone, s.ordered->>'phone'), s.phone),
                   coalesce(o.email, s.email), coalesce(o.language, s.language),
                   coalesce(nullif(o.address, s.ordered->'address'), s.address),
                   coalesce(o.consent, s.consent),
                   coalesce(o.texts_between, s.texts_between),
                   s.terms || coalesce(o.terms, '{}')))""",
        {
            **_columns([order for _, order in rows]),
            "id": [shipment_id for shipment_id, _ in rows],
            "woken": list(woken),
            "now": now,
        },
    )


def _columns(orders: Sequence[Order]) -> dict[str, list[Any]]:
    return {
        "depot": [o.depot_id for o in orders],
        "tracking_number": [o.tracking_number for o in orders],
        "order_ref": [o.order_ref for o in orders],
        "name": [o.name for o in orders],
        "phone": [o.phone for o in orders],
        "email": [o.email for o in orders],
        "language": [o.language for o in orders],
        "address": [Jsonb(o.address) if o.address else None for o in orders],
        "consent": [o.consent for o in orders],
        "between": [o.texts_between for o in orders],
        "terms": [Jsonb(o.terms) if o.terms else None for o in orders],
    }


def hold_share(conn: Connection, shipper_id: int) -> float:
    """Over which share of invalid numbers a batch of this shipper is held."""
    row = conn.execute("SELECT hold_share FROM shippers WHERE id = %s", [shipper_id]).fetchone()
    if row is None:
        raise LookupError(f"there is no shipper {shipper_id}")
    return float(row["hold_share"])


def set_hold_share(conn: Connection, slug: str, share: float) -> None:
    """Set it."""
    conn.execute("UPDATE shippers SET hold_share = %s WHERE slug = %s", [share, slug])


def order_settings(conn: Connection, slug: str) -> dict[str, Any] | None:
    """How orders of a shipper are taken: `{hold_share, lookup_url, lookup_token}`, that sealed."""
    return conn.execute(
        "SELECT hold_share, lookup_url, lookup_token FROM shippers WHERE slug = %s",
        [slug],
    ).fetchone()


class Batch(NamedTuple):
    """A batch that was held."""

    id: int
    shipper_id: int
    shipper: str
    sent_by: str
    digest: bytes
    lines: bool
    body: bytes | None
    orders: int
    invalid: int
    faults: dict[str, int]
    state: str
    as_is: bool | None
    received_at: datetime
    decided_at: datetime | None


def hold(
    conn: Connection,
    shipper_id: int,
    sent_by: str,
    digest: bytes,
    body: bytes,
    *,
    lines: bool,
    orders: int,
    faults: dict[str, int],
    now: datetime,
) -> int | None:
    """Keep a batch as it came: its id; None when the very same waits already or was decided."""
    row = conn.execute(
        """INSERT INTO held_batches (shipper_id, sent_by, digest, lines, body, orders, invalid,
                  faults, received_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
               ON CONFLICT (shipper_id, digest) WHERE state <> 'discarded' DO NOTHING
           RETURNING id""",
        [
            shipper_id,
            sent_by,
            digest,
            lines,
            body,
            orders,
            sum(faults.values()),
            Jsonb(faults),
            now,
        ],
    ).fetchone()
    return row["id"] if row else None


_BATCH = "SELECT b.*, s.slug AS shipper FROM held_batches b JOIN shippers s ON s.id = b.shipper_id"


def same_batch(conn: Connection, shipper_id: int, digest: bytes) -> Batch | None:
    """The batch with this very body that waits or was released."""
    with conn.cursor(row_factory=class_row(Batch)) as cursor:
        return cursor.execute(
            _BATCH + " WHERE b.shipper_id = %s AND b.digest = %s AND b.state <> 'discarded'",
            [shipper_id, digest],
        ).fetchone()


def batch(conn: Connection, batch_id: int) -> Batch | None:
    """A batch by its id."""
    with conn.cursor(row_factory=class_row(Batch)) as cursor:
        return cursor.execute(_BATCH + " WHERE b.id = %s", [batch_id]).fetchone()


def held(conn: Connection) -> list[Batch]:
    """The batches that wait for a decision, oldest first."""
    with conn.cursor(row_factory=class_row(Batch)) as cursor:
        cursor.execute(_BATCH + " WHERE b.state = 'held' ORDER BY b.id")
        return cursor.fetchall()


def expire(conn: Connection, before: datetime, now: datetime) -> list[int]:
    """Discard batches that came before then and nobody decided about; their ids."""
    rows = conn.execute(
        """UPDATE held_batches SET state = 'discarded', body = NULL, decided_at = %s
            WHERE state = 'held' AND received_at < %s RETURNING id""",
        [now, before],
    ).fetchall()
    return [row["id"] for row in rows]


def decide(conn: Connection, batch_id: int, state: str, as_is: bool | None, now: datetime) -> bool:
    """Record a decision and forget the body; False when it was decided before."""
    return bool(
        conn.execute(
            """UPDATE held_batches SET state = %s, as_is = %s, body = NULL, decided_at = %s
                WHERE id = %s AND state = 'held'""",
            [state, as_is, now, batch_id],
        ).rowcount
    )
