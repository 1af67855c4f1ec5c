"""SQL on shippers as they are managed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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


_SHIPPER = "SELECT id, slug, name, country, email, phone FROM shippers"


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


def update(
    conn: Connection, slug: str, name: str, country: str, email: str | None, phone: str | None
) -> None:
    """Let a shipper be called and reached so."""
    conn.execute(
        "UPDATE shippers SET name = %s, country = %s, email = %s, phone = %s WHERE slug = %s",
        [name, country, email, phone, slug],
    )
