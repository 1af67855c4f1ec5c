"""SQL on shippers, depots, ladders and people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg import Cursor
from psycopg.types.json import Jsonb

from app.db.connection import Connection
from app.db.together import Rows, first
from app.directory.model import Person


def shipper_id(conn: Connection, slug: str) -> int | None:
    """A shipper's id by slug."""
    row = conn.execute("SELECT id FROM shippers WHERE slug = %s", [slug]).fetchone()
    return row["id"] if row else None


def put_shipper(
    conn: Connection,
    slug: str,
    name: str,
    country: str,
    policy_id: int,
    now: datetime,
    *,
    email: str | None = None,
    phone: str | None = None,
) -> int:
    """Insert a shipper, or give the one with this slug this policy; its id."""
    return _id(
        conn.execute(
            """INSERT INTO shippers (slug, name, email, phone, country, policy_id, created_at)
               VALUES (%s, %s, %s, %s, %s, %s, %s)
               ON CONFLICT (slug) DO UPDATE SET policy_id = excluded.policy_id RETURNING id""",
            [slug, name, email, phone, country, policy_id, now],
        )
    )


def country_of(conn: Connection, shipper_id: int) -> str:
    """A shipper's country, for numbers that are written without one."""
    row = conn.execute("SELECT country FROM shippers WHERE id = %s", [shipper_id]).fetchone()
    return str(row["country"]) if row else ""


def set_shipper_email(conn: Connection, shipper_id: int, email: str) -> None:
    """Let a shipper be written to at this address."""
    conn.execute("UPDATE shippers SET email = %s WHERE id = %s", [email, shipper_id])


def set_shipper_policy(conn: Connection, slug: str, policy_id: int) -> bool:
    """Let a shipper's new cases run by this policy; False: there is no such shipper."""
    done = conn.execute("UPDATE shippers SET policy_id = %s WHERE slug = %s", [policy_id, slug])
    return bool(done.rowcount)


def policy_id(conn: Connection, shipper_id: int) -> int:
    """The policy of a shipper's new cases."""
    return _id(conn.execute("SELECT policy_id AS id FROM shippers WHERE id = %s", [shipper_id]))


def shipper_policy(conn: Connection, slug: str) -> dict[str, Any] | None:
    """The policy of a shipper's new cases; None if there is no such shipper."""
    row = conn.execute(
        """SELECT p.body FROM shippers s JOIN policies p ON p.id = s.policy_id
            WHERE s.slug = %s""",
        [slug],
    ).fetchone()
    return row["body"] if row else None


def depot_id(conn: Connection, slug: str) -> int | None:
    """A depot's id by slug."""
    row = conn.execute("SELECT id FROM depots WHERE slug = %s", [slug]).fetchone()
    return row["id"] if row else None


def add_depot(
    conn: Connection,
    slug: str,
    name: str,
    timezone: str,
    country: str,
    catch_all_id: int,
    now: datetime,
    *,
    region: str | None = None,
    address: str = "",
    phone: str | None = None,
) -> int:
    """Insert a depot; its id."""
    return _id(
        conn.execute(
            """INSERT INTO depots (slug, name, timezone, country, region, address, phone,
                                   catch_all_id, created_at)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id""",
            [slug, name, timezone, country, region, address, phone, catch_all_id, now],
        )
    )


def add_level(
    conn: Connection, depot_slug: str, level: int, person_id: int, wait: timedelta
) -> bool:
    """Let somebody be called at this level of a depot's ladder; False: there is no such depot."""
    done = conn.execute(
        """INSERT INTO ladder_levels (depot_id, level, person_id, wait)
           SELECT id, %s, %s, %s FROM depots WHERE slug = %s""",
        [level, person_id, wait, depot_slug],
    )
    return bool(done.rowcount)


def lock_depot(conn: Connection, slug: str) -> tuple[int, str] | None:
    """A depot's id and name, locked until the transaction ends; None if there is no such depot."""
    row = conn.execute("SELECT id, name FROM depots WHERE slug = %s FOR UPDATE", [slug]).fetchone()
    return (row["id"], row["name"]) if row else None


def clear_ladder(conn: Connection, depot_id: int, catch_all_id: int) -> None:
    """Take all levels off a depot's ladder, and let this person be its last one."""
    conn.execute("DELETE FROM ladder_levels WHERE depot_id = %s", [depot_id])
    conn.execute("UPDATE depots SET catch_all_id = %s WHERE id = %s", [catch_all_id, depot_id])


