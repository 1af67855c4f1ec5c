"""SQL on what is gathered for a person, so that it leaves as one message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from psycopg.rows import scalar_row, tuple_row

from app.db.connection import Connection


class Turn(NamedTuple):
    """Whom something is said to, by which channel, and what kind of thing."""

    person_id: int
    channel: str
    kind: str


def turns(
    conn: Connection, wanted: Mapping[Turn, int], within: timedelta, now: datetime
) -> dict[Turn, datetime]:
    """When each may be said: now, or together with what comes meanwhile.

    `wanted` says whose news it is, the id of a courier account: one call for another account does
    not wait either; 0 where even that waits. The rows stay locked until the transaction ends, so
    that of two that call the same person the second one sees the first.
    """
    rows = [(*turn, account_id) for turn, account_id in sorted(wanted.items())]
    with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """INSERT INTO staff_calls AS c (person_id, channel, kind, account_id, due_at, said)
               SELECT w.*, %(now)s, %(now)s
                 FROM unnest(%(p)s::bigint[], %(c)s::text[], %(k)s::text[], %(a)s::bigint[]) AS w
                   ON CONFLICT (person_id, channel, kind) DO UPDATE SET
                      (due_at, account_id, another, said) = (SELECT
                          CASE WHEN quiet THEN excluded.due_at WHEN other THEN c.due_at
                               ELSE c.due_at + later END,
                          CASE WHEN quiet THEN excluded.account_id ELSE c.account_id END,
                          CASE WHEN quiet THEN false ELSE c.another OR other END,
                          CASE WHEN quiet OR other THEN excluded.due_at ELSE c.due_at + later END
                        FROM (SELECT c.due_at + %(within)s <= excluded.due_at AS quiet,
                                     c.due_at <= excluded.due_at AND NOT c.another
                                     AND excluded.account_id NOT IN (0, c.account_id) AS other,
                                     -- what was due this very second has left already
                                     CASE WHEN c.due_at > excluded.due_at + interval '2 seconds'
                                          THEN interval '0'
                                          ELSE %(within)s::interval END AS later) AS judged)
               RETURNING person_id, channel, kind, said""",
            {"now": now, "within": within}
            | dict(zip("pcka", map(list, zip(*rows, strict=True)), strict=True)),
        )
        return {Turn(*row[:3]): row[3] for row in cursor.fetchall()}


def lock_further(
    conn: Connection, pairs: Sequence[tuple[int, str]], without: Sequence[int], now: datetime
) -> list[int]:
    """Lock what else is due to these people by these channels; the ids."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            """SELECT m.id FROM message_queue q JOIN messages m USING (id)
                WHERE (q.person_id, q.channel) IN
                      (SELECT * FROM unnest(%s::bigint[], %s::text[]))
                  AND q.state = 'queued' AND q.gathers AND m.state = 'queued'
                  AND m.wake_at <= %s AND m.id <> ALL(%s)
                ORDER BY m.id LIMIT 1000 FOR NO KEY UPDATE OF m SKIP LOCKED""",
            [
                [person for person, _ in pairs],
                [channel for _, channel in pairs],
                now,
                list(without),
            ],
        )
        return cursor.fetchall()


class Bundle(NamedTuple):
    """A message that stands for several."""

    members: Sequence[int]
    not_after: datetime | None
    must_ring: bool


def put_together(conn: Connection, bundle: Bundle, topic: str, why: str, now: datetime) -> int:
    """Let one new message stand for these, which are locked; they go no more by themselves.

    It goes where the first of them would have gone, and belongs to no case.
    """
    row = conn.execute(
        """WITH bundle AS (
               INSERT INTO messages (case_id, audience, topic, idempotency_key, channel, recipient,
                   fallback_routes, needs_case, not_after, due_at, created_at, request_id,
                   account_id, person_id, must_ring, language)
               SELECT 0, audience, %(topic)s, 'bundle-' || id, channel, recipient,
                      fallback_routes, 'none', %(not_after)s, due_at, %(now)s, request_id,
                      account_id, person_id, %(must_ring)s, language
                 FROM messages WHERE id = %(first)s
               RETURNING id), words AS (
               INSERT INTO message_words (message_id, packed, subject, text)
               SELECT bundle.id, packed, subject, text
                 FROM bundle JOIN message_words ON message_id = %(first)s)
           UPDATE messages m SET state = 'suppressed', why = %(why)s, done_at = %(now)s,
                  bundle_id = bundle.id
             FROM bundle WHERE m.id = ANY(%(members)s) RETURNING m.bundle_id""",
        {
            "topic": topic,
            "not_after": bundle.not_after,
            "must_ring": bundle.must_ring,
            "first": bundle.members[0],
            "members": list(bundle.members),
            "why": why,
            "now": now,
        },
    ).fetchone()
    if row is None:
        raise LookupError(f"message {bundle.members[0]} vanished")
    return int(row["bundle_id"])


class Held(NamedTuple):
    """What a bundle stands for: the id of its first way, and the idempotency keys."""

    id: int
    keys: Sequence[str]


def members(conn: Connection, message_ids: Sequence[int]) -> dict[int, Held]:
    """What each of these bundles stands for, oldest first.

    One that goes another way stands for what it stood for before.
    """
    rows = conn.execute(
        """SELECT b.id, f.id AS first, array_agg(m.idempotency_key ORDER BY m.id) AS keys
             FROM messages b
             JOIN messages f ON f.idempotency_key =
                  regexp_replace(b.idempotency_key, '^(bundle-\\d+):.*$', '\\1')
             JOIN messages m ON m.bundle_id = f.id
            WHERE b.id = ANY(%s) GROUP BY b.id, f.id""",
        [list(message_ids)],
    ).fetchall()
    found = {row["id"]: Held(row["first"], row["keys"]) for row in rows}
    return {message_id: found.get(message_id, Held(message_id, [])) for message_id in message_ids}


def write(
    conn: Connection,
    message_id: int,
    subject: str,
    text: str,
    spoken: str | None,
    hint: str | None,
) -> None:
    """Let this message say that."""
    conn.execute(
        """UPDATE message_words SET packed = NULL, subject = %s, text = %s, spoken = %s, hint = %s
            WHERE message_id = %s""",
        [subject, text, spoken, hint, message_id],
    )


def ringing(conn: Connection, case_id: int, topic: str) -> list[int]:
    """The calls and alarms that stand for this among others and may ring at this moment."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            """SELECT DISTINCT b.id FROM messages m JOIN messages b ON b.id = m.bundle_id
                WHERE m.case_id = %s AND m.topic = %s
                  AND (b.channel = 'voice' OR b.channel = 'chat' AND b.provider_id <> '')
                  AND b.state IN ('sending', 'sent') AND b.recall IS NULL ORDER BY b.id""",
            [case_id, topic],
        )
        return cursor.fetchall()


def recall(conn: Connection, message_id: int, why: str) -> None:
    """Let this call ring no more, nor go another way."""
    conn.execute(
        """UPDATE messages SET withdrawn = %s, recall = 'wanted'
            WHERE id = %s AND state IN ('sending', 'sent')""",
        [why, message_id],
    )


def of_person(conn: Connection, person_id: int, topic: str, most: int) -> list[int]:
    """The text messages to somebody that stood for several, the newest first."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            """SELECT id FROM messages WHERE person_id = %s AND topic = %s AND channel = 'sms'
                  AND state IN ('sending', 'sent', 'delivered', 'unknown')
                ORDER BY id DESC LIMIT %s""",
            [person_id, topic, most],
        )
        return cursor.fetchall()
