"""SQL on a depot, as far as it decides who is called."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg.rows import class_row

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
