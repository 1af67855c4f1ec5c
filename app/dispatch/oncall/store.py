"""SQL on a depot, as far as it decides who is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

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


class Callable(NamedTuple):
    """Somebody whom a depot's ladder may name."""

    id: int
    name: str
    reachable: bool


def callable_at(conn: Connection, depot_id: int) -> list[Callable]:
    """Whoever sees this depot's cases or is called for them already, by name."""
    rows = conn.execute(
        """SELECT p.id, p.name, coalesce(p.phone, p.email) IS NOT NULL AS reachable
             FROM people p
            WHERE p.removed_at IS NULL
              AND (p.role = 'admin' OR p.depots IS NULL OR %(depot)s = ANY(p.depots)
                   OR p.id IN (SELECT person_id FROM ladder_levels WHERE depot_id = %(depot)s
                               UNION SELECT catch_all_id FROM depots WHERE id = %(depot)s))
            ORDER BY p.name, p.id""",
        {"depot": depot_id},
    ).fetchall()
    return [Callable(**row) for row in rows]


def rotas_at(conn: Connection, depot_id: int) -> list[tuple[str, str]]:
    """`(slug, name)` of the rotas of a depot, and of those that its ladder names."""
    rows = conn.execute(
        """SELECT slug, name FROM rotas
            WHERE depot_id = %(depot)s
               OR id IN (SELECT rota_id FROM ladder_levels WHERE depot_id = %(depot)s)
            ORDER BY name, id""",
        {"depot": depot_id},
    ).fetchall()
    return [(row["slug"], row["name"]) for row in rows]


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
