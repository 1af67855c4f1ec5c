"""SQL on handovers: by when a booking is to be confirmed, and by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from app.db.connection import Connection
from app.db.together import Rows, first
from app.frozen import frozen


@frozen()
class Handover:
    """How one booking reaches whoever carries it out."""

    booking_id: int
    case_id: int
    connector: str
    made_at: datetime
    people_at: datetime
    """Then the depot's people are asked, unless it is certain."""
    confirm_by: datetime
    """What the customer was told."""
    calls: int
    """How many times people were called for it."""


_NAMES = tuple(field.name for field in fields(Handover))
_COLUMNS = ", ".join(_NAMES)

CONNECTOR: Rows[str] = Rows(
    ("connector",),
    """SELECT connector FROM courier_accounts
        WHERE id = (SELECT account_id FROM cases WHERE id = %(case)s)""",
    lambda connector: connector,
)
"""The name of the connector that a case's account uses."""

OF_BOOKING = Rows(
    _NAMES,
    f"SELECT {_COLUMNS} FROM handovers WHERE booking_id = %(booking)s",  # noqa: S608
    Handover,
)
"""A booking's handover, if one was begun."""


def find(conn: Connection, booking_id: int) -> Handover | None:
    """A booking's handover; None when none was begun."""
    return first(OF_BOOKING.read(conn, booking=booking_id))


def of_bookings(conn: Connection, booking_ids: Sequence[int]) -> dict[int, Handover]:
    """The handovers of these bookings, by booking, as far as they were begun."""
    with conn.cursor(row_factory=class_row(Handover)) as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM handovers WHERE booking_id = ANY(%s)",  # noqa: S608
            [list(booking_ids)],
        )
        return {handover.booking_id: handover for handover in cursor}


def of_case(conn: Connection, case_id: int) -> list[Handover]:
    """All handovers of a case, oldest first."""
    with conn.cursor(row_factory=class_row(Handover)) as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM handovers WHERE case_id = %s ORDER BY booking_id",  # noqa: S608
            [case_id],
        )
        return cursor.fetchall()


def by_tracking(conn: Connection, account_id: int, tracking_number: str) -> int | None:
    """The newest booking of the newest case of a parcel of this account; None for no such."""
    row = conn.execute(
        """SELECT b.id FROM shipments s JOIN cases c ON c.shipment_id = s.id
             JOIN bookings b ON b.case_id = c.id
            WHERE s.tracking_number = %s AND c.account_id = %s
            ORDER BY c.id DESC, b.id DESC LIMIT 1""",
        [tracking_number, account_id],
    ).fetchone()
    return int(row["id"]) if row else None


def insert(conn: Connection, begun: Handover) -> None:
    """Begin a handover."""
    conn.execute(
        f"INSERT INTO handovers ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s)",  # noqa: S608
        [
            begun.booking_id,
            begun.case_id,
            begun.connector,
            begun.made_at,
            begun.people_at,
            begun.confirm_by,
            begun.calls,
        ],
    )


def promised(conn: Connection, booking_id: int, confirm_by: datetime) -> None:
    """The customer was told another hour."""
    conn.execute(
        "UPDATE handovers SET confirm_by = %s WHERE booking_id = %s", [confirm_by, booking_id]
    )


def called(conn: Connection, booking_ids: Sequence[int]) -> dict[int, int]:
    """People are called once more; by booking the how-many-eth time it is."""
    rows = conn.execute(
        """UPDATE handovers SET calls = calls + 1 WHERE booking_id = ANY(%s)
           RETURNING booking_id, calls""",
        [list(booking_ids)],
    ).fetchall()
    return {row["booking_id"]: row["calls"] for row in rows}


def taken_on(conn: Connection, booking_id: int) -> bool:
    """Whether somebody took it on to confirm this booking, and has not said yes or no."""
    found = conn.execute(
        """SELECT 1 FROM dispatch_tasks t JOIN handovers h ON h.case_id = t.case_id
            WHERE h.booking_id = %s AND t.kind = 'handover' AND t.about = h.booking_id
              AND t.state = 'acknowledged'""",
        [booking_id],
    )
    return found.fetchone() is not None


def latest_news(conn: Connection, case_id: int) -> dict[str, Any]:
    """What the courier said last of the parcel: `courier, status, code, words, at`."""
    row = conn.execute(
        """SELECT a.courier, s.status, s.status_code AS code, s.status_words AS words,
                  s.status_at AS at
             FROM cases c JOIN shipments s ON s.id = c.shipment_id
             JOIN courier_accounts a ON a.id = c.account_id WHERE c.id = %s""",
        [case_id],
    ).fetchone()
    assert row is not None  # noqa: S101 - the case is locked by the caller
    return row


def never_on(conn: Connection, case_id: int, day: date, now: datetime) -> None:
    """The courier refused this day for this case: it is not offered again."""
    conn.execute(
        """INSERT INTO courier_offers (case_id, never, asked_at) VALUES (%s, ARRAY[%s::date], %s)
               ON CONFLICT (case_id) DO UPDATE
              SET never = courier_offers.never || excluded.never""",
        [case_id, day, now],
    )


def offer(
    conn: Connection,
    case_id: int,
    days: frozenset[date] | None,
    price: str,
    why: str,
    now: datetime,
) -> None:
    """What the courier says beforehand of the days that it can bring a parcel."""
    conn.execute(
        """INSERT INTO courier_offers (case_id, days, price, why, asked_at)
           VALUES (%s, %s, %s, %s, %s)
               ON CONFLICT (case_id) DO UPDATE SET days = excluded.days, price = excluded.price,
                  why = excluded.why, asked_at = excluded.asked_at""",
        [case_id, None if days is None else sorted(days), price, why, now],
    )


def other_offers(
    conn: Connection,
    case_id: int,
    takes_back: bool | None,
    elsewhere: bool | None,
    prices: Mapping[str, str],
    now: datetime,
) -> None:
    """What the courier says beforehand of what is no new delivery."""
    conn.execute(
        """INSERT INTO courier_offers (case_id, takes_back, elsewhere, prices, asked_at)
           VALUES (%s, %s, %s, %s, %s)
               ON CONFLICT (case_id) DO UPDATE SET takes_back = excluded.takes_back,
                  elsewhere = excluded.elsewhere, prices = excluded.prices""",
        [case_id, takes_back, elsewhere, Jsonb(dict(prices)), now],
    )


KEEPERLESS = """
SELECT b.case_id FROM bookings b JOIN cases c ON c.id = b.case_id
 WHERE b.state = 'standing' AND b.confirmed_at IS NULL AND c.state <> 'closed'
   AND NOT EXISTS (SELECT 1 FROM steps s WHERE s.case_id = b.case_id AND s.name IN
       ('hand_over', 'schedule_redelivery', 'schedule_pickup', 'call_for_handover',
        'hear_courier'))
 ORDER BY b.case_id LIMIT %s"""


def keeperless(conn: Connection, limit: int) -> list[int]:
    """Cases whose booking stands unconfirmed, and which no step and nobody's clock looks after."""
    return [row["case_id"] for row in conn.execute(KEEPERLESS, [limit])]
