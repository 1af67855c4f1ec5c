"""SQL on which host is which shipper's."""

from __future__ import annotations

from app.db.connection import Connection


def domains(conn: Connection) -> dict[str, int]:
    """The shippers by their hosts."""
    rows = conn.execute(
        "SELECT id, brand ->> 'domain' AS domain FROM shippers WHERE brand ? 'domain'"
    ).fetchall()
    return {row["domain"]: row["id"] for row in rows}
