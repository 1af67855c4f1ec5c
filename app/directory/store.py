"""SQL on shippers, depots, people and courier accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from app.db.connection import Connection


class Person(NamedTuple):
    """Somebody who can be called."""

    id: int
    name: str
    phone: str | None
    email: str | None
    channels: list[str]


class Level(NamedTuple):
    """One rung of a ladder: who is called, and how long they have to acknowledge."""

    people: list[Person]
    wait: timedelta
    catch_all: bool


def account(conn: Connection, slug: str) -> dict[str, Any] | None:
    """A courier account's row; None if there is none."""
    return conn.execute("SELECT * FROM courier_accounts WHERE slug = %s", [slug]).fetchone()


def accounts(conn: Connection) -> list[dict[str, Any]]:
    """All courier accounts without their secrets, by slug."""
    return conn.execute(
        """SELECT a.id, a.slug, a.courier, a.timezone, a.shipper_id, s.slug AS shipper, a.depot_id,
                  d.slug AS depot FROM courier_accounts a
             JOIN shippers s ON s.id = a.shipper_id JOIN depots d ON d.id = a.depot_id
            ORDER BY a.slug"""
    ).fetchall()


def ladder(conn: Connection, depot_id: int, catch_all_wait: timedelta) -> list[Level]:
    """A depot's levels in the order in which they are called; the catch-all is the last."""
    rows = conn.execute(
        """SELECT l.level, l.wait, p.id, p.name, p.phone, p.email, p.channels
             FROM ladder_levels l JOIN people p ON p.id = l.person_id
            WHERE l.depot_id = %s ORDER BY l.level, p.id""",
        [depot_id],
    ).fetchall()
    levels: dict[int, Level] = {}
    for row in rows:
        level = levels.setdefault(row["level"], Level([], row["wait"], catch_all=False))
        level.people.append(_person(row))
    last = conn.execute(
        """SELECT p.id, p.name, p.phone, p.email, p.channels
             FROM depots d JOIN people p ON p.id = d.catch_all_id WHERE d.id = %s""",
        [depot_id],
    ).fetchone()
    if last is None:
        raise LookupError(f"there is no depot {depot_id}")
    return [*levels.values(), Level([_person(last)], catch_all_wait, catch_all=True)]


def person(conn: Connection, person_id: int) -> Person | None:
    """Somebody by id."""
    row = conn.execute(
        "SELECT id, name, phone, email, channels FROM people WHERE id = %s", [person_id]
    ).fetchone()
    return _person(row) if row else None


def _person(row: dict[str, Any]) -> Person:
    return Person(row["id"], row["name"], row["phone"], row["email"], row["channels"])
