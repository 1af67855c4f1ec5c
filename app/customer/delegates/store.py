"""SQL on those who may choose for a customer; of their links only a digest is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from app.db.connection import Connection
from app.db.together import Rows


@dataclass(frozen=True, slots=True)
class Delegate:
    """Somebody who may choose, as the customer calls them."""

    id: int
    case_id: int
    name: str
    made_at: datetime
    ends_at: datetime
    revoked_at: datetime | None

    def may(self, now: datetime) -> bool:
        """Whether their link still opens its page."""
        return self.revoked_at is None and now < self.ends_at


_NAMES = ("id", "case_id", "name", "made_at", "ends_at", "revoked_at")
_SELECT = f"SELECT {', '.join(_NAMES)} FROM case_delegates"  # noqa: S608 - constants
OF_CASE = Rows(
    _NAMES,
    _SELECT + " WHERE case_id = %(case)s AND revoked_at IS NULL AND ends_at > %(now)s ORDER BY id",
    Delegate,
)
"""Those who may choose on a case now."""


def by_hash(conn: Connection, digest: bytes) -> Delegate | None:
    """Whose link this is, whether it still opens or not."""
    with conn.cursor(row_factory=class_row(Delegate)) as cursor:
        return cursor.execute(_SELECT + " WHERE hash = %s", [digest]).fetchone()


def insert(
    conn: Connection, case_id: int, name: str, digest: bytes, ends_at: datetime, now: datetime
) -> None:
    """Let somebody choose until then."""
    conn.execute(
        """INSERT INTO case_delegates (case_id, name, hash, made_at, ends_at)
           VALUES (%s, %s, %s, %s, %s)""",
        [case_id, name, digest, now, ends_at],
    )


def revoke(conn: Connection, case_id: int, now: datetime, delegate_id: int | None = None) -> int:
    """Take it back from one of a case, or from all; from how many it was."""
    return conn.execute(
        """UPDATE case_delegates SET revoked_at = %(now)s
            WHERE case_id = %(case)s AND revoked_at IS NULL
              AND (%(one)s::bigint IS NULL OR id = %(one)s)""",
        {"case": case_id, "one": delegate_id, "now": now},
    ).rowcount
