"""SQL on how shippers look to their customers."""

from __future__ import annotations

from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from app.db.connection import Connection
from app.directory.brand import Brand


class Branded(NamedTuple):
    """A shipper, and how it looks."""

    id: int
    slug: str
    name: str
    brand: Brand


def _read(row: dict[str, Any]) -> Branded:
    return Branded(row["id"], row["slug"], row["name"], Brand.read(row["brand"]))


def listed(conn: Connection) -> list[Branded]:
    """All of them, by name."""
    rows = conn.execute("SELECT id, slug, name, brand FROM shippers ORDER BY name, id").fetchall()
    return [_read(row) for row in rows]


def lock(conn: Connection, slug: str) -> Branded | None:
    """One, locked until the transaction ends."""
    row = conn.execute(
        "SELECT id, slug, name, brand FROM shippers WHERE slug = %s FOR NO KEY UPDATE", [slug]
    ).fetchone()
    return _read(row) if row else None


def write(conn: Connection, slug: str, brand: Jsonb) -> None:
    """Let a shipper look so."""
    conn.execute("UPDATE shippers SET brand = %s WHERE slug = %s", [brand, slug])
