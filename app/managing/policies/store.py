"""SQL on shippers and the policies of their new cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Shipper:
    """A shipper and the policy that its new cases run by."""

    id: int
    slug: str
    name: str
    policy_id: int
    policy: str
    since: datetime
    body: dict[str, Any]


_SHIPPER = """
SELECT s.id, s.slug, s.name, p.id AS policy_id, p.name AS policy, p.created_at AS since, p.body
  FROM shippers s JOIN policies p ON p.id = s.policy_id
"""


def listed(conn: Connection) -> list[Shipper]:
    """All shippers, by name."""
    with conn.cursor(row_factory=class_row(Shipper)) as cursor:
        cursor.execute(_SHIPPER + " ORDER BY s.name, s.id")
        return cursor.fetchall()


def lock(conn: Connection, slug: str) -> Shipper | None:
    """One, locked until the transaction ends."""
    with conn.cursor(row_factory=class_row(Shipper)) as cursor:
        cursor.execute(_SHIPPER + " WHERE s.slug = %s FOR NO KEY UPDATE OF s", [slug])
        return cursor.fetchone()


def version(conn: Connection, shipper_id: int, policy_id: int) -> dict[str, Any] | None:
    """The body of a policy that this shipper has or had."""
    row = conn.execute(
        """SELECT body FROM policies WHERE id = %(policy)s AND (
               EXISTS (SELECT FROM shippers WHERE id = %(shipper)s AND policy_id = %(policy)s)
               OR EXISTS (SELECT FROM setup_changes
                           WHERE kind = 'policy' AND subject_id = %(shipper)s
                             AND %(policy)s::text IN (before->>'version', after->>'version')))""",
        {"policy": policy_id, "shipper": shipper_id},
    ).fetchone()
    return row["body"] if row else None
