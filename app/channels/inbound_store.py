"""SQL on what people wrote to us."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg.rows import scalar_row

from app.db.connection import Connection


class Inbound(NamedTuple):
    """A message from somebody; `meaning` is reply, opt_out, opt_in or help."""

    provider: str
    provider_id: str
    channel: str
    sender: str
    meaning: str
    sent_at: datetime


def remember(conn: Connection, message: Inbound, now: datetime) -> bool:
    """Remember a message; False when it was remembered before."""
    return bool(
        conn.execute(
            """INSERT INTO inbound_messages (provider, provider_id, channel, sender, meaning,
                   sent_at, received_at)
               VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
            [*message, now],
        ).rowcount
    )


def known_inbound(conn: Connection, provider: str, ids: Sequence[str]) -> set[str]:
    """Those among a provider's ids whose messages are remembered."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            """SELECT provider_id FROM inbound_messages
                WHERE provider = %s AND provider_id = ANY(%s)""",
            [provider, list(ids)],
        )
        return set(cursor.fetchall())


def is_newest_word(conn: Connection, message: Inbound) -> bool:
    """Whether no newer STOP or START of this person is known; of the same second STOP counts.

    Two words of one person are judged one after the other, so that both cannot win.
    """
    conn.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
        [f"{message.channel} {message.sender}"],
    )
    newer = conn.execute(
        """SELECT 1 FROM inbound_messages
            WHERE channel = %(channel)s AND sender = %(sender)s
              AND meaning IN ('opt_out', 'opt_in') AND meaning <> %(meaning)s
              AND (sent_at > %(sent_at)s OR sent_at = %(sent_at)s AND meaning = 'opt_out')
            LIMIT 1""",
        message._asdict(),
    ).fetchone()
    return newer is None
