"""SQL that finds messages, and by them whose they are: read only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.rows import scalar_row

from app.channels import packed_words
from app.channels.store import REQUEST
from app.db import unlogged
from app.db.connection import Connection
from app.db.together import Rows


def said(conn: Connection, idempotency_keys: Sequence[str]) -> set[str]:
    """Those of the keys that there are messages of."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            "SELECT idempotency_key FROM messages WHERE idempotency_key = ANY(%s)",
            [list(idempotency_keys)],
        )
        return set(cursor.fetchall())


def counted(
    conn: Connection, case_ids: Sequence[int], since: datetime
) -> dict[int, list[datetime]]:
    """When these cases' customers heard about their parcels, unasked; written since then.

    Oldest first, and whichever of a parcel's cases it was for. What waited for the morning was
    heard in the morning; what still waits counts from when it was written.
    """
    found: dict[int, list[datetime]] = {case_id: [] for case_id in case_ids}
    rows = conn.execute(
        """SELECT c.id AS case_id, coalesce(m.done_at, m.created_at) AS at
             FROM cases c JOIN cases o ON o.shipment_id = c.shipment_id
             JOIN messages m ON m.case_id = o.id
            WHERE c.id = ANY(%s) AND m.counts AND m.state <> 'suppressed' AND m.created_at > %s
            ORDER BY at""",
        [list(found), since],
    ).fetchall()
    for row in rows:
        found[row["case_id"]].append(row["at"])
    return found


def came(
    conn: Connection, case_ids: Sequence[int], audience: str, topic: str | None, now: datetime
) -> dict[int, datetime]:
    """When what was written last about these cases' parcels left, by case: of a topic, or unasked.

    What still waits, asked for or not, leaves now at the earliest.
    """
    rows = conn.execute(
        """SELECT c.id AS case_id,
                  max(CASE WHEN m.state IN ('queued', 'sending') THEN %(now)s ELSE m.done_at END)
                      AS at
             FROM cases c JOIN cases o ON o.shipment_id = c.shipment_id
             JOIN messages m ON m.case_id = o.id
            WHERE c.id = ANY(%(cases)s) AND m.audience = %(audience)s
              AND (m.topic = %(topic)s OR %(topic)s::text IS NULL AND
                   (m.counts OR m.route > 1 OR m.state IN ('queued', 'sending')))
              AND m.state <> 'suppressed'
            GROUP BY c.id""",
        {"now": now, "cases": list(case_ids), "audience": audience, "topic": topic},
    ).fetchall()
    return {row["case_id"]: row["at"] for row in rows}


def failed(conn: Connection, keys: Sequence[str]) -> int | None:
    """The newest of these messages that left, or tried to, and is not known to have arrived."""
    row = conn.execute(
        """SELECT id FROM messages WHERE idempotency_key = ANY(%s)
              AND state IN ('failed', 'unknown') ORDER BY id DESC LIMIT 1""",
        [list(keys)],
    ).fetchone()
    return row["id"] if row else None


def left(conn: Connection, shipment_ids: Sequence[int], *, queued: bool) -> dict[int, int]:
    """How many texts and calls the customers of these parcels got unasked, by parcel.

    With `queued` also those that wait.
    """
    rows = conn.execute(
        """SELECT c.shipment_id, count(*) AS number FROM messages m JOIN cases c ON c.id = m.case_id
            WHERE c.shipment_id = ANY(%s) AND m.audience = 'customer' AND m.channel <> 'email'
              AND (m.counts OR m.route > 1)
              AND (m.state IN ('sending', 'sent', 'delivered', 'unknown')
                   OR m.state = 'queued' AND %s)
            GROUP BY c.shipment_id""",
        [list(shipment_ids), queued],
    ).fetchall()
    return {row["shipment_id"]: row["number"] for row in rows}


def case_of(conn: Connection, message_id: int) -> int | None:
    """The case a message belongs to; it never changes."""
    row = conn.execute("SELECT case_id FROM messages WHERE id = %s", [message_id]).fetchone()
    return row["case_id"] if row else None


def by_provider(conn: Connection, provider: str, provider_id: str) -> int | None:
    """The id of the message that the provider calls so."""
    called = [provider, provider_id]
    row = conn.execute(
        """SELECT m.id FROM messages_left l JOIN messages m USING (id)
            WHERE m.provider = %s AND l.provider_id = %s AND m.provider_id = l.provider_id""",
        called,
    ).fetchone()
    if row is None and not unlogged.whole(conn, unlogged.Part.LEFT):
        row = conn.execute(
            "SELECT id FROM messages WHERE provider = %s AND provider_id = %s", called
        ).fetchone()
    return row["id"] if row else None


def case_of_recipient(conn: Connection, spellings: Sequence[str]) -> int | None:
    """The case on which a customer was last written to at this address, by what left the house.

    Where nothing left yet, what is queued counts.
    """
    row = conn.execute(
        """SELECT m.case_id FROM messages m JOIN cases c ON c.id = m.case_id
            WHERE m.audience = 'customer' AND m.recipient = ANY(%s)
            ORDER BY m.state IN ('sending', 'sent', 'delivered', 'unknown') DESC, m.id DESC
            LIMIT 1""",
        [list(spellings)],
    ).fetchone()
    return row["case_id"] if row else None


def open_cases_of(conn: Connection, spellings: Sequence[str]) -> list[int]:
    """Open cases whose customer has this number or address, the newest first; at most five."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            "SELECT id FROM open_cases_with(%s) id ORDER BY id DESC LIMIT 5", [list(spellings)]
        )
        return cursor.fetchall()


class StaffMessage(NamedTuple):
    """A message to somebody at a depot."""

    case_id: int
    idempotency_key: str


def last_to_staff(conn: Connection, spellings: Sequence[str]) -> StaffMessage | None:
    """The last message to a dispatcher at this address."""
    row = conn.execute(
        """SELECT case_id, idempotency_key FROM messages
            WHERE audience = 'dispatcher' AND recipient = ANY(%s) AND topic LIKE 'task-%%'
            ORDER BY id DESC LIMIT 1""",
        [list(spellings)],
    ).fetchone()
    return StaffMessage(**row) if row else None


def calls_of(conn: Connection, person_id: int, most: int) -> list[str]:
    """The `idempotency_key`s of what called somebody for a task, the newest first."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            """SELECT idempotency_key FROM messages WHERE person_id = %s AND topic LIKE 'task-%%'
                ORDER BY id DESC LIMIT %s""",
            [person_id, most],
        )
        return cursor.fetchall()


CALLS_ABOUT: Rows[str] = Rows(
    ("idempotency_key",),
    """SELECT idempotency_key FROM messages
        WHERE case_id = %(case)s AND person_id = %(person)s AND topic = %(topic)s
        ORDER BY id DESC""",
    lambda idempotency_key: idempotency_key,
)
"""The `idempotency_key`s of what called somebody for one thing, the newest first."""


def for_case(conn: Connection, case_id: int) -> list[dict[str, Any]]:
    """All messages of a case, oldest first."""
    rows = conn.execute(
        f"""SELECT id, audience, topic, channel, recipient, fallback_routes, route, subject, text,
                  packed, hint, language, state, why, withdrawn, due_at, attempt, tries, provider,
                  provider_id, not_after, read_at, price, price_unit,
                  created_at, done_at, {REQUEST}
             FROM messages m JOIN message_words ON message_id = id WHERE case_id = %s
            ORDER BY id""",  # noqa: S608 - columns by name
        [case_id],
    ).fetchall()
    return [packed_words.read(row) for row in rows]
