"""How durations are counted, and what a period is put together from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

GROWTH = 1.05
"""How much longer the next sort of durations is. After a change all has to be counted anew."""
TOLERANCE = 0.025
"""How far a duration that was read from its sort may be from the real one, as a share of it."""

_HOUR = timedelta(hours=1)
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
    """A part of a period, its end excluded, and whose sums it is read from."""

    hours: int
    """24: days; 1: hours; 0: an end of the period in the middle of an hour, case by case."""
    begin: datetime
    end: datetime


def pieces(since: datetime, until: datetime) -> list[Piece]:
    """What a period is put together from: whole days (UTC), whole hours, and its two ends.

    The period begins right after `since` and ends with `until`, both in UTC.
    """
    return [
        piece for piece in _pieces(since + _INSTANT, until + _INSTANT) if piece.begin < piece.end
    ]


def _pieces(begin: datetime, end: datetime) -> Iterator[Piece]:
    first_hour, last_hour = _ceiling(begin, hours=1), _floor(end, hours=1)
    if first_hour >= last_hour:
        yield Piece(0, begin, end)
        return
    yield Piece(0, begin, first_hour)
    yield Piece(0, last_hour, end)
    first_day, last_day = _ceiling(first_hour, hours=24), _floor(last_hour, hours=24)
    if first_day >= last_day:
        yield Piece(1, first_hour, last_hour)
        return
    yield Piece(1, first_hour, first_day)
    yield Piece(24, first_day, last_day)
    yield Piece(1, last_day, last_hour)


def day(at: datetime) -> datetime:
    """When the day of this moment began."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _floor(at: datetime, *, hours: int) -> datetime:
    return day(at) if hours == 24 else at.replace(minute=0, second=0, microsecond=0)


def _ceiling(at: datetime, *, hours: int) -> datetime:
    floor = _floor(at, hours=hours)
    return floor if floor == at else floor + hours * _HOUR
