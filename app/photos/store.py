"""SQL of photos: what is on its way, what is shown, and what nothing shows any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg.rows import class_row

from app.db.connection import Connection


class Photo(NamedTuple):
    """Whose it is, and its name."""

    case_id: int
    name: str


def begin(conn: Connection, case_id: int, names: Sequence[str], now: datetime) -> None:
    """Say what is going to be put in the store, so that it is found if nothing comes of it."""
    conn.execute(
        """INSERT INTO photos (case_id, name, begun_at) SELECT %s, unnest(%s::text[]), %s
               ON CONFLICT (case_id, name) DO UPDATE SET begun_at = excluded.begun_at
                  WHERE photos.kept_at IS NULL""",
        [case_id, list(names), now],
    )


def keep(conn: Connection, case_id: int, names: Sequence[str], now: datetime) -> int:
    """Something shows them now; how many of them there are."""
    return conn.execute(
        """UPDATE photos SET kept_at = coalesce(kept_at, %s)
            WHERE case_id = %s AND name = ANY(%s)""",
        [now, case_id, list(names)],
    ).rowcount


def kept(conn: Connection, case_id: int) -> set[str]:
    """The names of a case's photos that are there."""
    rows = conn.execute(
        "SELECT name FROM photos WHERE case_id = %s AND kept_at IS NOT NULL", [case_id]
    )
    return {row["name"] for row in rows}


def forget_orphans(conn: Connection, before: datetime, limit: int) -> list[Photo]:
    """Forget photos that nothing shows since `before`; which they were."""
    with conn.cursor(row_factory=class_row(Photo)) as cursor:
        return cursor.execute(
            """DELETE FROM photos WHERE id IN
                      (SELECT id FROM photos WHERE kept_at IS NULL AND begun_at < %s
                        ORDER BY begun_at LIMIT %s FOR UPDATE SKIP LOCKED)
               RETURNING case_id, name""",
            [before, limit],
        ).fetchall()


def forget(conn: Connection, case_ids: Sequence[int]) -> list[Photo]:
    """Forget all photos of these cases; which they were."""
    with conn.cursor(row_factory=class_row(Photo)) as cursor:
        return cursor.execute(
            "DELETE FROM photos WHERE case_id = ANY(%s) RETURNING case_id, name", [list(case_ids)]
        ).fetchall()
