"""SQL on what a depot offers: its week, its slots, its pickup points, and their places.

Locks are taken in one order everywhere: the case (by the caller), slots by id, points by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from psycopg.rows import class_row

from app.booking import points_store
from app.booking.rows import Booking, PickupPoint, Slot, WayBack
from app.booking.rules import Rule, Window
from app.cases.model import Case
from app.db.connection import Connection
from app.db.together import Rows, first
from app.directory.rotas import store as rotas_store
from app.directory.rotas.model import Opening


@dataclass(frozen=True, slots=True)
class Week:
    """What a depot offers in general: its rules, and when it is open."""

    rules: list[Rule]
    opening: Opening
    many_points: bool = False
    """Whether it has so many pickup points that only some are read."""


class WeekRow(NamedTuple):
    """A depot with its week."""

    country: str
    region: str | None
    timezone: str
    rules: list[tuple[int, time, time, int, timedelta]]
    closures: list[date]
    hours: list[list[Any]]
    keeps_holidays: bool
    many_points: bool


WEEK = Rows(
    WeekRow._fields,
    f"""SELECT d.country, d.region, d.timezone,
              ARRAY(SELECT ROW(r.weekday, r.starts, r.ends, r.capacity, r.cutoff)
                      FROM slot_rules r WHERE r.depot_id = d.id) AS rules,
              ARRAY(SELECT day FROM depot_closures c
                     -- no zone is more than a day behind
                     WHERE c.depot_id = d.id AND c.day >= %(now)s::date - 1) AS closures,
              ARRAY(SELECT jsonb_build_array(h.weekday, h.opens, h.closes) FROM depot_hours h
                     WHERE h.depot_id = d.id ORDER BY h.weekday, h.opens) AS hours,
              d.closes_on_holidays AS keeps_holidays, {points_store.MANY} AS many_points
         FROM depots d WHERE d.id = (SELECT depot_id FROM cases WHERE id = %(case)s)""",  # noqa: S608
    WeekRow,
)
"""The week of a case's depot, with its closures from today on."""


def read_week(conn: Connection, case: Case, now: datetime) -> Week:
    """The week of a case's depot."""
    return week(WEEK.read(conn, case=case.id, now=now))


def week(rows: Sequence[WeekRow]) -> Week:
    """The week that `WEEK` tells of."""
    (depot,) = rows  # a case has a depot, and depots are never deleted
    opening = Opening(
        depot.timezone,
        rotas_store.hours(depot.hours),
        frozenset(depot.closures),
        depot.country,
        depot.region,
        depot.keeps_holidays,
    )
    return Week([Rule(*rule) for rule in depot.rules], opening, depot.many_points)


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


_MAY_HAVE = """
    NOT EXISTS (SELECT 1 FROM bookings b
                 WHERE b.case_id = %(case)s AND b.slot_id = s.id AND b.state = 'refused'
                    AND b.leaving = '')
AND NOT EXISTS (SELECT 1 FROM courier_offers o WHERE o.case_id = %(case)s
                   AND ((s.starts_at AT TIME ZONE %(zone)s)::date = ANY(o.never)
                        OR NOT (s.starts_at AT TIME ZONE %(zone)s)::date = ANY(o.days)))
"""
"""Not what was refused for this case, nor a day that its courier does not offer for it."""


_OF_SLOT = tuple(field.name for field in fields(Slot))

SLOTS = Rows(
    _OF_SLOT,
    "SELECT s.id, s.depot_id, s.starts_at, s.ends_at, s.cutoff_at, s.taken, CASE WHEN"  # noqa: S608
    + _MAY_HAVE.replace("%(zone)s", "d.timezone")
    + """THEN s.capacity ELSE 0 END AS capacity
           FROM cases c JOIN depots d ON d.id = c.depot_id JOIN slots s ON s.depot_id = d.id
          WHERE c.id = %(case)s
            AND s.starts_at > %(now)s AND s.starts_at < %(now)s + interval '16 days'""",
    Slot,
)
"""The slots of a case's depot in the days in which one can be chosen, also those that are taken.
One that the case may not have is full for it."""


def slots(conn: Connection, case: Case, starts: Sequence[datetime]) -> list[Slot]:
    """The slots that begin at these moments, whether or not they can be had, earliest first.

    One that this case may not have is full for it.
    """
    with conn.cursor(row_factory=class_row(Slot)) as cursor:
        cursor.execute(
            "SELECT id, depot_id, starts_at, ends_at, cutoff_at, taken, CASE WHEN"  # noqa: S608
            + _MAY_HAVE
            + """THEN capacity ELSE 0 END AS capacity FROM slots s
                WHERE depot_id = %(depot)s AND starts_at = ANY(%(starts)s) ORDER BY starts_at""",
            {
                "depot": case.depot_id,
                "starts": list(starts),
                "case": case.id,
                "zone": case.depot.zone,
            },
        )
        return cursor.fetchall()


SLOT = Rows(
    _OF_SLOT,
    "SELECT s.id, s.depot_id, s.starts_at, s.ends_at, s.cutoff_at, s.capacity, s.taken"  # noqa: S608
    " FROM cases c JOIN depots d ON d.id = c.depot_id JOIN slots s ON s.depot_id = d.id"
    " WHERE c.id = %(case)s AND s.id = %(slot)s AND" + _MAY_HAVE.replace("%(zone)s", "d.timezone"),
    Slot,
)
"""One slot of the case's depot that the case may have, whether or not there is room."""


def slot(conn: Connection, case: Case, slot_id: int) -> Slot | None:
    """The same, read by itself."""
    return first(SLOT.read(conn, case=case.id, slot=slot_id))


def lock_places(conn: Connection, places: Iterable[Slot | PickupPoint | WayBack | Booking]) -> None:
    """Lock the rows behind these, slots first, each in order of their ids; none is the way back."""
    choices = [place.choice.partition(":") for place in places]
    for table, name in (("slots", "slot"), ("pickup_points", "point")):
        ids = [int(number) for kind, _, number in choices if kind == name]
        if ids:
            conn.execute(
                f"SELECT 1 FROM {table} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",  # noqa: S608
                [ids],
            )


def lock_booked(conn: Connection, case_ids: Sequence[int]) -> None:
    """Lock the places of what stands for these cases, which are locked, in the same order."""
    conn.execute(
        """WITH held AS (
               SELECT slot_id, pickup_point_id FROM bookings
                WHERE case_id = ANY(%s) AND state = 'standing'),
           windows AS (SELECT id FROM slots WHERE id IN (SELECT slot_id FROM held)
                        ORDER BY id FOR NO KEY UPDATE),
           points AS (SELECT id FROM pickup_points WHERE id IN (SELECT pickup_point_id FROM held)
                       ORDER BY id FOR NO KEY UPDATE)
           SELECT (SELECT count(*) FROM windows) AS windows, (SELECT count(*) FROM points) AS points
        """,
        [list(case_ids)],
    )


def take(conn: Connection, place: Slot | PickupPoint | WayBack, now: datetime) -> bool:
    """Take one place if there is one left; whether there was. On the way back there always is."""
    if isinstance(place, WayBack):
        return True
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
    elif booking.pickup_point_id is not None:
        conn.execute(
            "UPDATE pickup_points SET taken = taken - 1 WHERE id = %s", [booking.pickup_point_id]
        )
