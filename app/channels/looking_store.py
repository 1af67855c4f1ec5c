"""SQL on messages that are asked after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from psycopg.rows import class_row

from app.channels.states import NotSent
from app.db import unlogged
from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that its provider has."""

    id: int
    channel: str
    recipient: str
    provider: str
    provider_id: str
    state: str


_COLUMNS = ", ".join(f"m.{field.name}" for field in fields(Sent))


def make_whole(conn: Connection, since: datetime) -> None:
    """Fill again what tells which messages left since then, if it was lost."""
    if not unlogged.whole(conn, unlogged.Part.LEFT):
        conn.execute("SELECT fill_messages_left(%s)", [since])


def forget_old(conn: Connection, before: datetime, limit: int) -> None:
    """Let go of the oldest of those that left before; the messages themselves stay."""
    conn.execute(
        """DELETE FROM messages_left
            WHERE id IN (SELECT id FROM messages_left ORDER BY id LIMIT %s) AND done_at < %s""",
        [limit, before],
    )


def unheard(conn: Connection, now: datetime, limit: int) -> list[Sent]:
    """Customers' messages that left so long ago, by their policy, and are not known to be there."""
    return _late(
        conn,
        """l.state = 'sent' AND l.channel IN ('sms', 'whatsapp')""",
        ("next_way_after", 1800),
        now,
        limit,
    )


def unread(conn: Connection, now: datetime, limit: int) -> list[Sent]:
    """Messages by WhatsApp that nobody has looked at, and that still wait for an answer."""
    return _late(
        conn,
        """l.state = 'delivered' AND l.channel = 'whatsapp' AND l.read_at IS NULL
           AND c.state IN ('open', 'informed')""",
        ("unread_after", 14400),
        now,
        limit,
    )


def _late(
    conn: Connection, how: str, within: tuple[str, int], now: datetime, limit: int
) -> list[Sent]:
    name, usual = within
    with conn.cursor(row_factory=class_row(Sent)) as cursor:
        cursor.execute(
            f"""SELECT {_COLUMNS} FROM messages_left l JOIN messages m USING (id)
                  JOIN cases c ON c.id = m.case_id
                  JOIN policies p ON p.id = c.policy_id
                 WHERE {how} AND l.audience = 'customer' AND l.passed_at IS NULL
                   AND m.state = l.state AND m.provider_id IS NOT NULL AND m.fallback_routes <> '[]'
                   AND l.done_at > %(now)s - interval '2 days'
                   AND l.done_at <= %(now)s
                       - make_interval(secs => coalesce((p.body->>%(name)s)::int, %(usual)s))
                 ORDER BY l.done_at LIMIT %(limit)s""".encode(),  # noqa: S608 - constants
            {"now": now, "name": name, "usual": usual, "limit": limit},
        )
        return cursor.fetchall()


def unpriced(
    conn: Connection,
    providers: Sequence[str],
    before: datetime,
    asked_before: datetime,
    since: datetime,
    limit: int,
) -> list[Sent]:
    """Messages of these providers whose price is not known, and was not asked for lately.

    A call that nobody took costs nothing.
    """
    with conn.cursor(row_factory=class_row(Sent)) as cursor:
        cursor.execute(
            f"""SELECT {_COLUMNS} FROM messages_left l JOIN messages m USING (id)
                 WHERE l.price IS NULL AND l.provider_id IS NOT NULL
                   AND m.state IN ('sent', 'delivered', 'failed') AND m.provider = ANY(%s)
                   AND (l.channel <> 'voice' OR m.state = 'delivered' OR m.why = %s)
                   AND l.done_at BETWEEN %s AND %s AND (m.asked_at IS NULL OR m.asked_at <= %s)
                 ORDER BY l.done_at LIMIT %s""",  # noqa: S608 - columns by name
            [list(providers), NotSent.NO_KEY, since, before, asked_before, limit],
        )
        return cursor.fetchall()


def asked(conn: Connection, message_id: int, now: datetime) -> None:
    """Its provider was asked."""
    conn.execute("UPDATE messages SET asked_at = %s WHERE id = %s", [now, message_id])


def passed(conn: Connection, message_id: int, why: str, now: datetime) -> None:
    """The next channel is used too, and this says why."""
    conn.execute(
        "UPDATE messages SET passed_at = %s, why = %s WHERE id = %s", [now, why, message_id]
    )
