"""SQL on API keys as they are managed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Key:
    """A key: what it is for and how long it lasts, but never the key."""

    id: int
    role: str
    name: str
    person: str | None
    shipper: str | None
    depots: list[str] | None
    """Whose cases a machine's key opens; None: every depot's."""
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None

    def over(self, now: datetime) -> bool:
        """Whether it opens nothing any more."""
        return bool(self.revoked_at or (self.expires_at and self.expires_at <= now))


_KEY = """
SELECT k.id, k.role, k.name, p.name AS person, s.name AS shipper,
       CASE WHEN k.depots IS NOT NULL
            THEN ARRAY(SELECT slug FROM depots d WHERE d.id = ANY(k.depots) ORDER BY slug)
       END AS depots,
       k.created_at, k.last_used_at, k.expires_at, k.revoked_at
  FROM api_keys k LEFT JOIN people p ON p.id = k.person_id
  LEFT JOIN shippers s ON s.id = k.shipper_id
"""


def listed(conn: Connection, now: datetime, limit: int) -> list[Key]:
    """The keys, those that are still valid first, the newest first."""
    with conn.cursor(row_factory=class_row(Key)) as cursor:
        cursor.execute(
            _KEY
            + """ ORDER BY k.revoked_at IS NOT NULL OR coalesce(k.expires_at <= %s, false),
                           k.id DESC LIMIT %s""",
            [now, limit],
        )
        return cursor.fetchall()


def by_id(conn: Connection, key_id: int) -> Key | None:
    """One of them."""
    with conn.cursor(row_factory=class_row(Key)) as cursor:
        cursor.execute(_KEY + " WHERE k.id = %s", [key_id])
        return cursor.fetchone()


def by_digest(conn: Connection, digest: bytes) -> Key:
    """One that was made just now."""
    with conn.cursor(row_factory=class_row(Key)) as cursor:
        cursor.execute(_KEY + " WHERE k.digest = %s", [digest])
        found = cursor.fetchone()
    assert found is not None  # noqa: S101 - it was made in this transaction
    return found
