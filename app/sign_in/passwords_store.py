"""SQL on passwords."""

from __future__ import annotations

from datetime import datetime

from app.db.connection import Connection


def keep(conn: Connection, person_id: int, hashed: str, now: datetime) -> None:
    """Keep somebody's password instead of the former one."""
    conn.execute(
        """INSERT INTO passwords (person_id, hash, set_at) VALUES (%s, %s, %s)
               ON CONFLICT (person_id) DO UPDATE
              SET hash = excluded.hash, tries = 0, set_at = excluded.set_at""",
        [person_id, hashed, now],
    )


def set_at(conn: Connection, person_id: int) -> datetime | None:
    """Since when somebody has one; None when they have none."""
    row = conn.execute("SELECT set_at FROM passwords WHERE person_id = %s", [person_id]).fetchone()
    return row["set_at"] if row else None


def take_try(conn: Connection, person_id: int, most: int) -> str | None:
    """Count a try before it is judged, so that many at once are no more; None: none is left."""
    row = conn.execute(
        """UPDATE passwords SET tries = tries + 1 WHERE person_id = %s AND tries < %s
           RETURNING hash""",
        [person_id, most],
    ).fetchone()
    return str(row["hash"]) if row else None


def right(conn: Connection, person_id: int) -> None:
    """Forget the tries before a right one."""
    conn.execute("UPDATE passwords SET tries = 0 WHERE person_id = %s", [person_id])


def remove(conn: Connection, person_id: int) -> None:
    """Forget somebody's."""
    conn.execute("DELETE FROM passwords WHERE person_id = %s", [person_id])
