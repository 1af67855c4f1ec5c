"""What stands on the list of a day, and what changed since somebody took it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.booking.rows import BookingState
from app.dispatch.days.store import Row

_ON_IT = frozenset({BookingState.STANDING, BookingState.KEPT, BookingState.BROKEN})
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class Bounds(NamedTuple):
    """A day from its first moment to that of the next, UTC."""

    since: datetime
    until: datetime


class What(Enum):
    """What changed about a booking."""

    NEW = auto()
    OFF = auto()
    CORRECTED = auto()


class Change(NamedTuple):
    """What changed on a list after it was taken."""

    what: What
    row: Row


def bounds(day: date, zone: str) -> Bounds:
    """The day on those clocks: 23 or 25 hours long when they are put forward or back."""
    here = ZoneInfo(zone)
    starts, ends = (
        datetime.combine(day + timedelta(days=n), time(), here).astimezone(UTC) for n in (0, 1)
    )
    return Bounds(starts, ends)


def listed(rows: Iterable[Row], day: Bounds) -> list[Row]:
    """Those of the rows that stand on the list of the day."""
    return [
        row
        for row in rows
        if row.state in _ON_IT
        and (row.starts_at >= day.since or row.state == BookingState.STANDING)
    ]


def changes(
    rows: Sequence[Row], day: Bounds, known: Collection[int], corrected_after: datetime
) -> list[Change]:
    """What somebody does not know who knows these bookings, and corrections until then."""
    before, now = set(known), listed(rows, day)
    new = [Change(What.NEW, row) for row in now if row.id not in before]
    off = [Change(What.OFF, row) for row in rows if row.id in before and row.state not in _ON_IT]
    corrected = [
        Change(What.CORRECTED, row)
        for row in now
        if row.id in before and row.corrected_at and row.corrected_at > corrected_after
    ]
    return [*off, *new, *corrected]


def defused(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
