"""SQL on shippers as they are managed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Shipper:
    """Who sends parcels, and where they are written to when something is missing."""

    id: int
    slug: str
    name: str
    country: str
    email: str | None
    phone: str | None
    return_cost: str | None
    """Such as `4.50 USD`."""


_SHIPPER = """SELECT id, slug, name, country, email, phone,
                     return_cost || ' ' || return_currency AS return_cost FROM shippers"""


def listed(conn: Connection) -> list[Shipper]:
    """All of them, by slug."""
    with conn.cursor(row_factory=class_row(Shipper)) as cursor:
        cursor.execute(_SHIPPER + " ORDER BY slug")
        return cursor.fetchall()


def lock(conn: Connection, slug: str) -> Shipper | None:
    """One, locked until the transaction ends."""
    with conn.cursor(row_factory=class_row(Shipper)) as cursor:
        cursor.execute(_SHIPPER + " WHERE slug = %s FOR NO KEY UPDATE", [slug])
        return cursor.fetchone()


def add(conn: Connection, slug: str, name: str, policy_id: int, now: datetime) -> None:
    """Insert one; `update` says the rest."""
    conn.execute(
        """INSERT INTO shippers (slug, name, country, policy_id, created_at)
           VALUES (%s, %s, 'US', %s, %s)""",
        [slug, name, policy_id, now],
    )


def update(conn: Connection, slug: str, values: Mapping[str, Any]) -> None:
    """Let a shipper be called and reached so, and a return cost it so much."""
    conn.execute(
        """UPDATE shippers SET name = %(name)s, country = %(country)s, email = %(email)s,
                  phone = %(phone)s, return_cost = %(cost)s, return_currency = %(currency)s
            WHERE slug = %(slug)s""",
        {"slug": slug, **values},
    )
