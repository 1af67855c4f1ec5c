"""SQL on corrections."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from app.db.connection import Connection
from app.db.together import Rows


@dataclass(frozen=True, slots=True)
class Now:
    """What counts for a parcel at this moment; its row is locked."""

    shipment_id: int
    case_id: int | None
    """Its open case."""
    address: dict[str, Any] | None
    directions: str | None
    phone: str | None
    email: str | None
    delivered_at: datetime | None
    version: int
    """Of the last correction; 0 without any."""
    changed_by: str | None
    """Who made it."""

    @property
    def said(self) -> dict[str, Any]:
        """What a version keeps of it."""
        return {
            "address": self.address,
            "directions": self.directions,
            "phone": self.phone,
            "email": self.email,
        }


@dataclass(frozen=True, slots=True)
class Version:
    """A correction that was made, or asked for."""

    id: int
    shipment_id: int
    version: int
    made_at: datetime
    made_by: str
    state: str
    before: dict[str, Any]
    after: dict[str, Any]
    settled_at: datetime | None
    settled_by: str | None
    why: str
    """Why it was refused, in words for the customer."""


def lock(conn: Connection, shipment_id: int) -> Now | None:
    """Lock a parcel, before its case as webhooks do, and read what counts for it."""
    conn.execute("SELECT 1 FROM shipments WHERE id = %s FOR NO KEY UPDATE", [shipment_id])
    return now_of(conn, shipment_id)


_NOW = """
SELECT s.id AS shipment_id, c.id AS case_id, coalesce(s.address, s.courier_address) AS address,
       s.directions, s.phone, s.email, s.delivered_at, coalesce(v.version, 0) AS version,
       v.made_by AS changed_by
  FROM shipments s
  LEFT JOIN cases c ON c.shipment_id = s.id AND c.state <> 'closed'
  LEFT JOIN LATERAL (SELECT version, made_by FROM corrections
                      WHERE shipment_id = s.id AND state = 'made'
                      ORDER BY version DESC LIMIT 1) v ON true
 WHERE s.id = """
_PARCEL = "(SELECT shipment_id FROM cases WHERE id = %(case)s)"
NOW = Rows(tuple(field.name for field in fields(Now)), _NOW + _PARCEL, Now)
"""What counts for the parcel of a case."""


def now_of(conn: Connection, shipment_id: int) -> Now | None:
    """What counts for a parcel."""
    with conn.cursor(row_factory=class_row(Now)) as cursor:
        return cursor.execute(_NOW + "%s", [shipment_id]).fetchone()


def apply(
    conn: Connection,
    shipment_id: int,
    address: dict[str, Any] | None,
    directions: str | None,
    now: datetime,
) -> None:
    """Let this be where the parcel goes; None leaves that part. What the order said is kept."""
    conn.execute(
        """UPDATE shipments SET
                  ordered = CASE WHEN %(address)s::jsonb IS NULL OR ordered ? 'address'
                                 THEN ordered
                                 ELSE coalesce(ordered, '{}')
                                      || jsonb_build_object('address', address) END,
                  address = coalesce(%(address)s, address),
                  directions = CASE WHEN %(directions)s::text IS NULL THEN directions
                                    ELSE nullif(%(directions)s, '') END,
                  updated_at = %(now)s
            WHERE id = %(id)s""",
        {
            "id": shipment_id,
            "address": Jsonb(address) if address is not None else None,
            "directions": directions,
            "now": now,
        },
    )


def insert(
    conn: Connection,
    before: Now,
    after: dict[str, Any],
    by: str,
    now: datetime,
    *,
    state: str = "made",
) -> int:
    """Keep a version; its number."""
    row = conn.execute(
        """INSERT INTO corrections (shipment_id, version, case_id, made_at, made_by, state, before,
                  after)
           SELECT %(id)s, coalesce(max(version), 0) + 1, %(case)s, %(now)s, %(by)s, %(state)s,
                  %(before)s, %(after)s FROM corrections WHERE shipment_id = %(id)s
           RETURNING version""",
        {
            "id": before.shipment_id,
            "case": before.case_id,
            "now": now,
            "by": by,
            "state": state,
            "before": Jsonb(before.said),
            "after": Jsonb(after),
        },
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING gives a row
    return int(row["version"])


_VERSION = """SELECT id, shipment_id, version, made_at, made_by, state, before, after, settled_at,
                     settled_by, why FROM corrections"""
_ASKED = " AND state = 'asked' ORDER BY id DESC LIMIT 1"
ASKED = Rows(
    tuple(field.name for field in fields(Version)),
    _VERSION + f" WHERE shipment_id = {_PARCEL}" + _ASKED,
    Version,
)
"""What the customer of a case asked for last, and nobody has agreed to or refused."""


def versions(conn: Connection, shipment_id: int) -> list[Version]:
    """All versions of a parcel, oldest first."""
    with conn.cursor(row_factory=class_row(Version)) as cursor:
        cursor.execute(_VERSION + " WHERE shipment_id = %s ORDER BY version", [shipment_id])
        return cursor.fetchall()


def asked(conn: Connection, shipment_id: int) -> Version | None:
    """What the customer asked for last, and nobody has agreed to or refused."""
    with conn.cursor(row_factory=class_row(Version)) as cursor:
        return cursor.execute(
            _VERSION + " WHERE shipment_id = %s" + _ASKED, [shipment_id]
        ).fetchone()


def settled(conn: Connection, shipment_id: int) -> Version | None:
    """What the customer asked for and was agreed or refused last."""
    with conn.cursor(row_factory=class_row(Version)) as cursor:
        return cursor.execute(
            _VERSION
            + """ WHERE shipment_id = %s AND state IN ('agreed', 'refused')
                  ORDER BY settled_at DESC, id DESC LIMIT 1""",
            [shipment_id],
        ).fetchone()


def settle(
    conn: Connection, shipment_id: int, state: str, by: str, now: datetime, why: str = ""
) -> bool:
    """What is asked for is agreed or refused; False when nothing was."""
    return bool(
        conn.execute(
            """UPDATE corrections SET state = %s, settled_at = %s, settled_by = %s, why = %s
                WHERE shipment_id = %s AND state = 'asked'""",
            [state, now, by, why, shipment_id],
        ).rowcount
    )
