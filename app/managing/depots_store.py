"""SQL on depots as they are managed: place, week, closed days and pickup points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from psycopg.rows import class_row

from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Depot:
    """A depot, where it is."""

    id: int
    slug: str
    name: str
    address: str
    phone: str | None
    timezone: str
    country: str
    region: str | None


@dataclass(frozen=True, slots=True)
class Window:
    """When a depot delivers on every such weekday, and how many parcels."""

    weekday: int
    starts: time
    ends: time
    capacity: int
    cutoff: timedelta


@dataclass(frozen=True, slots=True)
class Point:
    """Where parcels can be fetched."""

    id: int
    name: str
    address: str
    hours: str
    ready_in: timedelta
    keeps_for: timedelta
    capacity: int
    taken: int


def lock(conn: Connection, slug: str) -> Depot | None:
    """A depot, locked until the transaction ends."""
    with conn.cursor(row_factory=class_row(Depot)) as cursor:
        cursor.execute(
            """SELECT id, slug, name, address, phone, timezone, country, region
                 FROM depots WHERE slug = %s FOR NO KEY UPDATE""",
            [slug],
        )
        return cursor.fetchone()


def update(conn: Connection, depot_id: int, name: str, address: str, phone: str | None) -> None:
    """Let a depot be called so, and be found there."""
    conn.execute(
        "UPDATE depots SET name = %s, address = %s, phone = %s WHERE id = %s",
        [name, address, phone, depot_id],
    )


def set_where(
    conn: Connection, depot_id: int, timezone: str, country: str, region: str | None
) -> None:
    """Let a depot keep these clocks and these public holidays."""
    conn.execute(
        "UPDATE depots SET timezone = %s, country = %s, region = %s WHERE id = %s",
        [timezone, country, region, depot_id],
    )


def areas(conn: Connection, depot_id: int) -> dict[str, list[str]]:
    """What the postcodes begin with that a depot serves: by the account whose areas they are.

    Those of all accounts stand under an empty name, which is always there and the first.
    """
    found: dict[str, list[str]] = {"": []}
    for row in conn.execute(
        """SELECT coalesce(c.slug, '') AS account, a.starts
             FROM depot_areas a LEFT JOIN courier_accounts c ON c.id = a.account_id
            WHERE a.depot_id = %s ORDER BY 1, 2""",
        [depot_id],
    ):
        found.setdefault(row["account"], []).append(row["starts"])
    return found


def network(conn: Connection, account: str) -> dict[str, list[str]]:
    """What an account's own areas are, by the depot that serves them."""
    found: dict[str, list[str]] = {}
    for row in conn.execute(
        """SELECT d.slug AS depot, a.starts
             FROM depot_areas a JOIN depots d ON d.id = a.depot_id
             JOIN courier_accounts c ON c.id = a.account_id
            WHERE c.slug = %s ORDER BY 1, 2""",
        [account],
    ):
        found.setdefault(row["depot"], []).append(row["starts"])
    return found


def others_areas(
    conn: Connection, depot_id: int, starts: Sequence[str], account_id: int | None
) -> dict[str, str]:
    """Which of these are another depot's of its country, and the name of that."""
    rows = conn.execute(
        """SELECT a.starts, o.name FROM depots d JOIN depot_areas a ON a.country = d.country
             JOIN depots o ON o.id = a.depot_id
            WHERE d.id = %s AND a.depot_id <> d.id AND a.starts = ANY(%s)
              AND a.account_id IS NOT DISTINCT FROM %s""",
        [depot_id, list(starts), account_id],
    ).fetchall()
    return {row["starts"]: row["name"] for row in rows}


def put_areas(
    conn: Connection, depot_id: int, starts: Sequence[str], account_id: int | None
) -> None:
    """Let a depot serve these of an account, or of all, in its country, and no others."""
    conn.execute(
        "DELETE FROM depot_areas WHERE depot_id = %s AND account_id IS NOT DISTINCT FROM %s",
        [depot_id, account_id],
    )
    conn.execute(
        """INSERT INTO depot_areas (country, starts, depot_id, account_id)
           SELECT d.country, s, d.id, %s FROM depots d, unnest(%s::text[]) s WHERE d.id = %s""",
        [account_id, list(starts), depot_id],
    )


def forget_areas(conn: Connection, depot_id: int) -> None:
    """Let a depot serve nothing by its postcode."""
    conn.execute("DELETE FROM depot_areas WHERE depot_id = %s", [depot_id])


def windows(conn: Connection, depot_id: int) -> list[Window]:
    """The week of a depot."""
    with conn.cursor(row_factory=class_row(Window)) as cursor:
        cursor.execute(
            """SELECT weekday, starts, ends, capacity, cutoff FROM slot_rules
                WHERE depot_id = %s ORDER BY weekday, starts""",
            [depot_id],
        )
        return cursor.fetchall()


def remove_window(conn: Connection, depot_id: int, weekday: int, starts: time) -> None:
    """Offer a window no more; what is booked stays."""
    conn.execute(
        "DELETE FROM slot_rules WHERE depot_id = %s AND weekday = %s AND starts = %s",
        [depot_id, weekday, starts],
    )


def closures(conn: Connection, depot_id: int, since: date) -> list[dict[str, Any]]:
    """`day, why` of the days from then on on which a depot is closed."""
    return conn.execute(
        """SELECT day, why FROM depot_closures WHERE depot_id = %s AND day >= %s ORDER BY day""",
        [depot_id, since],
    ).fetchall()


def remove_closure(conn: Connection, depot_id: int, day: date) -> None:
    """Let a depot be open on this day as on others."""
    conn.execute("DELETE FROM depot_closures WHERE depot_id = %s AND day = %s", [depot_id, day])


def booked_on(conn: Connection, depot_id: int, day: date) -> int:
    """How many redeliveries are booked on this day of the depot."""
    row = conn.execute(
        """SELECT count(*) AS n FROM slots s JOIN bookings b ON b.slot_id = s.id
             JOIN depots d ON d.id = s.depot_id
            WHERE s.depot_id = %s AND b.state = 'standing'
              AND (s.starts_at AT TIME ZONE d.timezone)::date = %s""",
        [depot_id, day],
    ).fetchone()
    return int(row["n"]) if row else 0


def points(conn: Connection, depot_id: int) -> list[Point]:
    """The pickup points of a depot that are kept by hand, by name; others come from a file."""
    with conn.cursor(row_factory=class_row(Point)) as cursor:
        cursor.execute(
            """SELECT id, name, address, hours, ready_in, keeps_for, capacity, taken
                 FROM pickup_points WHERE depot_id = %s AND code = '' ORDER BY name""",
            [depot_id],
        )
        return cursor.fetchall()


def update_point(conn: Connection, depot_id: int, point_id: int, **facts: Any) -> bool:
    """Let a pickup point be so; False: it has more parcels than places now, or is another's."""
    done = conn.execute(
        """UPDATE pickup_points SET name = %(name)s, address = %(address)s, hours = %(hours)s,
                  ready_in = %(ready_in)s, keeps_for = %(keeps_for)s, capacity = %(capacity)s
            WHERE id = %(id)s AND depot_id = %(depot)s AND taken <= %(capacity)s""",
        {**facts, "id": point_id, "depot": depot_id},
    )
    return bool(done.rowcount)
