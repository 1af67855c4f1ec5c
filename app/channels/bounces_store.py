"""SQL on mail that came back, on addresses at which nobody is reached, and on landlines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from psycopg.rows import scalar_row

from app.channels.rules import normal
from app.channels.store import Message
from app.db.connection import Connection


def newest_to(conn: Connection, spellings: Sequence[str]) -> int | None:
    """The newest mail to a customer that left for this address."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(
            """SELECT id FROM messages
                WHERE audience = 'customer' AND recipient = ANY(%s) AND channel = 'email'
                  AND state IN ('sent', 'delivered', 'unknown') ORDER BY id DESC LIMIT 1""",
            [list(spellings)],
        ).fetchone()


def mark(
    conn: Connection, message: Message, code: str, words: str, provider: str, now: datetime
) -> bool:
    """Nobody is reached where this mail or text message went; whether that is new."""
    return bool(
        conn.execute(
            """INSERT INTO bounced_addresses (recipient, message_id, code, words, provider, at)
               VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
            [
                normal(message.channel, message.recipient),
                message.id,
                code,
                words,
                provider,
                now,
            ],
        ).rowcount
    )


def lift(conn: Connection, recipient: str) -> None:
    """Somebody wrote from there."""
    conn.execute("DELETE FROM bounced_addresses WHERE recipient = %s", [normal("email", recipient)])
