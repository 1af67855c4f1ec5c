"""SQL on the channels that customers like best."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from psycopg.rows import tuple_row

from app.db.connection import Connection


def of(conn: Connection, recipients: Sequence[str]) -> dict[str, str]:
    """The channel that each of these likes best, of those of whom it is known."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "SELECT recipient, channel FROM customer_channels WHERE recipient = ANY(%s)",
            [list(recipients)],
        )
        return dict(cursor.fetchall())


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
