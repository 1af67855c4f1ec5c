"""SQL of the lane in which providers are asked to forget: their own ids of messages, no more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg.rows import class_row

from app.db.connection import Connection


class Copy(NamedTuple):
    """What a provider has: under which id of its own, of which channel."""

    id: int
    provider: str
    channel: str
    ref: str
    tries: int


def ask(conn: Connection, copies: Sequence[tuple[str, str, str]], now: datetime) -> None:
    """Have `(provider, channel, ref)` forgotten; what was asked before is not asked again."""
    conn.cursor().executemany(
        """INSERT INTO provider_erasures (provider, channel, ref, due_at) VALUES (%s, %s, %s, %s)
               ON CONFLICT (provider, ref) DO NOTHING""",
        [(*copy, now) for copy in copies],
    )


def take(
    conn: Connection, limit: int, now: datetime, machine_now: datetime, lease: datetime
) -> list[Copy]:
    """Copies whose provider is to be asked now; nobody else takes them until the lease ends."""
    with conn.cursor(row_factory=class_row(Copy)) as cursor:
        return cursor.execute(
            """UPDATE provider_erasures SET lease_until = %(lease)s, tries = tries + 1
                WHERE id = ANY(ARRAY(
                      SELECT id FROM provider_erasures
                       WHERE state = 'waiting' AND due_at <= %(now)s
                         AND (lease_until IS NULL OR lease_until < %(machine)s)
                       ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
            RETURNING id, provider, channel, ref, tries""",
            {"limit": limit, "now": now, "machine": machine_now, "lease": lease},
        ).fetchall()


def forgotten(conn: Connection, copy_id: int, now: datetime) -> None:
    """The provider has its words no more."""
    conn.execute(
        """UPDATE provider_erasures SET state = 'forgotten', done_at = %s, lease_until = NULL
            WHERE id = %s""",
        [now, copy_id],
    )


def again(conn: Connection, copy_id: int, why: str, due_at: datetime) -> None:
    """It could not be done yet."""
    conn.execute(
        """UPDATE provider_erasures SET due_at = %s, why = %s, lease_until = NULL WHERE id = %s""",
        [due_at, why, copy_id],
    )


def give_up(conn: Connection, copy_id: int, why: str, now: datetime) -> None:
    """It cannot be done; a person has to ask."""
    conn.execute(
        """UPDATE provider_erasures SET state = 'given_up', why = %s, done_at = %s,
                  lease_until = NULL WHERE id = %s""",
        [why, now, copy_id],
    )


def counts(conn: Connection) -> dict[str, dict[str, int]]:
    """How many copies are waiting, forgotten and given up, by provider."""
    found: dict[str, dict[str, int]] = {}
    rows = conn.execute(
        "SELECT provider, state, count(*) AS n FROM provider_erasures GROUP BY 1, 2 ORDER BY 1, 2"
    )
    for row in rows:
        found.setdefault(row["provider"], {})[row["state"]] = row["n"]
    return found
