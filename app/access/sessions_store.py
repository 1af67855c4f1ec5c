"""SQL on sessions: who is signed in, since when, and in which browser. Times are the machine's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.access.store import DEPOTS, VALID
from app.db.connection import Connection


def caller(
    conn: Connection, digest: bytes, now: datetime, machine_now: datetime
) -> dict[str, Any] | None:
    """Who a session belongs to that has not ended: the fields of `keys.Caller`, and `use_is_news`.

    It ends with the key it was begun with, and with whoever leaves.
    """
    return conn.execute(
        f"""SELECT s.key_id, coalesce(k.role, p.role) AS role, coalesce(p.name, k.name) AS name,
                   k.shipper_id, s.person_id, {DEPOTS} AS depots, s.id AS session_id,
                   coalesce(s.seen_at, s.started_at) < %(machine_now)s - interval '1 minute'
                       AS use_is_news
              FROM sessions s
              LEFT JOIN api_keys k ON k.id = s.key_id
              LEFT JOIN people p ON p.id = s.person_id
             WHERE s.digest = %(digest)s AND s.ends_at > %(machine_now)s
               AND (s.key_id IS NULL OR {VALID})
               AND (s.person_id IS NULL OR p.removed_at IS NULL)""",  # noqa: S608 - our constants
        {"digest": digest, "now": now, "machine_now": machine_now},
    ).fetchone()


def begin(
    conn: Connection,
    digest: bytes,
    *,
    key_id: int | None,
    person_id: int | None,
    how: str,
    agent: str,
    now: datetime,
    ends_at: datetime,
) -> None:
    """Insert a session; those that ended are swept out with it."""
    conn.execute("DELETE FROM sessions WHERE ends_at < %s", [now])
    conn.execute(
        """INSERT INTO sessions (digest, key_id, person_id, how, agent, started_at, seen_at,
                                 ends_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
        [digest, key_id, person_id, how, agent, now, now, ends_at],
    )


def seen(conn: Connection, session_id: int, machine_now: datetime) -> None:
    """Remember that somebody was here just now."""
    conn.execute("UPDATE sessions SET seen_at = %s WHERE id = %s", [machine_now, session_id])


def end(conn: Connection, digest: bytes) -> None:
    """Forget a session."""
    conn.execute("DELETE FROM sessions WHERE digest = %s", [digest])
