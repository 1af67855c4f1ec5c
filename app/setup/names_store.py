"""SQL on the names that a set-up file can refer to."""

from __future__ import annotations

from app.db.connection import Connection

_LOCK = 7_354_061


def lock(conn: Connection) -> None:
    """One file at a time: wait for another one, until this transaction ends."""
    conn.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def names(conn: Connection) -> dict[str, set[str]]:
    """The names that there are, by section of the file."""
    rows = conn.execute(
        """SELECT 'shippers' AS section, slug AS name FROM shippers
            UNION ALL SELECT 'people', email FROM people
                       WHERE removed_at IS NULL AND email IS NOT NULL
            UNION ALL SELECT 'depots', slug FROM depots
            UNION ALL SELECT 'rotas', slug FROM rotas
            UNION ALL SELECT 'accounts', slug FROM courier_accounts"""
    ).fetchall()
    found: dict[str, set[str]] = {
        section: set() for section in ("shippers", "people", "depots", "rotas", "accounts")
    }
    for row in rows:
        found[row["section"]].add(row["name"])
    return found


def in_charge(conn: Connection, depot_id: int) -> str | None:
    """The e-mail address of a depot's last level."""
    row = conn.execute(
        "SELECT p.email FROM depots d JOIN people p ON p.id = d.catch_all_id WHERE d.id = %s",
        [depot_id],
    ).fetchone()
    return row["email"] if row else None
