"""SQL on what people may do, and whose cases they see."""

from __future__ import annotations

from collections.abc import Sequence

from app.db.connection import Connection


def set_role(conn: Connection, person_id: int, role: str, shipper_id: int | None = None) -> None:
    """Let somebody be a dispatcher, a supervisor or an admin, or of a shipper."""
    conn.execute(
        "UPDATE people SET role = %s, shipper_id = %s WHERE id = %s", [role, shipper_id, person_id]
    )


def set_depots(conn: Connection, person_id: int, depots: Sequence[int] | None) -> None:
    """Let somebody see the cases of these depots and no others; None: of every depot."""
    conn.execute(
        "UPDATE people SET depots = %s::bigint[] WHERE id = %s",
        [None if depots is None else sorted(set(depots)), person_id],
    )


def let_see(conn: Connection, person_id: int, depot_slug: str) -> None:
    """Let somebody see the cases of one more depot: whoever is called for them has to."""
    conn.execute(
        """UPDATE people p SET depots = p.depots || d.id FROM depots d
            WHERE p.id = %s AND d.slug = %s AND p.depots IS NOT NULL
              AND d.id <> ALL(p.depots)""",
        [person_id, depot_slug],
    )


def see_all(conn: Connection, depots: Sequence[int] | None) -> bool:
    """Whether these are all depots that there are; None is every one."""
    if depots is None:
        return True
    sql = "SELECT 1 FROM depots WHERE id <> ALL(%s) LIMIT 1"
    return conn.execute(sql, [list(depots)]).fetchone() is None
