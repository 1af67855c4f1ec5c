"""SQL on the records that were handed out: each seal with the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Export:
    """That a record was handed out."""

    dispute_id: int
    made_at: datetime
    made_by: str
    former: str
    sha256: str


_SELECT = "SELECT dispute_id, made_at, made_by, former, sha256 FROM dispute_exports"


def of(conn: Connection, dispute_id: int) -> list[Export]:
    """What was handed out of a dispute, oldest first."""
    with conn.cursor(row_factory=class_row(Export)) as cursor:
        return cursor.execute(
            _SELECT + " WHERE dispute_id = %s ORDER BY id", [dispute_id]
        ).fetchall()


def by_seal(conn: Connection, seal: str) -> Export | None:
    """The first that had this seal."""
    with conn.cursor(row_factory=class_row(Export)) as cursor:
        return cursor.execute(_SELECT + " WHERE sha256 = %s ORDER BY id LIMIT 1", [seal]).fetchone()


def add(conn: Connection, dispute_id: int, seal: str, by: str, now: datetime) -> None:
    """One more was handed out; the same as the last one is not kept again."""
    conn.execute("SELECT 1 FROM disputes WHERE id = %s FOR UPDATE", [dispute_id])
    conn.execute(
        """INSERT INTO dispute_exports (dispute_id, made_at, made_by, former, sha256)
           SELECT %(dispute)s, %(now)s, %(by)s, coalesce(last.sha256, ''), %(seal)s
             FROM (SELECT 1) one LEFT JOIN LATERAL
                  (SELECT sha256 FROM dispute_exports WHERE dispute_id = %(dispute)s
                    ORDER BY id DESC LIMIT 1) last ON true
            WHERE last.sha256 IS DISTINCT FROM %(seal)s""",
        {"dispute": dispute_id, "now": now, "by": by, "seal": seal},
    )
