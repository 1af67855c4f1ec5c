"""What the list of a day shows, worked out from its rows; no I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from app.booking.missed import How
from app.booking.rows import BookingKind, BookingState
from app.dispatch.days import texts
from app.dispatch.days.rules import Bounds, Change, What
from app.dispatch.days.store import Row
from app.theme import names
from app.theme.times import When


@dataclass(frozen=True, slots=True)
class Line:
    """A booking in words."""

    id: int
    parcel: str
    tracking: str
    """Its number, where the parcel is called by its order."""
    name: str
    street: str
    town: str
    phone: str
    directions: str
    state: str
    tone: str
    """`good`, `warn`, `bad` or empty."""
    courier: str
    mark: str
    """What changed about it since the list was taken; empty when nothing did."""
    when: str
    """Of a pickup: from when to when it can be fetched."""


@dataclass(frozen=True, slots=True)
class Group:
    """The bookings of one window, or of one pickup point."""

    kind: str
    title: str
    lines: list[Line]
    unconfirmed: int


@dataclass(frozen=True, slots=True)
class Note:
    """What changed after the list was taken, for the top of the page."""

    parcel: str
    words: str
    tone: str


def groups(
    rows: Iterable[Row], changes: Iterable[Change], taken_at: datetime | None, when: When
) -> list[Group]:
    """The rows by window and by pickup point; redeliveries come first."""
    marks = {change.row.id: change for change in changes}
    since = short_since(taken_at, when) if taken_at else ""
    found = []
    for (kind, title), here in groupby(rows, lambda row: (row.kind, _title(row, when))):
        lines = [_line(row, marks.get(row.id), since, when) for row in here]
        asked = sum(line.tone == "warn" for line in lines)
        found.append(Group(kind, title, lines, asked))
    return found


def notes(changes: Iterable[Change], when: When) -> list[Note]:
    """What changed, in words; what is off first, since somebody would drive there in vain."""
    tones = {What.OFF: "bad", What.NEW: "good", What.CORRECTED: "warn"}
    return [
        Note(
            f"{change.row.label}, {change.row.name}" if change.row.name else change.row.label,
            texts.words(change, when)
            + (f": {_title(change.row, when)}" if change.what is What.NEW else ""),
            tones[change.what],
        )
        for change in changes
    ]


def short_since(at: datetime, when: When) -> str:
    """`07:40`, with its day unless that is today."""
    return when.time(at) if when.day(at) == "today" else when.short(at)


_MISSED: dict[str, str] = {
    How.TRIED: "Not handed over",
    How.NOT_CONFIRMED: "Never confirmed",
    How.NOT_COLLECTED: "Not collected",
}


def state(row: Row) -> tuple[str, str]:
    """How a booking stands, in a word, and its tone."""
    if row.state == BookingState.KEPT:
        return ("Collected" if row.kind == BookingKind.PICKUP else "Delivered"), "good"
    if row.state == BookingState.BROKEN:
        return _MISSED.get(row.missed or "", "Missed"), "bad"
    return ("Confirmed", "") if row.confirmed_at else ("Not confirmed", "warn")


def place(row: Row) -> tuple[str, str]:
    """Street and town of the recipient, each in one line."""
    says = row.address.get
    street = ", ".join(filter(None, (says("line1"), says("line2"))))
    return street, " ".join(filter(None, (says("postcode"), says("city"), says("region"))))


def waiting(row: Row, when: When) -> str:
    """From when to when a parcel can be fetched; of a redelivery nothing."""
    if row.kind != BookingKind.PICKUP:
        return ""
    return f"{when.short(row.starts_at)} to {when.short(row.ends_at)}"


def overlap(row: Row, day: Bounds) -> tuple[datetime, datetime]:
    """The part of a booking's window that is on this day."""
    return max(row.starts_at, day.since), min(row.ends_at, day.until)


def _title(row: Row, when: When) -> str:
    return row.point if row.kind == BookingKind.PICKUP else when.span(row.starts_at, row.ends_at)


def _line(row: Row, change: Change | None, since: str, when: When) -> Line:
    street, town = place(row)
    said, tone = state(row)
    marks = {What.NEW: f"new since {since}", What.CORRECTED: f"corrected since {since}"}
    return Line(
        id=row.id,
        parcel=row.label,
        tracking=row.tracking_number if row.order_ref else "",
        name=row.name,
        street=street,
        town=town,
        phone=row.phone,
        directions=row.instructions,
        state=said,
        tone=tone,
        courier=names.courier(row.courier),
        mark=marks.get(change.what, "") if change else "",
        when=waiting(row, when),
    )
