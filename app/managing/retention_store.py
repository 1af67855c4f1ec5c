"""SQL on for how long what is kept of a shipper's customers is kept."""

from __future__ import annotations

from psycopg.types.json import Jsonb

from app.db.connection import Connection


def read(conn: Connection, slug: str) -> dict[str, int]:
    """The days of each kind of data that the shipper has said."""
    row = conn.execute("SELECT retention FROM shippers WHERE slug = %s", [slug]).fetchone()
    found: dict[str, int] = row["retention"] if row else {}
    return found


def write(conn: Connection, slug: str, days: Jsonb) -> None:
    """Let it be so many."""
    conn.execute("UPDATE shippers SET retention = %s WHERE slug = %s", [days, slug])