def add_rung(
    conn: Connection,
    depot_id: int,
    level: int,
    *,
    wait: timedelta,
    called: str,
    ways: Sequence[Mapping[str, Any]],
    people: Sequence[int],
    rotas: Sequence[int],
    everyone: bool,
) -> None:
    """Let these be called at a level."""
    whom = [(person, None, False) for person in people] + [(None, rota, False) for rota in rotas]
    with conn.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO ladder_levels (depot_id, level, wait, called, ways, person_id, rota_id,
                                          everyone)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
            [
                [depot_id, level, wait, called, Jsonb(list(ways)), *one]
                for one in [*whom, *([(None, None, True)] if everyone else [])]
            ],
        )


def person_id(conn: Connection, email: str) -> int | None:
    """Somebody's id by e-mail address."""
    row = conn.execute(
        "SELECT id FROM people WHERE email = %s AND removed_at IS NULL", [email]
    ).fetchone()
    return row["id"] if row else None


def add_person(
    conn: Connection,
    name: str,
    phone: str | None,
    email: str | None,
    channels: Sequence[str],
    now: datetime,
) -> int | None:
    """Insert somebody; their id, None if somebody has this e-mail address already."""
    row = conn.execute(
        """INSERT INTO people (name, phone, email, channels, created_at)
           VALUES (%s, %s, %s, %s, %s) ON CONFLICT (email) DO NOTHING RETURNING id""",
        [name, phone, email, list(channels), now],
    ).fetchone()
    return row["id"] if row else None


def ladder(conn: Connection, depot_id: int) -> list[dict[str, Any]]:
    """Who stands on a depot's ladder, level by level; the catch-all is the last row.

    Of a level that names a rota, or everyone, the person's columns are NULL. Only the last row
    says what the depot is called, and its own endpoints.
    """
    return conn.execute(
        """SELECT l.level, l.wait, l.called, l.ways, l.rota_id, l.everyone,
                  p.id, p.name, p.phone, p.email, p.channels, p.language,
                  endpoints_of(p.id, NULL) AS endpoints, NULL AS depot, NULL AS of_depot
             FROM ladder_levels l LEFT JOIN people p ON p.id = l.person_id
            WHERE l.depot_id = %(id)s
            UNION ALL
           SELECT NULL, NULL, 'always', '[]', NULL, false,
                  p.id, p.name, p.phone, p.email, p.channels, p.language,
                  endpoints_of(p.id, NULL), d.name, endpoints_of(NULL, d.id)
             FROM depots d JOIN people p ON p.id = d.catch_all_id WHERE d.id = %(id)s
            ORDER BY 1 NULLS LAST, 7, 5""",
        {"id": depot_id},
    ).fetchall()


PERSON = Rows(
    ("id", "name", "phone", "email", "channels", "endpoints", "language", "admin"),
    """SELECT id, name, phone, email, channels, endpoints_of(id, NULL) AS endpoints, language,
              role = 'admin' AS admin
         FROM people
        WHERE id = %(person)s AND removed_at IS NULL""",
    Person,
)
"""Somebody by id."""


def person(conn: Connection, person_id: int) -> Person | None:
    """Somebody by id."""
    return first(PERSON.read(conn, person=person_id))


def person_at(conn: Connection, address: str) -> Person | None:
    """Who is called at this number (E.164) or e-mail address, however it was written down."""
    row = conn.execute(
        r"""SELECT p.id, p.name, p.phone, p.email, p.channels, p.language,
                  endpoints_of(p.id, NULL) AS endpoints FROM people p,
                  LATERAL (SELECT ltrim(regexp_replace(p.phone, '\D', '', 'g'), '0') AS digits) d
            WHERE p.removed_at IS NULL AND p.role <> 'shipper'
              AND (lower(p.email) = lower(%(at)s)
                   -- one that is written without its country ends the same
                   OR length(d.digits) >= 7 AND %(at)s LIKE '+%%'
                      AND right(%(at)s, length(d.digits)) = d.digits)
            ORDER BY p.id LIMIT 1""",
        {"at": address.strip()},
    ).fetchone()
    return as_person(row) if row else None


def named(conn: Connection, name: str) -> list[Person]:
    """Everybody of this name who can be called."""
    rows = conn.execute(
        """SELECT id, name, phone, email, channels, endpoints_of(id, NULL) AS endpoints, language
             FROM people
            WHERE name = %s AND removed_at IS NULL AND role <> 'shipper' ORDER BY id""",
        [name],
    ).fetchall()
    return [as_person(row) for row in rows]


