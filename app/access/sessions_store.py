"""SQL on sessions: who is signed in, since when, and in which browser. Times are the machine's."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from psycopg.rows import class_row

from app.access.store import DEPOTS, SHIPPER, VALID
from app.db.connection import Connection

_THEIRS = """(person_id = %(person)s::bigint
              OR %(person)s::bigint IS NULL AND person_id IS NULL AND key_id = %(key)s::bigint)"""
"""Whether a session is a person's; where there is none, a machine's key's."""


def caller(
    conn: Connection, digest: bytes, now: datetime, machine_now: datetime
) -> dict[str, Any] | None:
    """Who a session belongs to that has not ended: the fields of `keys.Caller`, and `use_is_news`.

    It ends with the key it was begun with, and with whoever leaves.
    """
    return conn.execute(
        f"""SELECT s.key_id, coalesce(k.role, p.role) AS role, coalesce(p.name, k.name) AS name,
                   {SHIPPER} AS shipper_id, s.person_id, {DEPOTS} AS depots, s.id AS session_id,
                   coalesce(p.language, '') AS language,
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


def language_of(conn: Connection, person_id: int) -> str:
    """The code of what somebody reads and hears; empty for the house's."""
    row = conn.execute("SELECT language FROM people WHERE id = %s", [person_id]).fetchone()
    return row["language"] if row else ""


def speak(conn: Connection, person_id: int, language: str) -> None:
    """Let somebody be written to and called in this language."""
    conn.execute("UPDATE people SET language = %s WHERE id = %s", [language, person_id])


def began(conn: Connection, digest: bytes) -> datetime | None:
    """When a session began; None when there is none."""
    row = conn.execute("SELECT started_at FROM sessions WHERE digest = %s", [digest]).fetchone()
    return row["started_at"] if row else None


def seen(conn: Connection, session_id: int, machine_now: datetime) -> None:
    """Remember that somebody was here just now."""
    conn.execute("UPDATE sessions SET seen_at = %s WHERE id = %s", [machine_now, session_id])


def end(conn: Connection, digest: bytes) -> None:
    """Forget a session."""
    conn.execute("DELETE FROM sessions WHERE digest = %s", [digest])


class Session(NamedTuple):
    """Where somebody is signed in."""

    id: int
    how: str
    agent: str
    started_at: datetime
    seen_at: datetime
    ends_at: datetime


def of(
    conn: Connection, machine_now: datetime, *, person_id: int | None, key_id: int | None = None
) -> list[Session]:
    """The sessions of a person, or of a machine's key, that have not ended, the newest first."""
    with conn.cursor(row_factory=class_row(Session)) as cursor:
        cursor.execute(
            f"""SELECT id, how, agent, started_at, coalesce(seen_at, started_at) AS seen_at, ends_at
                  FROM sessions s WHERE ends_at > %(now)s AND {_THEIRS} ORDER BY id DESC""",  # noqa: S608 - ours
            {"now": machine_now, "person": person_id, "key": key_id},
        )
        return cursor.fetchall()


def end_of(
    conn: Connection,
    *,
    person_id: int | None,
    key_id: int | None = None,
    only: int | None = None,
    but: int | None = None,
) -> int:
    """End a person's or a key's sessions: all, `only` one, or all `but` one; how many."""
    return conn.execute(
        f"""DELETE FROM sessions s WHERE {_THEIRS}
               AND (%(only)s::bigint IS NULL OR id = %(only)s)
               AND id IS DISTINCT FROM %(but)s::bigint""",  # noqa: S608 - our constant
        {"person": person_id, "key": key_id, "only": only, "but": but},
    ).rowcount
