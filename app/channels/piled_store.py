"""SQL on what piled up for a customer while they were left alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from psycopg.rows import scalar_row

from app.db.connection import Connection


def lock_further(
    conn: Connection, woken: Sequence[int], without: Sequence[int], now: datetime
) -> list[int]:
    """Lock what else is due about the same cases to the same recipients; the ids."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            """SELECT m.id FROM messages m
                 JOIN (SELECT DISTINCT case_id, channel, recipient FROM messages
                        WHERE id = ANY(%s)) w USING (case_id, channel, recipient)
                WHERE m.state = 'queued' AND m.audience = 'customer'
                  AND m.due_at <= %s AND m.id <> ALL(%s)
                ORDER BY m.id LIMIT 1000 FOR NO KEY UPDATE OF m SKIP LOCKED""",
            [list(woken), now, list(without)],
        )
        return cursor.fetchall()


def say(conn: Connection, message_id: int, text: str, calendar: str | None) -> None:
    """Let a message say this, with this in the calendar."""
    conn.execute(
        """UPDATE message_words SET text = %s, calendar = %s, made_of = NULL, template = NULL
            WHERE message_id = %s""",
        [text, calendar, message_id],
    )


def together(conn: Connection, gone: Sequence[int], why: str, now: datetime) -> None:
    """These go no more by themselves."""
    conn.execute(
        """UPDATE messages SET state = 'suppressed', why = %s, done_at = %s
            WHERE id = ANY(%s)""",
        [why, now, list(gone)],
    )
