"""SQL on bookings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.rows import kwargs_row
from psycopg.types.json import Jsonb

from app.booking.leaving import Leave, Leaving
from app.booking.rows import (
    Booking,
    BookingKind,
    BookingState,
    ChosenBy,
    PickupPoint,
    Slot,
    WayBack,
)
from app.cases.model import Case
from app.db.connection import Connection
from app.db.together import Rows, first

_SELECT = """
SELECT b.id, b.case_id, b.round, b.kind, b.slot_id, b.pickup_point_id, b.starts_at, b.ends_at,
       b.cutoff_at, b.chosen_by, b.state, b.sequence, b.created_at, b.confirmed_at,
       coalesce(p.name, d.name) AS place,
       CASE b.kind WHEN 'return' THEN w.name ELSE coalesce(p.address, h.line, '') END AS address,
       p.hours,
       d.timezone AS zone, d.name AS depot_name, b.missed, b.leaving, b.leave_who, b.leave_where,
       b.leave_photo, b.leave_address
  FROM {bookings} b
  JOIN cases c ON c.id = b.case_id
  JOIN shipments s ON s.id = c.shipment_id
  JOIN depots d ON d.id = c.depot_id
  JOIN shippers w ON w.id = c.shipper_id
  LEFT JOIN pickup_points p ON p.id = b.pickup_point_id
  LEFT JOIN LATERAL (
       SELECT string_agg(coalesce(b.leave_address, s.address, s.courier_address)->>part,
                         ', ' ORDER BY n) AS line
         FROM unnest(ARRAY['line1', 'line2', 'city', 'region', 'postcode'])
              WITH ORDINALITY AS parts(part, n)
        WHERE coalesce(b.leave_address, s.address, s.courier_address)->>part <> '') h ON true
"""
_BOOKING = _SELECT.format(bookings="bookings")
_MADE = _SELECT.format(bookings="made")


def _booking(*, kind: str, state: str, chosen_by: str, leaving: str, **row: Any) -> Booking:
    return Booking(
        kind=BookingKind(kind),
        state=BookingState(state),
        chosen_by=ChosenBy(chosen_by),
        leaving=Leaving(leaving),
        **row,
    )


STANDING = Rows(
    tuple(field.name for field in fields(Booking)),
    _BOOKING + " WHERE b.case_id = %(case)s AND b.state = 'standing'",
    _booking,
)
"""The booking that stands for a case: at most one."""


class Carrier(NamedTuple):
    """Who is told of a case's bookings, what was refused there, and what the courier asks."""

    connector: str
    refused: list[str]
    """Whom or where it could not be left."""
    stays: bool
    """Whether sending it back was refused."""
    terms: dict[str, Any]
    """What its account lets customers choose; see `terms`."""
    takes_back: bool | None
    """Whether the courier says that it can be sent back; None when it says nothing."""
    elsewhere: bool | None
    """The same of another address."""
    price: str
    prices: dict[str, str]
    """What the courier asks, by what is chosen."""


CARRIER = Rows(
    Carrier._fields,
    """SELECT a.connector, a.terms, coalesce(o.price, '') AS price, o.takes_back, o.elsewhere,
              coalesce(o.prices, '{}') AS prices,
              ARRAY(SELECT DISTINCT b.leaving FROM bookings b
                     WHERE b.case_id = c.id AND b.state = 'refused') AS refused,
              EXISTS (SELECT FROM bookings b WHERE b.case_id = c.id AND b.state = 'refused'
                         AND b.kind = 'return') AS stays
         FROM cases c JOIN courier_accounts a ON a.id = c.account_id
         LEFT JOIN courier_offers o ON o.case_id = c.id WHERE c.id = %(case)s""",
    Carrier,
)
"""Whoever carries out what is booked for a case."""


def standing(conn: Connection, case_id: int) -> Booking | None:
    """The booking that stands for this case, if any."""
    return first(STANDING.read(conn, case=case_id))


def standings(conn: Connection, case_ids: Sequence[int]) -> dict[int, Booking]:
    """The bookings that stand for these cases, by case."""
    with conn.cursor(row_factory=kwargs_row(_booking)) as cursor:
        cursor.execute(
            _BOOKING + " WHERE b.case_id = ANY(%s) AND b.state = 'standing'", [list(case_ids)]
        )
        return {booking.case_id: booking for booking in cursor}


def find(conn: Connection, booking_id: int) -> Booking | None:
    """A booking by id, whether or not it stands."""
    with conn.cursor(row_factory=kwargs_row(_booking)) as cursor:
        cursor.execute(_BOOKING + " WHERE b.id = %s", [booking_id])
        return cursor.fetchone()


