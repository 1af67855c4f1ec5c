"""SQL on courier accounts as they are managed; of their secrets only that there are any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import class_row

from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Account:
    """A courier's connection to us."""

    id: int
    slug: str
    courier: str
    shipper_id: int
    shipper: str
    depot_id: int
    depot: str
    timezone: str
    config: dict[str, Any]
    rules: dict[str, Any]
    terms: dict[str, Any]
    """What customers may choose, and what is charged for it."""
    connector: str | None


@dataclass(frozen=True, slots=True)
class Heard:
    """What came from a courier lately."""

    last_at: datetime | None
    refused: int
    """Webhooks of the last seven days that were not believed."""
    quarantined: int
    """Authentic bodies that could not be read, and still wait."""


_ACCOUNT = """
SELECT a.id, a.slug, a.courier, a.shipper_id, s.slug AS shipper, a.depot_id, d.slug AS depot,
       a.timezone, a.config, a.return_rules AS rules, a.terms, a.connector
  FROM courier_accounts a JOIN shippers s ON s.id = a.shipper_id JOIN depots d ON d.id = a.depot_id
"""


def listed(conn: Connection) -> list[Account]:
    """All of them, by slug."""
    with conn.cursor(row_factory=class_row(Account)) as cursor:
        cursor.execute(_ACCOUNT + " ORDER BY a.slug")
        return cursor.fetchall()


def lock(conn: Connection, slug: str) -> Account | None:
    """One, locked until the transaction ends."""
    with conn.cursor(row_factory=class_row(Account)) as cursor:
        cursor.execute(_ACCOUNT + " WHERE a.slug = %s FOR UPDATE OF a", [slug])
        return cursor.fetchone()


def heard(conn: Connection, now: datetime) -> dict[int, Heard]:
    """What came lately, by account."""
    rows = conn.execute(
        """SELECT a.id, r.last_at, coalesce(f.refused, 0)::int AS refused,
                  coalesce(q.quarantined, 0) AS quarantined
             FROM courier_accounts a
             LEFT JOIN courier_rhythms r ON r.account_id = a.id
             LEFT JOIN (SELECT account, sum(count) AS refused FROM refusals
                         WHERE day > %s GROUP BY account) f ON f.account = a.slug
             LEFT JOIN (SELECT account_id, count(*) AS quarantined FROM courier_events
                         WHERE outcome = 'quarantined' GROUP BY account_id) q
                    ON q.account_id = a.id""",
        [(now - timedelta(days=7)).date()],
    )
    return {row["id"]: Heard(row["last_at"], row["refused"], row["quarantined"]) for row in rows}


def shippers(conn: Connection) -> list[tuple[int, str, str]]:
    """`(id, slug, name)` of all shippers, by name."""
    rows = conn.execute("SELECT id, slug, name FROM shippers ORDER BY name, id").fetchall()
    return [(row["id"], row["slug"], row["name"]) for row in rows]
