"""What a depot reads when a list that somebody took is true no longer; no recipient is named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from app.access import links
from app.booking.rows import BookingKind
from app.dispatch.days.rules import Change, What
from app.dispatch.days.store import Row
from app.theme.times import When

_NAMED = 4
"""So many parcels one text message names; the list names all."""


def changed(
    depot: str, slug: str, day: date, taken_at: datetime, changes: Sequence[Change], when: When
) -> tuple[str, str]:
    """Subject and text about what changed since the list was taken."""
    subject = f"{depot}: the list of {day:%a} {day.day} {day:%b} has changed"
    said = [f"{_parcel(change.row, when)} {words(change, when)}" for change in changes[:_NAMED]]
    if len(changes) > _NAMED:
        said.append(f"{len(changes) - _NAMED} more changed")
    since = when.time(taken_at) if when.day(taken_at) == "today" else when.short(taken_at)
    url = links.at(f"/console/days/{slug}/{day}")
    return subject, f"{subject} since it was taken at {since}. {'; '.join(said)}. See: {url}"


def words(change: Change, when: When) -> str:
    """What changed about a booking, after the parcel's name."""
    row, say = change.row, when.language.say
    if change.what is What.NEW:
        return say("is new")
    if change.what is What.CORRECTED:
        return say("has other directions or another address")
    if row.moved_to and row.moved_until:
        return say("moved to {what}", what=span(row.kind, row.moved_to, row.moved_until, when))
    return say("is off") if row.state != "refused" else say("is off: the answer was no")


def span(kind: str, starts_at: datetime, ends_at: datetime, when: When) -> str:
    """`Sat 29 Nov, 09:00–12:00`; of a pickup from when on it can be fetched."""
    if kind == BookingKind.PICKUP:
        return when.language.say("ready {moment}", moment=when.short(starts_at))
    return f"{when.short(starts_at)}–{when.time(ends_at)}"


def _parcel(row: Row, when: When) -> str:
    if row.kind == BookingKind.PICKUP:
        return f"{row.label} ({row.point})"
    return f"{row.label} ({when.span(row.starts_at, row.ends_at)})"
