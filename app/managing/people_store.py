"""SQL on people as they are managed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.rows import class_row

from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here."""

    id: int
    name: str
    phone: str | None
    email: str | None
    channels: list[str]
    role: str
    depots: list[int] | None
    """Whose cases they see; None: every depot's."""
    sees: list[str]
    """The slugs of these."""
    shipper: str
    """The slug of the shipper that they are of; empty: of none."""
    language: str
    """The code of what they read and hear; empty for the house's."""


_PERSON = """
SELECT p.id, p.name, p.phone, p.email, p.channels, p.role, p.language,
       CASE WHEN p.role <> 'admin' THEN p.depots END AS depots,
       ARRAY(SELECT slug FROM depots d WHERE d.id = ANY(p.depots) ORDER BY slug) AS sees,
       coalesce((SELECT slug FROM shippers s WHERE s.id = p.shipper_id), '') AS shipper
  FROM people p WHERE p.removed_at IS NULL
"""


def listed(conn: Connection, theirs: Sequence[int] | None) -> list[Person]:
    """Everybody, or whoever sees nothing but cases of these depots, by name."""
    with conn.cursor(row_factory=class_row(Person)) as cursor:
        cursor.execute(
            _PERSON
            + """ AND (%(theirs)s::bigint[] IS NULL
                       OR p.role <> 'admin' AND p.depots <> '{}'
                          AND p.depots <@ %(theirs)s::bigint[])
                ORDER BY p.name, p.id""",
            {"theirs": theirs},
        )
        return cursor.fetchall()


def called_unseeing(conn: Connection, person_id: int) -> list[str]:
    """The depots that call somebody whose cases they would not see, by name."""
    rows = conn.execute(
        """SELECT d.name FROM people p JOIN depots d
               ON d.catch_all_id = p.id OR d.id IN
                  (SELECT depot_id FROM ladder_levels WHERE person_id = p.id
                   UNION
                   SELECT l.depot_id FROM ladder_levels l
                     JOIN rota_shifts s ON s.rota_id = l.rota_id
                     JOIN rota_turns t ON t.shift_id = s.id WHERE t.person_id = p.id)
            WHERE p.id = %s AND p.role <> 'admin' AND NOT d.id = ANY(p.depots)
            ORDER BY d.name""",
        [person_id],
    ).fetchall()
    return [row["name"] for row in rows]


def lock(conn: Connection, person_id: int) -> Person | None:
    """Somebody, locked until the transaction ends."""
    with conn.cursor(row_factory=class_row(Person)) as cursor:
        cursor.execute(_PERSON + " AND p.id = %s FOR UPDATE OF p", [person_id])
        return cursor.fetchone()


def update(
    conn: Connection,
    person_id: int,
    name: str,
    phone: str | None,
    email: str | None,
    channels: Sequence[str],
    language: str,
) -> None:
    """Let somebody be called so, and reached so.

    Raises:
        psycopg.errors.UniqueViolation: somebody else has this e-mail address.
    """
    conn.execute(
        """UPDATE people SET name = %s, phone = %s, email = %s, channels = %s, language = %s
            WHERE id = %s""",
        [name, phone, email, list(channels), language, person_id],
    )


def let_reach(conn: Connection, person_id: int, channel: str) -> None:
    """Let somebody be reached by this channel as well."""
    conn.execute(
        """UPDATE people SET channels = array_append(channels, %(channel)s)
            WHERE id = %(id)s AND NOT %(channel)s = ANY(channels)""",
        {"id": person_id, "channel": channel},
    )


def let_not_reach(conn: Connection, person_id: int, channel: str) -> None:
    """Let somebody be reached by this channel no more."""
    conn.execute(
        "UPDATE people SET channels = array_remove(channels, %s) WHERE id = %s",
        [channel, person_id],
    )


def speak(conn: Connection, person_id: int, language: str) -> None:
    """Let somebody be written to and called in this language."""
    conn.execute("UPDATE people SET language = %s WHERE id = %s", [language, person_id])


def depots(conn: Connection, theirs: Sequence[int] | None) -> list[tuple[int, str, str]]:
    """`(id, slug, name)` of all depots, or of these, by name."""
    rows = conn.execute(
        """SELECT id, slug, name FROM depots
            WHERE %(theirs)s::bigint[] IS NULL OR id = ANY(%(theirs)s) ORDER BY name""",
        {"theirs": theirs},
    ).fetchall()
    return [(row["id"], row["slug"], row["name"]) for row in rows]
