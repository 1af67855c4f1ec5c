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
from app.languages.language import mark
from app.locality import written
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
            _new(change.row, when) if change.what is What.NEW else texts.words(change, when),
            tones[change.what],
        )
        for change in changes
    ]


def _new(row: Row, when: When) -> str:
    return when.language.say("is new: {what}", what=_title(row, when))


def short_since(at: datetime, when: When) -> str:
    """`07:40`, with its day unless that is today."""
    return when.time(at) if when.is_today(at) else when.short(at)


_MISSED: dict[str, str] = {
    How.TRIED: mark("Not handed over"),
    How.NOT_CONFIRMED: mark("Never confirmed"),
    How.NOT_COLLECTED: mark("Not collected"),
}


def state(row: Row) -> tuple[str, str]:
    """How a booking stands, in a word, and its tone."""
    if row.state == BookingState.KEPT:
        kept = mark("Collected") if row.kind == BookingKind.PICKUP else mark("Delivered")
        return kept, "good"
    if row.state == BookingState.BROKEN:
        return _MISSED.get(row.missed or "", mark("Missed")), "bad"
    sure = bool(row.confirmed_at)
    return (mark("Confirmed"), "") if sure else (mark("Not confirmed"), "warn")


def place(row: Row) -> tuple[str, str]:
    """Street and town of the recipient, each in one line."""
    says = row.address.get
    street = ", ".join(filter(None, (says("line1"), says("line2"))))
    return street, written.town(row.address)


def waiting(row: Row, when: When) -> str:
    """From when to when a parcel can be fetched; of a redelivery nothing."""
    if row.kind != BookingKind.PICKUP:
        return ""
    starts, ends = when.short(row.starts_at), when.short(row.ends_at)
    return when.language.say("{start} to {end}", start=starts, end=ends)


def overlap(row: Row, day: Bounds) -> tuple[datetime, datetime]:
    """The part of a booking's window that is on this day."""
    return max(row.starts_at, day.since), min(row.ends_at, day.until)


def _title(row: Row, when: When) -> str:
    return row.point if row.kind == BookingKind.PICKUP else when.span(row.starts_at, row.ends_at)


def _line(row: Row, change: Change | None, since: str, when: When) -> Line:
    street, town = place(row)
    said, tone = state(row)
    say = when.language.say
    marks = {
        What.NEW: say("new since {since}", since=since),
        What.CORRECTED: say("corrected since {since}", since=since),
    }
    return Line(
        id=row.id,
        parcel=row.label,
        tracking=row.tracking_number if row.order_ref else "",
        name=row.name,
        street=street,
        town=town,
        phone=row.phone,
        directions=row.instructions,
        state=say(said),
        tone=tone,
        courier=names.courier(row.courier),
        mark=marks.get(change.what, "") if change else "",
        when=waiting(row, when),
    )
