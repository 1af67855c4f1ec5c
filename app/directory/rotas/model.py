"""What a rota and a depot's opening hours are made of. Times are aware, UTC, unless local."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from enum import StrEnum
from typing import NamedTuple


class Covers(StrEnum):
    """When somebody of a rota should be on duty; the same list as the CHECK of the table."""

    ALWAYS = "always"
    OPEN = "open"
    """While its depot is open."""
    SHIFTS = "shifts"
    """In its shifts; nobody misses anything between them."""


class Shift(NamedTuple):
    """Somebody is on duty on these weekdays (ISO) from and to these local times."""

    id: int
    weekdays: frozenset[int]
    starts: time
    ends: time
    """On the next day where it is not after `starts`."""
    people: tuple[int, ...]
    """Who takes it in turn; one person takes it always."""
    first: date | None = None
    last: date | None = None


class Swap(NamedTuple):
    """On this day's shift one person stands for another."""

    shift_id: int
    day: date
    of: int
    to: int


class Override(NamedTuple):
    """In this time `person` is on duty: for everybody, or for `of` alone.

    Without a person `of` is away.
    """

    id: int
    starts_at: datetime
    ends_at: datetime
    person: int | None
    of: int | None = None


class Why(StrEnum):
    """How somebody came to be on duty."""

    SHIFT = "shift"
    SWAP = "swap"
    OVERRIDE = "override"
    IMPORTED = "imported"


class Span(NamedTuple):
    """From when to when a person is on duty, and because of which day's shift."""

    starts_at: datetime
    ends_at: datetime
    person: int
    why: Why = Why.SHIFT
    shift_id: int = 0
    day: date | None = None


class Handover(NamedTuple):
    """Turns pass on at this local time, first on this day and then every so many days."""

    first: date
    at: time
    days: int


class Rota(NamedTuple):
    """All that says who is on duty when."""

    id: int
    slug: str
    name: str
    zone: str
    handover: Handover
    shifts: Sequence[Shift] = ()
    swaps: Sequence[Swap] = ()
    overrides: Sequence[Override] = ()
    """The later one counts, by id."""
    imported: Sequence[Span] = ()
    covers: Covers = Covers.OPEN


class Opening(NamedTuple):
    """A depot's opening hours: `(weekday, opens, closes)` at local times.

    Without any it is open day and night, but for closed days.
    """

    zone: str
    hours: Sequence[tuple[int, time, time]] = ()
    closed: frozenset[date] = frozenset()
    country: str = ""
    region: str | None = None
    keeps_holidays: bool = True