def people_known_by(conn: Connection, written: str) -> list[Person]:
    """Everybody whose e-mail address this is, or whose number ends in it or it in theirs."""
    rows = conn.execute(
        r"""SELECT p.id, p.name, p.phone, p.email, p.channels, p.language,
                  endpoints_of(p.id, NULL) AS endpoints FROM people p,
                  LATERAL (SELECT ltrim(regexp_replace(p.phone, '\D', '', 'g'), '0') AS digits) d,
                  LATERAL (SELECT ltrim(regexp_replace(%(at)s, '\D', '', 'g'), '0') AS digits) w
            WHERE p.removed_at IS NULL
              AND CASE WHEN %(at)s LIKE '%%@%%' THEN lower(p.email) = lower(%(at)s)
                  ELSE least(length(d.digits), length(w.digits)) >= 7
                       AND (right(d.digits, length(w.digits)) = w.digits
                            OR right(w.digits, length(d.digits)) = d.digits) END
            ORDER BY p.id""",
        {"at": written.strip()},
    ).fetchall()
    return [as_person(row) for row in rows]


def lock_rung_again(conn: Connection, person_ids: Sequence[int]) -> dict[int, list[datetime]]:
    """When these people were called again lately; their rows stay locked by this transaction."""
    rows = conn.execute(
        """SELECT id, rung_again FROM people WHERE id = ANY(%s)
            ORDER BY id FOR NO KEY UPDATE""",
        [list(person_ids)],
    ).fetchall()
    return {row["id"]: row["rung_again"] for row in rows}


def set_rung_again(conn: Connection, calls: Mapping[int, Sequence[datetime]]) -> None:
    """Remember when these people were called again lately."""
    with conn.cursor() as cursor:
        cursor.executemany(
            "UPDATE people SET rung_again = %s WHERE id = %s",
            [(list(at), person_id) for person_id, at in calls.items()],
        )


def _id(cursor: Cursor[dict[str, Any]]) -> int:
    row = cursor.fetchone()
    assert row is not None  # noqa: S101 - RETURNING gives a row
    return int(row["id"])


def as_person(row: dict[str, Any]) -> Person:
    """The person that a row's columns are about."""
    columns = ("id", "name", "phone", "email", "channels", "endpoints", "language")
    return Person(*(row[column] for column in columns))


def people(conn: Connection) -> list[dict[str, Any]]:
    """Everybody who can be called, by name: `id, name, phone, email, role, sees, ladders`."""
    return conn.execute(
        """SELECT p.id, p.name, p.phone, p.email, p.role,
                  CASE WHEN p.role = 'shipper'
                       THEN (SELECT slug FROM shippers WHERE id = p.shipper_id)
                       WHEN p.depots IS NULL OR p.role = 'admin' THEN 'every depot'
                       ELSE coalesce((SELECT string_agg(slug, ', ' ORDER BY slug) FROM depots
                                       WHERE id = ANY(p.depots)), 'no depot') END AS sees,
                  ARRAY(SELECT d.slug || ' level ' || l.level FROM ladder_levels l
                          JOIN depots d ON d.id = l.depot_id WHERE l.person_id = p.id
                         UNION ALL
                        SELECT 'rota ' || r.slug FROM rotas r
                         WHERE EXISTS (SELECT FROM rota_shifts s JOIN rota_turns t
                                           ON t.shift_id = s.id
                                        WHERE s.rota_id = r.id AND t.person_id = p.id)
                         UNION ALL
                        SELECT slug || ' catch-all' FROM depots WHERE catch_all_id = p.id
                         ORDER BY 1) AS ladders
             FROM people p WHERE p.removed_at IS NULL ORDER BY p.name, p.id"""
    ).fetchall()


def everybody(conn: Connection) -> list[Person]:
    """Everybody who can be called, by name."""
    rows = conn.execute(
        """SELECT id, name, phone, email, channels, endpoints_of(id, NULL) AS endpoints, language
             FROM people WHERE removed_at IS NULL AND role <> 'shipper' ORDER BY name, id"""
    )
    return [as_person(row) for row in rows]


def catch_all_of(conn: Connection, person_id: int) -> list[str]:
    """The depots whose last level this person is."""
    rows = conn.execute(
        "SELECT slug FROM depots WHERE catch_all_id = %s ORDER BY slug", [person_id]
    ).fetchall()
    return [row["slug"] for row in rows]


def remove_person(conn: Connection, person_id: int, now: datetime) -> None:
    """Take somebody off every ladder and forget how to reach them; their name stays in stories."""
    conn.execute("DELETE FROM ladder_levels WHERE person_id = %s", [person_id])
    conn.execute("DELETE FROM staff_endpoints WHERE person_id = %s", [person_id])
    conn.execute("DELETE FROM passwords WHERE person_id = %s", [person_id])
    conn.execute(
        "UPDATE people SET removed_at = %s, phone = NULL, email = NULL WHERE id = %s",
        [now, person_id],
    )
