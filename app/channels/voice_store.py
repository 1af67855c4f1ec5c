"""SQL on calls by voice: those that ring, and those that should ring no more.

An alarm that a paging service keeps up is one of the latter, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb

from app.db.connection import Connection
from app.languages.said import Kept

_MAY_WAIT = timedelta(hours=12)
"""So much older than its call a message may be."""


class Recall(NamedTuple):
    """A call that should ring no more, or an alarm that should end."""

    message_id: int
    channel: str
    recipient: str
    provider: str
    provider_id: str


def recalls(conn: Connection, limit: int) -> list[Recall]:
    """What should ring no more; each once.

    What is over meanwhile is only marked.
    """
    with conn.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """UPDATE messages m SET recall = 'done'
                 FROM (SELECT id FROM messages WHERE recall = 'wanted' AND state <> 'sending'
                        ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED) found
                WHERE m.id = found.id
            RETURNING m.id, m.channel, m.recipient, m.provider, m.provider_id, m.state""",
            [limit],
        ).fetchall()
        return [Recall(*row[:5]) for row in rows if row[5] == "sent" and row[4]]


def recall_again(conn: Connection, message_id: int) -> None:
    """The provider could not be asked to let it ring no more."""
    conn.execute(
        "UPDATE messages SET recall = 'wanted' WHERE id = %s AND state = 'sent'", [message_id]
    )


def ringing(conn: Connection, ends: Mapping[str, datetime], limit: int) -> list[tuple[int, str]]:
    """`(message_id, provider)` of calls placed before these moments, by provider."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """SELECT m.id, m.provider FROM messages_left l JOIN messages m USING (id)
                 JOIN unnest(%s::text[], %s::timestamptz[]) AS e(provider, before)
                   ON m.provider = e.provider AND l.done_at <= e.before
                WHERE l.channel = 'voice' AND l.state = 'sent' AND m.state = 'sent'
                ORDER BY l.done_at LIMIT %s""",
            [list(ends), list(ends.values()), limit],
        )
        return cursor.fetchall()


def made_of(conn: Connection, message_id: int) -> Kept | None:
    """The sentences of a message, where they are known."""
    row = conn.execute(
        "SELECT made_of FROM message_words WHERE message_id = %s", [message_id]
    ).fetchone()
    return row["made_of"] if row else None


def offer(conn: Connection, message_id: int, words: str, offered: Mapping[str, str]) -> None:
    """A call says this, and its keys stand for these choices from now on."""
    conn.execute(
        "UPDATE message_words SET spoken = %s, offered = %s WHERE message_id = %s",
        [words, Jsonb(dict(offered)), message_id],
    )


def offered(conn: Connection, message_id: int) -> dict[str, str]:
    """The choices that the keys of a call stand for."""
    row = conn.execute(
        "SELECT offered FROM message_words WHERE message_id = %s", [message_id]
    ).fetchone()
    return (row["offered"] if row else None) or {}


def alone(conn: Connection) -> None:
    """Let no other sender take calls until this transaction ends: both would count the same."""
    conn.execute("SELECT pg_advisory_xact_lock(hashtext('reknock calls'))")


def rung(
    conn: Connection, numbers: Sequence[str], since: datetime, now: datetime
) -> dict[str, list[datetime]]:
    """When these numbers were rung since then, whatever for; one that rings now counts as now."""
    found: dict[str, list[datetime]] = {number: [] for number in numbers}
    rows = conn.execute(
        """SELECT recipient, coalesce(done_at, %(now)s) AS at FROM messages
            WHERE channel = 'voice' AND recipient = ANY(%(numbers)s) AND created_at > %(created)s
              AND tries > 0 AND state <> 'suppressed' AND coalesce(done_at, %(now)s) > %(since)s""",
        {"now": now, "numbers": list(found), "since": since, "created": since - _MAY_WAIT},
    ).fetchall()
    for row in rows:
        found[row["recipient"]].append(row["at"])
    return found