def by_ids(conn: Connection, booking_ids: Sequence[int]) -> dict[int, Booking]:
    """Bookings by id, whether or not they stand."""
    with conn.cursor(row_factory=kwargs_row(_booking)) as cursor:
        cursor.execute(_BOOKING + " WHERE b.id = ANY(%s)", [list(booking_ids)])
        return {booking.id: booking for booking in cursor}


def latest(conn: Connection, case_id: int) -> Booking | None:
    """The newest booking of this case, whether or not it stands."""
    with conn.cursor(row_factory=kwargs_row(_booking)) as cursor:
        cursor.execute(_BOOKING + " WHERE b.case_id = %s ORDER BY b.id DESC LIMIT 1", [case_id])
        return cursor.fetchone()


def last_return(conn: Connection, case_id: int) -> int | None:
    """The newest booking by which this case's parcel was to go back, whatever became of it."""
    row = conn.execute(
        "SELECT max(id) AS id FROM bookings WHERE case_id = %s AND kind = 'return'", [case_id]
    ).fetchone()
    return row["id"] if row else None


def refused_of_ours(conn: Connection, case_id: int) -> int:
    """How often what was chosen for the customer of this case was not to be had."""
    row = conn.execute(
        """SELECT count(*) AS n FROM bookings
            WHERE case_id = %s AND chosen_by = 'policy' AND state = 'refused'""",
        [case_id],
    ).fetchone()
    return row["n"] if row else 0


def confirm(conn: Connection, booking_id: int, by: str, now: datetime) -> bool:
    """A standing booking is certain, which is a new version of its invitation.

    False when it stands no longer, or was certain already.
    """
    done = conn.execute(
        """UPDATE bookings SET confirmed_at = %s, confirmed_by = %s, sequence = sequence + 1
            WHERE id = %s AND state = 'standing' AND confirmed_at IS NULL""",
        [now, by, booking_id],
    )
    return done.rowcount == 1


def end(
    conn: Connection,
    booking_ids: Sequence[int],
    state: BookingState,
    now: datetime,
    *,
    revise: bool = False,
    missed: str | None = None,
) -> None:
    """Let bookings stand no longer; `revise` counts a new version of their invitations."""
    conn.execute(
        """UPDATE bookings SET state = %s, ended_at = %s, sequence = sequence + %s, missed = %s
            WHERE id = ANY(%s)""",
        [state, now, int(revise), missed, list(booking_ids)],
    )


_KINDS = {
    Slot: BookingKind.REDELIVERY,
    PickupPoint: BookingKind.PICKUP,
    WayBack: BookingKind.RETURN,
}


def insert(
    conn: Connection,
    case: Case,
    place: Slot | PickupPoint | WayBack,
    leave: Leave,
    chosen_by: ChosenBy,
    now: datetime,
) -> Booking:
    """Insert a standing booking, the next version of the case's invitation."""
    kind = _KINDS[type(place)]
    with conn.cursor(row_factory=kwargs_row(_booking)) as cursor:
        cursor.execute(
            f"""WITH made AS (
                   INSERT INTO bookings (case_id, round, kind, slot_id, pickup_point_id, starts_at,
                          ends_at, cutoff_at, chosen_by, leaving, leave_who, leave_where,
                          leave_photo, leave_address, sequence, created_at)
                   SELECT %(case)s, %(round)s, %(kind)s, %(slot)s, %(point)s, %(starts)s,
                          %(ends)s, %(cutoff)s, %(by)s, %(leaving)s, %(who)s, %(where)s, %(photo)s,
                          %(address)s,
                          coalesce(max(sequence) + 1, 0), %(now)s
                     FROM bookings WHERE case_id = %(case)s RETURNING *)
                {_MADE}""",  # noqa: S608 - a constant
            {
                "case": case.id,
                "round": case.round,
                "kind": kind,
                "slot": place.id if isinstance(place, Slot) else None,
                "point": place.id if isinstance(place, PickupPoint) else None,
                "starts": place.starts_at,
                "ends": place.ends_at,
                "cutoff": place.cutoff_at,
                "by": chosen_by,
                "leaving": leave.leaving,
                "who": leave.who,
                "where": leave.where,
                "photo": leave.photo,
                "address": Jsonb(leave.address) if leave.address else None,
                "now": now,
            },
        )
        made = cursor.fetchone()
    assert made is not None  # noqa: S101 - RETURNING gives a row
    return made
