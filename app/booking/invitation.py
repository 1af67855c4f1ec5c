"""A booking as an invitation that calendars understand (RFC 5545, RFC 5546)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from icalendar import Calendar, Event, vCalAddress, vText

from app.booking.rows import Booking, BookingKind


def calendar(
    booking: Booking,
    *,
    uid_host: str,
    summary: str,
    description: str,
    method: Literal["REQUEST", "CANCEL"] = "REQUEST",
    now: datetime,
    organizer: str | None = None,
    attendee: str | None = None,
) -> str:
    """The invitation to a booking, or its withdrawal.

    A case has one UID for life: a changed booking moves the entry that is there already. A
    withdrawal is made of the booking that `settle` returned, whose sequence has moved on.
    `organizer` and `attendee` are e-mail addresses; the organizer is `reknock@uid_host` when
    none is given. What nobody has confirmed is tentative. The entry does not block the day: a
    window is a time to expect something.
    """
    event = Event()
    event.add("uid", f"case-{booking.case_id}@{uid_host}")
    event.add("sequence", booking.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", booking.starts_at.astimezone(UTC))
    event.add("dtend", booking.ends_at.astimezone(UTC))
    event.add("summary", summary)
    event.add("description", description)
    if where := _where(booking):
        event.add("location", where)
    certain = "CONFIRMED" if booking.confirmed_at else "TENTATIVE"
    event.add("status", "CANCELLED" if method == "CANCEL" else certain)
    event.add("transp", "TRANSPARENT")
    sender = vCalAddress(f"mailto:{organizer or 'reknock@' + uid_host.partition(':')[0]}")
    sender.params["cn"] = vText(booking.depot_name)
    event.add("organizer", sender)
    if attendee:
        event.add("attendee", vCalAddress(f"mailto:{attendee}"))
    document = Calendar()
    document.add("prodid", "-//Reknock//Booking//EN")
    document.add("version", "2.0")
    document.add("method", method)
    document.add_component(event)
    text: str = document.to_ical().decode()
    return text


def _where(booking: Booking) -> str:
    if booking.kind is BookingKind.PICKUP:
        return f"{booking.place}, {booking.address}"
    return booking.address
