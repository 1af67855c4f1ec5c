"""The nights in which clocks change, in every zone there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

SINCE, UNTIL = datetime(2011, 6, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
_STEP = timedelta(days=12)
"""Two changes are further apart: Morocco's, around Ramadan, are by some weeks."""


@cache
def changes() -> dict[str, tuple[datetime, ...]]:
    """By zone, the moments of all changes; of zones that change alike only one."""
    found: dict[tuple[tuple[datetime, timedelta | None], ...], str] = {}
    for name in sorted(available_timezones() - {"localtime"}):
        zone = ZoneInfo(name)
        offsets = tuple((at, at.astimezone(zone).utcoffset()) for at in _of(zone))
        if offsets:
            found.setdefault(offsets, name)
    return {name: tuple(at for at, _ in offsets) for offsets, name in found.items()}


def _of(zone: ZoneInfo) -> list[datetime]:
    moments, at, before = [], SINCE, SINCE.astimezone(zone).utcoffset()
    while at < UNTIL:
        after = (at + _STEP).astimezone(zone).utcoffset()
        if after != before:
            moments.append(_between(zone, at, at + _STEP))
        at, before = at + _STEP, after
    return moments


def _between(zone: ZoneInfo, early: datetime, late: datetime) -> datetime:
    offset = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)
