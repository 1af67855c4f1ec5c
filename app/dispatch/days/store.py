"""SQL on the lists of a depot's days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg.rows import class_row

from app.booking.leaving import Leave, Leaving
from app.db.connection import Connection
from app.handover import notes


@dataclass(frozen=True, slots=True)
class Depot:
    """A depot, and its list of one day as it was last taken away. Times are aware, UTC."""

    id: int
    slug: str
    name: str
    zone: str
    feed_version: int
    taken_at: datetime | None
    """None: nobody has taken it yet."""
    taken_by: str | None
    seen: list[int]
    """The bookings on the list that was taken."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A list that was taken away, locked."""

    day: date
    taken_at: datetime
    known: list[int]
    """The bookings that the depot knows of."""
    told_at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A booking with all that whoever carries it out needs to know."""

    id: int
    kind: str
    state: str
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    ended_at: datetime | None
    confirmed_at: datetime | None
    missed: str | None
    point: str
    """The pickup point's name; empty for a redelivery."""
    tracking_number: str
    order_ref: str
    name: str
    phone: str
    address: dict[str, Any]
    directions: str
    courier: str
    leaving: str
    leave_who: str
    leave_where: str
    leave_photo: str
    leave_address: dict[str, Any] | None
    needs: list[str]
    need_words: str
    corrected_at: datetime | None
    """When the address, the directions or the number were last corrected."""
    moved_to: datetime | None
    """The beginning of what is booked instead."""
    moved_until: datetime | None

    @property
    def instructions(self) -> str:
        """What the driver reads."""
        how = Leaving(self.leaving)
        leave = Leave(how, self.leave_who, self.leave_where, self.leave_photo, self.leave_address)
        return notes.for_driver(leave, self.directions, self.needs, self.need_words)

    @property
    def label(self) -> str:
        """How people call the parcel."""
        return self.order_ref or self.tracking_number


def depots(conn: Connection, day: date) -> list[Depot]:
    """All depots by name, each with its list of that day."""
    with conn.cursor(row_factory=class_row(Depot)) as cursor:
        cursor.execute(
            """SELECT d.id, d.slug, d.name, d.timezone AS zone, d.feed_version, l.taken_at,
                      l.taken_by, coalesce(l.seen, '{}') AS seen
                 FROM depots d LEFT JOIN day_lists l ON l.depot_id = d.id AND l.day = %s
                ORDER BY d.name""",
            [day],
        )
        return cursor.fetchall()


def rows(
    conn: Connection, depot_id: int, since: datetime, until: datetime, also: Sequence[int] = ()
) -> list[Row]:
    """The bookings that begin in this time, whatever became of them, and what still waits then.

    What waits is at a pickup point since an earlier day. With them the bookings `also`. It is
    written in arrays so that the planner goes by the indexes, however many bookings are over.
    """
    with conn.cursor(row_factory=class_row(Row)) as cursor:
        cursor.execute(
            """WITH points AS (SELECT id FROM pickup_points WHERE depot_id = %(depot)s),
               listed AS (
                   SELECT id FROM bookings
                    WHERE slot_id = ANY(ARRAY(
                          SELECT id FROM slots WHERE depot_id = %(depot)s
                             AND starts_at >= %(since)s AND starts_at < %(until)s))
                    UNION
                   SELECT id FROM bookings
                    WHERE pickup_point_id = ANY(ARRAY(SELECT id FROM points))
                      AND starts_at >= %(since)s AND starts_at < %(until)s
                    UNION
                   SELECT id FROM bookings
                    WHERE pickup_point_id = ANY(ARRAY(SELECT id FROM points))
                      AND state = 'standing' AND ends_at > %(since)s AND starts_at < %(since)s
                    UNION
                   SELECT unnest(%(also)s::bigint[]))
               SELECT b.id, b.kind, b.state, b.starts_at, b.ends_at, b.created_at, b.ended_at,
                      b.confirmed_at, b.missed, coalesce(p.name, '') AS point, s.tracking_number,
                      coalesce(s.order_ref, '') AS order_ref,
                      coalesce(s.name, s.courier_name, '') AS name,
                      coalesce(c.contact_phone, s.phone, s.courier_phone, '') AS phone,
                      coalesce(b.leave_address, s.address, s.courier_address, '{}') AS address,
                      coalesce(s.directions, '') AS directions, a.courier,
                      b.leaving, b.leave_who, b.leave_where, b.leave_photo, b.leave_address,
                      coalesce(h.needs, '{}') AS needs, coalesce(h.words, '') AS need_words,
                      greatest(h.consent_at,
                               (SELECT max(k.made_at) FROM corrections k
                                 WHERE k.shipment_id = s.id AND k.state = 'made')) AS corrected_at,
                      n.starts_at AS moved_to, n.ends_at AS moved_until
                 FROM bookings b
                 JOIN cases c ON c.id = b.case_id
                 JOIN shipments s ON s.id = c.shipment_id
                 JOIN courier_accounts a ON a.id = c.account_id
                 LEFT JOIN pickup_points p ON p.id = b.pickup_point_id
                 LEFT JOIN access_needs h ON h.shipment_id = s.id
                 LEFT JOIN bookings n ON n.case_id = b.case_id AND n.state = 'standing'
                      AND b.state IN ('changed', 'refused')
                WHERE b.id = ANY(ARRAY(SELECT id FROM listed))
                ORDER BY b.kind DESC, p.name, b.starts_at, b.ends_at,
                         coalesce(s.address, s.courier_address)->>'postcode',
                         coalesce(s.address, s.courier_address)->>'line1', b.id""",
            {"depot": depot_id, "since": since, "until": until, "also": list(also)},
        )
        return cursor.fetchall()


def take(
    conn: Connection, depot_id: int, day: date, seen: Sequence[int], by: str, at: datetime
) -> None:
    """Somebody took the list away, with these bookings on it."""
    conn.execute(
        """INSERT INTO day_lists (depot_id, day, taken_at, taken_by, seen, known, told_at)
           VALUES (%(depot)s, %(day)s, %(at)s, %(by)s, %(seen)s, %(seen)s, %(at)s)
               ON CONFLICT (depot_id, day) DO UPDATE SET taken_at = excluded.taken_at,
                  taken_by = excluded.taken_by, seen = excluded.seen, known = excluded.known,
                  told_at = excluded.told_at""",
        {"depot": depot_id, "day": day, "at": at, "by": by, "seen": list(seen)},
    )


def lock_taken(conn: Connection, depot_id: int, since: date) -> list[Taken]:
    """Lock the lists of this day and later that were taken."""
    with conn.cursor(row_factory=class_row(Taken)) as cursor:
        cursor.execute(
            """SELECT day, taken_at, known, told_at FROM day_lists
                WHERE depot_id = %s AND day >= %s ORDER BY day FOR UPDATE""",
            [depot_id, since],
        )
        return cursor.fetchall()


def told(conn: Connection, depot_id: int, day: date, known: Sequence[int], at: datetime) -> None:
    """The depot knows of these bookings now, and of what was corrected until then."""
    conn.execute(
        "UPDATE day_lists SET known = %s, told_at = %s WHERE depot_id = %s AND day = %s",
        [list(known), at, depot_id, day],
    )


def renew_feed(conn: Connection, depot_id: int) -> None:
    """End all links to a depot's calendar feed that were given out."""
    conn.execute("UPDATE depots SET feed_version = feed_version + 1 WHERE id = %s", [depot_id])
