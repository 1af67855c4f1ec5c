"""SQL on calls by voice: those that ring, and those that should ring no more.

An alarm that a paging service keeps up is one of the latter, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from psycopg.rows import tuple_row

from app.db.connection import Connection

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
            """SELECT m.id, m.provider FROM messages m
                 JOIN unnest(%s::text[], %s::timestamptz[]) AS e(provider, before)
                   ON m.provider = e.provider AND m.done_at <= e.before
                WHERE m.channel = 'voice' AND m.state = 'sent'
                ORDER BY m.done_at LIMIT %s""",
            [list(ends), list(ends.values()), limit],
        )
        return cursor.fetchall()


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
