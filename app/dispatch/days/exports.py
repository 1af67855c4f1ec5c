"""The list of a day as a file: for spreadsheets, and for calendars."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from icalendar import Calendar, Event

from app import clock
from app.access import links
from app.booking.rows import BookingKind, BookingState
from app.dispatch.days import texts, views
from app.dispatch.days.rules import defused
from app.dispatch.days.service import DayList
from app.dispatch.days.store import Row
from app.plain import counted
from app.theme import names
from app.theme.times import When

_HEAD = (
    *("from", "to", "kind", "pickup point", "order", "tracking number", "name", "street", "town"),
    *("phone", "instructions", "state", "courier", "changed"),
)


def table(shown: DayList, when: When) -> str:
    """The list as CSV (RFC 4180), with what changed since it was last taken."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    write(_HEAD)
    off = [change.row for change in shown.changes if change.row not in shown.rows]
    words = {change.row.id: texts.words(change, when) for change in shown.changes}
    for row in [*shown.rows, *off]:
        write([defused(cell) for cell in _cells(row, words.get(row.id, ""), when.zone)])
    return out.getvalue()


def _cells(row: Row, changed: str, zone: str) -> list[str]:
    street, town = views.place(row)
    stands = "Off" if changed and row.state in {"changed", "dropped", "refused"} else ""
    return [
        f"{clock.local(row.starts_at, zone):%Y-%m-%d %H:%M}",
        f"{clock.local(row.ends_at, zone):%Y-%m-%d %H:%M}",
        row.kind,
        row.point,
        row.order_ref,
        row.tracking_number,
        row.name,
        street,
        town,
        row.phone.replace(";ext=", " ext. "),
        row.instructions,
        stands or views.state(row)[0],
        names.courier(row.courier),
        changed,
    ]


def calendar(lists: Iterable[DayList], host: str, now: datetime) -> bytes:
    """One event for each window and pickup point of these days; it names no recipient.

    Whoever has the link sees how much is planned; who and where stands behind the sign-in.
    """
    document = Calendar()
    document.add("prodid", "-//Reknock//Days//EN")
    document.add("version", "2.0")
    for shown in lists:
        if "x-wr-calname" not in document:
            document.add("x-wr-calname", shown.depot.name)
        events: dict[tuple[str, str, datetime], list[Row]] = {}
        for row in shown.rows:
            events.setdefault(_window(row, shown), []).append(row)
        for rows in events.values():
            document.add_component(_event(shown, rows, host, now))
    made: bytes = document.to_ical()
    return made


def _window(row: Row, shown: DayList) -> tuple[str, str, datetime]:
    """What one event stands for: a window, or what waits at a pickup point that day."""
    pickup = row.kind == BookingKind.PICKUP
    return row.kind, row.point, shown.bounds.since if pickup else row.starts_at


def _event(shown: DayList, rows: Sequence[Row], host: str, now: datetime) -> Event:
    kind, point = rows[0].kind, rows[0].point
    spans = [views.overlap(row, shown.bounds) for row in rows]
    starts, ends = min(span[0] for span in spans), max(span[1] for span in spans)
    asked = sum(row.state == BookingState.STANDING and not row.confirmed_at for row in rows)
    what = (
        f"{counted(len(rows), 'parcel')} at {point}"
        if kind == BookingKind.PICKUP
        else counted(len(rows), "delivery", "deliveries")
    )
    which = point or f"{starts:%H%M}"
    event = Event()
    event.add("uid", f"{shown.depot.slug}-{shown.day}-{kind}-{which}@{host}".replace(" ", "-"))
    event.add("dtstamp", now)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    event.add("summary", f"{what}{f', {asked} not confirmed' if asked else ''}")
    event.add("description", links.at(f"/console/days/{shown.depot.slug}/{shown.day}"))
    event.add("location", point or shown.depot.name)
    event.add("status", "TENTATIVE" if asked else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event
