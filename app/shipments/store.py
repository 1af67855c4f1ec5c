"""SQL on shipments, as the shipper's orders make them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.db.connection import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a shipper says of a parcel; `depot_id` None leaves it to the courier's account."""

    tracking_number: str
    order_ref: str | None
    name: str | None
    phone: str | None
    email: str | None
    language: str | None
    address: dict[str, Any] | None
    depot_id: int | None = None
    consent: str | None = None
    texts_between: str | None = None
    terms: dict[str, Any] | None = None
    """What it says of the time afterwards; see `app.shipments.orders.terms`."""


def open_case(conn: Connection, shipper_id: int | None, tracking_number: str) -> int | None:
    """The open case of a tracking number; `shipper_id` None looks at all shippers."""
    row = conn.execute(
        """SELECT c.id FROM cases c JOIN shipments s ON s.id = c.shipment_id
            WHERE s.tracking_number = %s AND c.state <> 'closed'
              AND (%s::bigint IS NULL OR s.shipper_id = %s)
            ORDER BY c.id DESC LIMIT 1""",
        [tracking_number, shipper_id, shipper_id],
    ).fetchone()
    return row["id"] if row else None


def latest(conn: Connection, shipper_id: int | None, tracking_number: str) -> int | None:
    """The newest shipment with this tracking number."""
    row = conn.execute(
        """SELECT id FROM shipments WHERE tracking_number = %s
              AND (%s::bigint IS NULL OR shipper_id = %s) ORDER BY id DESC LIMIT 1""",
        [tracking_number, shipper_id, shipper_id],
    ).fetchone()
    return row["id"] if row else None


def supply(conn: Connection, shipment_id: int, phone: str, email: str, now: datetime) -> None:
    """Let the order say a new number or address; an empty text leaves what is there."""
    conn.execute(
        """UPDATE shipments SET phone = coalesce(nullif(%(phone)s, ''), phone),
                  -- a number given after the courier's failed is the one to use
                  courier_phone = CASE WHEN %(phone)s = '' THEN courier_phone END,
                  -- and an order that says the former one again is no news
                  ordered = CASE WHEN %(phone)s = '' OR ordered ? 'phone' THEN ordered
                                 ELSE coalesce(ordered, '{}') || jsonb_build_object('phone', phone)
                            END,
                  email = coalesce(nullif(%(email)s, ''), email), updated_at = %(now)s
            WHERE id = %(id)s""",
        {"phone": phone, "email": email, "now": now, "id": shipment_id},
    )


def mark_not_theirs(
    conn: Connection, shipment_id: int, written: Sequence[str], now: datetime, *, theirs: bool
) -> None:
    """These numbers and addresses are not the recipient's; with `theirs` they are after all."""
    conn.execute(
        """UPDATE shipments SET updated_at = %(now)s, not_theirs = ARRAY(
                  SELECT n FROM unnest(not_theirs || %(written)s::text[]) n
                   WHERE NOT (%(theirs)s AND n = ANY(%(written)s)) GROUP BY n ORDER BY n)
            WHERE id = %(id)s""",
        {"id": shipment_id, "written": list(written), "theirs": theirs, "now": now},
    )


def lock_of_case(conn: Connection, case_id: int) -> None:
    """Lock a case's parcel before the case, in the order in which webhooks do."""
    conn.execute(
        """SELECT 1 FROM shipments WHERE id = (SELECT shipment_id FROM cases WHERE id = %s)
              FOR NO KEY UPDATE""",
        [case_id],
    )


def country(conn: Connection, shipment_id: int) -> str:
    """Where the parcel goes, else where its shipper is: for numbers without a prefix."""
    row = conn.execute(
        """SELECT coalesce(s.address->>'country', s.courier_address->>'country', h.country) AS c
             FROM shipments s JOIN shippers h ON h.id = s.shipper_id WHERE s.id = %s""",
        [shipment_id],
    ).fetchone()
    if row is None:
        raise LookupError(f"there is no shipment {shipment_id}")
    return str(row["c"])


def text_between(conn: Connection, shipment_id: int, hours: str) -> None:
    """Keep between which hours the customer wants to be written to about this parcel."""
    conn.execute("UPDATE shipments SET texts_between = %s WHERE id = %s", [hours, shipment_id])


def speak(conn: Connection, shipment_id: int, language: str) -> None:
    """Keep the language that the customer chose for what is written about this parcel."""
    conn.execute("UPDATE shipments SET chosen_language = %s WHERE id = %s", [language, shipment_id])
