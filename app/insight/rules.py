"""How durations are counted, and what a period is put together from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

GROWTH = 1.05
"""How much longer the next sort of durations is. After a change all has to be counted anew."""
TOLERANCE = 0.025
"""How far a duration that was read from its sort may be from the real one, as a share of it."""

_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


def seconds(sort: int) -> float:
    """What stands for the durations of a sort: 0 holds those under a second, 1 the next ones."""
    return GROWTH ** (sort - 0.5) if sort else 0.5


def quantile(durations: Mapping[int, int], share: float) -> float | None:
    """The seconds that this share of the durations does not exceed; None when there are none.

    `durations` says of each sort how many there are. Between two neighbours it lies in proportion,
    as Postgres' `percentile_cont` has it.
    """
    place = share * (sum(durations.values()) - 1)
    if place < 0:
        return None
    below = _at(durations, int(place))
    above = _at(durations, int(place) + 1)
    return below + (place - int(place)) * (above - below)


def _at(durations: Mapping[int, int], place: int) -> float:
    """The duration at this place in order, or the last one."""
    sort = 0
    for sort in sorted(durations):
        place -= durations[sort]
        if place < 0:
            break
    return seconds(sort)


class Piece(NamedTuple):
    """A part of a period, its end excluded, and what it is read from."""

    hours: int
    """24: sums of days; 0: an end of the period in the middle of a day, case by case."""
    begin: datetime
    end: datetime


def pieces(since: datetime, until: datetime) -> list[Piece]:
    """What a period is put together from: whole days (UTC), and its two ends.

    The period begins right after `since` and ends with `until`, both in UTC.
    """
    begin, end = since + _INSTANT, until + _INSTANT
    first, last = day(begin), day(end)
    if first < begin:
        first += _DAY
    if first >= last:
        parts = [Piece(0, begin, end)]
    else:
        parts = [Piece(0, begin, first), Piece(24, first, last), Piece(0, last, end)]
    return [piece for piece in parts if piece.begin < piece.end]


def day(at: datetime) -> datetime:
    """When the day of this moment began."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def days(number: int, now: datetime) -> tuple[datetime, datetime]:
    """The last days, of which today is one, as a period: no end of it is in the middle of a day."""
    tomorrow = day(now) + _DAY
    return tomorrow - number * _DAY - _INSTANT, tomorrow - _INSTANT
