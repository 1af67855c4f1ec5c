"""Local times as moments. Pure.

What begins and ends at local times must follow upon each other in every night, also in those in
which the clocks change: so each local time is exactly one moment, and a later one is never before
an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


@lru_cache(maxsize=4096)
def moment(wall: datetime, zone: str) -> datetime:
    """The first moment at which the clocks of `zone` show this time or a later one; UTC.

    Of a time that comes twice it is the first, of one that is left out it is the change itself.
    """
    clocks = ZoneInfo(zone)
    before = wall.replace(tzinfo=clocks, fold=0).astimezone(UTC)
    if before.astimezone(clocks).replace(tzinfo=None) == wall:
        return before
    # The clocks jump over it. Read with the offset before the change it lies after the change.
    early = wall.replace(tzinfo=clocks, fold=1).astimezone(UTC) - timedelta(seconds=1)
    late = before
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(clocks).replace(tzinfo=None) >= wall:
            late = middle
        else:
            early = middle
    return late.replace(microsecond=0)


def readings(wall: datetime, zone: str) -> list[datetime]:
    """The moments at which the clocks of `zone` show this time: one; two, or none, in some nights.

    They are in order, and in UTC.
    """
    clocks = ZoneInfo(zone)
    found = {wall.replace(tzinfo=clocks, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(at for at in found if at.astimezone(clocks).replace(tzinfo=None) == wall)


def change_within(since: datetime, until: datetime, zone: str) -> bool:
    """Whether the clocks of `zone` show another offset at the end of this time than before."""
    clocks = ZoneInfo(zone)
    return since.astimezone(clocks).utcoffset() != until.astimezone(clocks).utcoffset()


def span(day: date, starts: time, ends: time, zone: str) -> tuple[datetime, datetime]:
    """What begins on this day at `starts` and ends at `ends`, on the next day if not after it."""
    last = day if ends > starts else day + _DAY
    return moment(datetime.combine(day, starts), zone), moment(datetime.combine(last, ends), zone)


def days(since: datetime, until: datetime, zone: str) -> Iterator[date]:
    """The local days on which something can begin that touches this time.

    Some begin before, as it may last over midnight, and one after: where clocks go back over
    midnight, the next day has begun although they show the former one again.
    """
    clocks = ZoneInfo(zone)
    day, last = since.astimezone(clocks).date() - 2 * _DAY, until.astimezone(clocks).date() + _DAY
    while day <= last:
        yield day
        day += _DAY
