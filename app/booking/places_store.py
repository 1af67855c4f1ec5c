"""SQL on what a depot offers: its week, its slots, its pickup points, and their places.

Locks are taken in one order everywhere: the case (by the caller), slots by id, points by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from psycopg.rows import class_row

from app.booking.rows import Booking, PickupPoint, Slot
from app.booking.rules import Rule, Window
from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Week:
    """What a depot offers in general: its rules, closed days, and whose holidays it keeps."""

    rules: list[Rule]
    closures: frozenset[date]
    country: str
    region: str | None
    zone: str


def week(conn: Connection, depot_id: int, since: datetime) -> Week:
    """A depot's week, with its closures from the day of `since` on."""
    rows = conn.execute(
        """SELECT d.country, d.region, d.timezone, r.weekday, r.starts, r.ends, r.capacity,
                  r.cutoff,
                  ARRAY(SELECT day FROM depot_closures c
                         WHERE c.depot_id = d.id AND c.day >= %s) AS closures
             FROM depots d LEFT JOIN slot_rules r ON r.depot_id = d.id WHERE d.id = %s""",
        [since.date() - timedelta(days=1), depot_id],  # no zone is a day behind
    ).fetchall()
    rules = [
        Rule(row["weekday"], row["starts"], row["ends"], row["capacity"], row["cutoff"])
        for row in rows
        if row["weekday"] is not None
    ]
    depot = rows[0]  # a case has a depot, and depots are never deleted
    closures = frozenset(depot["closures"])
    return Week(rules, closures, depot["country"], depot["region"], depot["timezone"])


def add_rule(
    conn: Connection,
    depot_id: int,
    weekday: int,
    starts: time,
    ends: time,
    capacity: int,
    cutoff: timedelta,
) -> None:
    """Let a depot deliver in this window on every such weekday."""
    conn.execute(
        """INSERT INTO slot_rules (depot_id, weekday, starts, ends, capacity, cutoff)
           VALUES (%s, %s, %s, %s, %s, %s)""",
        [depot_id, weekday, starts, ends, capacity, cutoff],
    )


def add_closure(conn: Connection, depot_id: int, day: date, why: str) -> None:
    """Let a depot be closed on this day."""
    conn.execute(
        "INSERT INTO depot_closures (depot_id, day, why) VALUES (%s, %s, %s)",
        [depot_id, day, why],
    )


def add_point(
    conn: Connection,
    depot_id: int,
    name: str,
    address: str,
    hours: str,
    ready_in: timedelta,
    keeps_for: timedelta,
    capacity: int,
) -> None:
    """Let parcels of a depot be fetched here."""
    conn.execute(
        """INSERT INTO pickup_points
               (depot_id, name, address, hours, ready_in, keeps_for, capacity)
           VALUES (%s, %s, %s, %s, %s, %s, %s)""",
        [depot_id, name, address, hours, ready_in, keeps_for, capacity],
    )


def make_slots(conn: Connection, depot_id: int, windows: Sequence[Window]) -> None:
    """Make the rows that are missing; those that stand keep their places and times."""
    conn.execute(
        """INSERT INTO slots (depot_id, starts_at, ends_at, cutoff_at, capacity)
           SELECT %(depot)s, w.* FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[],
                      %(cutoffs)s::timestamptz[], %(capacities)s::int[]) AS w(starts_at, e, c, n)
            WHERE NOT EXISTS (SELECT 1 FROM slots s
                               WHERE s.depot_id = %(depot)s AND s.starts_at = w.starts_at)
            ORDER BY w.starts_at
               ON CONFLICT (depot_id, starts_at) DO NOTHING""",
        {
            "depot": depot_id,
            "starts": [w.starts_at for w in windows],
            "ends": [w.ends_at for w in windows],
            "cutoffs": [w.cutoff_at for w in windows],
            "capacities": [w.capacity for w in windows],
        },
    )


def slots(conn: Connection, depot_id: int, starts: Sequence[datetime]) -> list[Slot]:
    """The slots that begin at these moments, whether or not they can be had, earliest first."""
    with conn.cursor(row_factory=class_row(Slot)) as cursor:
        cursor.execute(
            """SELECT id, depot_id, starts_at, ends_at, cutoff_at, capacity, taken FROM slots
                WHERE depot_id = %s AND starts_at = ANY(%s) ORDER BY starts_at""",
            [depot_id, list(starts)],
        )
        return cursor.fetchall()


def slot(conn: Connection, depot_id: int, slot_id: int) -> Slot | None:
    """One slot of a depot, whether or not it can be had."""
    with conn.cursor(row_factory=class_row(Slot)) as cursor:
        cursor.execute(
            """SELECT id, depot_id, starts_at, ends_at, cutoff_at, capacity, taken FROM slots
                WHERE id = %s AND depot_id = %s""",
            [slot_id, depot_id],
        )
        return cursor.fetchone()


def points(conn: Connection, depot_id: int) -> list[dict[str, Any]]:
    """A depot's pickup points by name, full ones too."""
    return conn.execute(
        """SELECT id, depot_id, name, address, hours, ready_in, keeps_for, capacity, taken
             FROM pickup_points WHERE depot_id = %s ORDER BY name""",
        [depot_id],
    ).fetchall()


def lock_places(conn: Connection, places: Iterable[Slot | PickupPoint | Booking]) -> None:
    """Lock the rows behind these, slots first, each in order of their ids."""
    choices = [place.choice.split(":") for place in places]
    for table, name in (("slots", "slot"), ("pickup_points", "point")):
        ids = [int(number) for kind, number in choices if kind == name]
        if ids:
            conn.execute(
                f"SELECT 1 FROM {table} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",  # noqa: S608
                [ids],
            )


def take(conn: Connection, place: Slot | PickupPoint, now: datetime) -> bool:
    """Take one place if there is one left; whether there was."""
    if isinstance(place, Slot):
        cursor = conn.execute(
            """UPDATE slots SET taken = taken + 1
                WHERE id = %s AND taken < capacity AND cutoff_at > %s""",
            [place.id, now],
        )
    else:
        cursor = conn.execute(
            "UPDATE pickup_points SET taken = taken + 1 WHERE id = %s AND taken < capacity",
            [place.id],
        )
    return cursor.rowcount == 1


def give_back_slot(conn: Connection, slot_id: int) -> None:
    """Give back one place of a slot."""
    conn.execute("UPDATE slots SET taken = taken - 1 WHERE id = %s", [slot_id])


def give_back(conn: Connection, booking: Booking) -> None:
    """Give back the place that a booking took."""
    if booking.slot_id is not None:
        give_back_slot(conn, booking.slot_id)
    else:
        conn.execute(
            "UPDATE pickup_points SET taken = taken - 1 WHERE id = %s", [booking.pickup_point_id]
        )
