"""SQL on a depot, as far as it decides who is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from app.channels.gathering import TOPIC
from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Depot:
    """A depot, with what calls for it depend on."""

    id: int
    slug: str
    name: str
    zone: str
    country: str
    """Of the shipper, for numbers without a prefix; the depot's own where it has no account."""
    policy_id: int | None
    in_charge: int
    """The person who is its last level."""


_DEPOT = """SELECT d.id, d.slug, d.name, d.timezone AS zone, d.catch_all_id AS in_charge,
                  coalesce(s.country, d.country) AS country, s.policy_id
             FROM depots d LEFT JOIN LATERAL (
                  SELECT s.country, s.policy_id FROM courier_accounts a
                    JOIN shippers s ON s.id = a.shipper_id
                   WHERE a.depot_id = d.id ORDER BY a.id LIMIT 1) s ON true"""


def depot(conn: Connection, slug: str) -> Depot | None:
    """A depot by slug; None if there is none."""
    with conn.cursor(row_factory=class_row(Depot)) as cursor:
        return cursor.execute(_DEPOT + " WHERE d.slug = %s", [slug]).fetchone()


def depots(conn: Connection) -> list[Depot]:
    """All depots, by name."""
    with conn.cursor(row_factory=class_row(Depot)) as cursor:
        return cursor.execute(_DEPOT + " ORDER BY d.name, d.id").fetchall()


def calls(conn: Connection, people: Sequence[int], since: datetime) -> dict[int, int]:
    """How often each of these was called since then.

    By several ways at once is one call, and one about several parcels is one call as well: it is
    known by the first of them. What only tells somebody something is none.
    """
    rows = conn.execute(
        r"""SELECT p.id, count(DISTINCT substring(coalesce(f.idempotency_key, m.key)
                                                 from '^task-\d+:[^:]+')) AS n
             FROM unnest(%s::bigint[]) AS p(id)
             JOIN LATERAL (SELECT idempotency_key AS key, topic, state, created_at FROM messages
                            WHERE person_id = p.id ORDER BY id DESC LIMIT 2000) m
               ON m.created_at > %s AND m.state NOT IN ('queued', 'suppressed')
              AND (m.topic = %s OR m.key ~ '^task-\d+:\d+\.')
             LEFT JOIN messages f
               ON m.topic = %s AND f.id = substring(m.key from '^bundle-(\d+)')::bigint
            GROUP BY p.id""",
        [list(people), since, TOPIC, TOPIC],
    ).fetchall()
    return {row["id"]: row["n"] for row in rows}
