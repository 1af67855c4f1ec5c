"""SQL on where people and depots are written to beside number and mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from psycopg.rows import class_row, tuple_row

from app.db.connection import Connection


class Owner(NamedTuple):
    """Whose an endpoint is: a person's, or else a depot's."""

    person_id: int | None = None
    depot_id: int | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint as people see it, and what became of the last message to it."""

    id: int
    channel: str
    service: str
    label: str
    state: str | None
    """None: nothing was ever sent there."""
    why: str | None
    at: datetime | None

    @property
    def recipient(self) -> str:
        """How messages name it."""
        return f"{self.service}-{self.id}"


_ENDPOINT = """SELECT e.id, e.channel, e.service, e.label, m.state, m.why,
                      coalesce(m.done_at, m.created_at) AS at
                 FROM staff_endpoints e LEFT JOIN LATERAL (
                      SELECT state, why, done_at, created_at FROM messages
                       WHERE recipient = e.service || '-' || e.id AND audience = 'dispatcher'
                       ORDER BY id DESC LIMIT 1) m ON true
                WHERE (e.person_id = %s OR e.depot_id = %s)"""


def of(conn: Connection, owner: Owner) -> list[Endpoint]:
    """All of them, the oldest first."""
    with conn.cursor(row_factory=class_row(Endpoint)) as cursor:
        return cursor.execute(_ENDPOINT + " ORDER BY e.id", owner).fetchall()


def find(conn: Connection, owner: Owner, endpoint_id: int) -> Endpoint | None:
    """One of them by id."""
    with conn.cursor(row_factory=class_row(Endpoint)) as cursor:
        return cursor.execute(_ENDPOINT + " AND e.id = %s", [*owner, endpoint_id]).fetchone()


def add(
    conn: Connection,
    owner: Owner,
    channel: str,
    service: str,
    label: str,
    sealed: bytes,
    now: datetime,
) -> int:
    """Add one; its id."""
    row = conn.execute(
        """INSERT INTO staff_endpoints
               (person_id, depot_id, channel, service, label, sealed, created_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id""",
        [*owner, channel, service, label, sealed, now],
    ).fetchone()
    if row is None:
        raise LookupError("an INSERT returned no row")
    return int(row["id"])


def remove(conn: Connection, endpoint_id: int) -> None:
    """Take one away: nothing more goes there."""
    conn.execute("DELETE FROM staff_endpoints WHERE id = %s", [endpoint_id])


class Taken(NamedTuple):
    """An endpoint of a person that was taken away."""

    person_id: int
    name: str
    depots: list[int] | None
    channel: str
    label: str


def take_from_person(conn: Connection, endpoint_id: int) -> Taken | None:
    """Take one away that is a person's; None when there is none."""
    with conn.cursor(row_factory=class_row(Taken)) as cursor:
        cursor.execute(
            """DELETE FROM staff_endpoints e USING people p
                WHERE e.id = %s AND p.id = e.person_id
            RETURNING p.id AS person_id, p.name, p.depots, e.channel, e.label""",
            [endpoint_id],
        )
        return cursor.fetchone()


def sealed(conn: Connection, recipients: Sequence[str]) -> dict[str, bytes]:
    """The sealed addresses of these, by how messages name them."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """SELECT service || '-' || id, sealed FROM staff_endpoints
                WHERE id IN (SELECT substring(r from '-(\\d{1,18})$')::bigint
                               FROM unnest(%s::text[]) AS r)""",
            [list(recipients)],
        )
        return {recipient: bytes(address) for recipient, address in cursor.fetchall()}
