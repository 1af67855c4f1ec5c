"""SQL on the channels that customers like best."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg.rows import tuple_row

from app.db.connection import Connection


class Known(NamedTuple):
    """The channel that people like best, by number or address, and which are landlines."""

    channels: Mapping[str, str]
    landlines: Collection[str]


def of(conn: Connection, recipients: Sequence[str]) -> Known:
    """What is known of these; a landline is what a carrier took no text message to."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """SELECT recipient, channel FROM customer_channels WHERE recipient = ANY(%(who)s)
                UNION ALL
               SELECT recipient, NULL FROM bounced_addresses
                WHERE recipient = ANY(%(who)s) AND recipient LIKE '+%%'""",
            {"who": list(recipients)},
        )
        found = cursor.fetchall()
    return Known(
        {who: channel for who, channel in found if channel},
        {who for who, channel in found if not channel},
    )


def is_news(conn: Connection, recipient: str, channel: str) -> bool:
    """Whether it would be new that they answer by this channel."""
    known = conn.execute(
        "SELECT 1 FROM customer_channels WHERE recipient = %s AND (said OR channel = %s)",
        [recipient, channel],
    )
    return known.fetchone() is None


def keep(conn: Connection, recipient: str, channel: str, *, said: bool, now: datetime) -> bool:
    """They like this channel best; whether that is new. What they said stands against a guess."""
    return bool(
        conn.execute(
            """INSERT INTO customer_channels AS c (recipient, channel, said, at)
               VALUES (%(recipient)s, %(channel)s, %(said)s, %(now)s)
                   ON CONFLICT (recipient) DO UPDATE
                  SET channel = excluded.channel, said = excluded.said, at = excluded.at
                WHERE (%(said)s OR NOT c.said) AND c.channel <> excluded.channel""",
            {"recipient": recipient, "channel": channel, "said": said, "now": now},
        ).rowcount
    )
