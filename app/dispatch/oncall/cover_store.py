"""SQL on who asks for cover, and on the holes that somebody was told of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Cover:
    """Somebody asks for cover, and who took it."""

    id: int
    rota: str
    person_id: int
    asked_by: str
    starts_at: datetime
    ends_at: datetime
    taken_by: int | None
    taken_name: str | None
    taken_at: datetime | None


_COVER = """SELECT c.id, r.slug AS rota, c.person_id, p.name AS asked_by, c.starts_at, c.ends_at,
                   c.taken_by, t.name AS taken_name, c.taken_at
              FROM rota_covers c JOIN rotas r ON r.id = c.rota_id
              JOIN people p ON p.id = c.person_id LEFT JOIN people t ON t.id = c.taken_by"""


def ask(
    conn: Connection,
    rota_id: int,
    person_id: int,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> int | None:
    """Write down that somebody asks for cover; its id, None if they asked before."""
    row = conn.execute(
        """INSERT INTO rota_covers (rota_id, person_id, starts_at, ends_at, asked_at)
           VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id""",
        [rota_id, person_id, starts_at, ends_at, now],
    ).fetchone()
    return row["id"] if row else None


def find(conn: Connection, cover_id: int) -> Cover | None:
    """What somebody asks for, by id."""
    with conn.cursor(row_factory=class_row(Cover)) as cursor:
        return cursor.execute(_COVER + " WHERE c.id = %s", [cover_id]).fetchone()


def lock(conn: Connection, cover_id: int) -> Cover | None:
    """The same; no other can take it before this transaction ends."""
    conn.execute("SELECT FROM rota_covers WHERE id = %s FOR UPDATE", [cover_id])
    return find(conn, cover_id)


def take(conn: Connection, cover_id: int, person_id: int, now: datetime) -> None:
    """Somebody takes it."""
    conn.execute(
        "UPDATE rota_covers SET taken_by = %s, taken_at = %s WHERE id = %s",
        [person_id, now, cover_id],
    )


def open_of(conn: Connection, rota_id: int, now: datetime) -> list[Cover]:
    """What nobody has taken yet and is still to come, the soonest first."""
    with conn.cursor(row_factory=class_row(Cover)) as cursor:
        cursor.execute(
            _COVER
            + """ WHERE c.rota_id = %s AND c.taken_at IS NULL AND c.ends_at > %s
                  ORDER BY c.starts_at, c.id""",
            [rota_id, now],
        )
        return cursor.fetchall()


def warn(
    conn: Connection, rota_id: int, holes: Sequence[tuple[datetime, int]], now: datetime
) -> set[datetime]:
    """Remember that somebody is told of these `(beginning, days ahead)`; those that are new."""
    rows = conn.execute(
        """INSERT INTO rota_warned (rota_id, starts_at, days, at)
           SELECT %s, h.starts_at, h.days, %s
             FROM unnest(%s::timestamptz[], %s::int[]) AS h(starts_at, days)
               ON CONFLICT DO NOTHING RETURNING starts_at""",
        [rota_id, now, [at for at, _ in holes], [days for _, days in holes]],
    ).fetchall()
    return {row["starts_at"] for row in rows}
