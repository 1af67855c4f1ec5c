"""SQL that finds whose parcels somebody's are, and how they can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row, scalar_row

from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel and everything by which its recipient was ever known."""

    id: int
    shipper_id: int
    tracking_number: str
    country: str
    names: list[str]
    phones: list[str]
    """As they were written."""
    emails: list[str]
    not_theirs: list[str]
    """Numbers and addresses of whoever said that the parcel is not theirs."""
    reached: list[str]
    """Where messages about it went."""


_PARCELS = """
SELECT s.id, s.shipper_id, s.tracking_number, s.not_theirs,
       coalesce(s.address ->> 'country', s.courier_address ->> 'country', h.country) AS country,
       array_remove(ARRAY[s.name, s.courier_name, s.ordered ->> 'name'], NULL) AS names,
       array_remove(ARRAY[s.phone, s.courier_phone, s.ordered ->> 'phone'], NULL) AS phones,
       array_remove(ARRAY[s.email, s.courier_email, s.ordered ->> 'email'], NULL) AS emails,
       ARRAY(SELECT contact FROM cases c,
                    unnest(ARRAY[c.contact_phone, c.contact_call, c.contact_email]) contact
              WHERE c.shipment_id = s.id AND contact IS NOT NULL
              UNION
             SELECT m.recipient FROM messages m JOIN cases c ON c.id = m.case_id
              WHERE c.shipment_id = s.id AND m.audience = 'customer' AND m.recipient <> '')
           AS reached
  FROM shipments s JOIN shippers h ON h.id = s.shipper_id
"""


def by_number(conn: Connection, tracking_number: str, shipper_id: int | None) -> list[Parcel]:
    """The parcels of this number; `shipper_id` None looks at all shippers."""
    return _read(
        conn,
        """WHERE s.tracking_number = %(number)s
             AND (%(shipper)s::bigint IS NULL OR s.shipper_id = %(shipper)s)""",
        {"number": tracking_number, "shipper": shipper_id},
    )


def by_ids(conn: Connection, ids: Sequence[int]) -> list[Parcel]:
    """These parcels."""
    return _read(conn, "WHERE s.id = ANY(%(ids)s)", {"ids": list(ids)})


def like_contact(
    conn: Connection, contact: str, digits: str, shipper_id: int | None
) -> list[Parcel]:
    """Parcels that may be of this number or address: `digits` are a number's last, however written.

    Where messages went is known by index; orders and couriers write numbers as they like, so all
    parcels are looked through. That takes seconds for millions, and nobody asks for it often.
    """
    return _read(
        conn,
        """WHERE (%(shipper)s::bigint IS NULL OR s.shipper_id = %(shipper)s) AND s.id IN (
             SELECT c.shipment_id FROM cases c JOIN messages m ON m.case_id = c.id
              WHERE m.recipient = %(contact)s AND m.audience = 'customer'
              UNION
             SELECT shipment_id FROM cases
              WHERE %(contact)s IN (contact_phone, contact_call, lower(contact_email))
              UNION
             SELECT id FROM shipments
              WHERE %(contact)s IN (lower(email), lower(courier_email), lower(ordered ->> 'email'))
                 OR %(digits)s <> '' AND regexp_replace(
                        concat_ws(' ', phone, courier_phone, ordered ->> 'phone'), '\\D', '', 'g')
                    LIKE '%%' || %(digits)s || '%%')""",
        {"contact": contact, "digits": digits, "shipper": shipper_id},
    )


def _read(conn: Connection, where: str, values: dict[str, Any]) -> list[Parcel]:
    with conn.cursor(row_factory=class_row(Parcel)) as cursor:
        sql = f"{_PARCELS} {where} ORDER BY s.id"
        return cursor.execute(sql.encode(), values).fetchall()


def lock(conn: Connection, parcel_ids: Sequence[int]) -> list[int]:
    """Lock parcels and then their cases, as webhooks do; the cases' ids."""
    conn.execute(
        "SELECT 1 FROM shipments WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
        [list(parcel_ids)],
    )
    with conn.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(
            "SELECT id FROM cases WHERE shipment_id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [list(parcel_ids)],
        ).fetchall()


def messages(conn: Connection, case_ids: Sequence[int]) -> list[int]:
    """All messages of these cases, and those in which several went together."""
    return _ids(
        conn,
        """SELECT id FROM messages WHERE case_id = ANY(%(ids)s) UNION
           SELECT bundle_id FROM messages WHERE case_id = ANY(%(ids)s) AND bundle_id IS NOT NULL""",
        case_ids,
    )


def cases(conn: Connection, parcel_ids: Sequence[int]) -> list[int]:
    """Their cases."""
    return _ids(conn, "SELECT id FROM cases WHERE shipment_id = ANY(%(ids)s)", parcel_ids)


def to_customers(conn: Connection, case_ids: Sequence[int]) -> list[int]:
    """The messages of these cases that their customers were sent."""
    return _ids(
        conn,
        "SELECT id FROM messages WHERE case_id = ANY(%(ids)s) AND audience = 'customer'",
        case_ids,
    )


def disputes(conn: Connection, case_ids: Sequence[int]) -> list[int]:
    """Their disputed attempts."""
    return _ids(conn, "SELECT id FROM disputes WHERE case_id = ANY(%(ids)s)", case_ids)


def _ids(conn: Connection, sql: str, ids: Sequence[int]) -> list[int]:
    with conn.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(sql.encode(), {"ids": list(ids)}).fetchall()
