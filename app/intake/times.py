"""The one place that decides what a courier's time means.

Couriers send offsets, local times without a zone, local times falsely marked Z, epoch
seconds, epoch milliseconds, `DD MM YYYY HH:MM:SS` and `YYYYMMDD` with `HHMMSS`. Whatever
comes, the answer is an aware UTC time or None; nothing here raises. Times outside the years
2000–2099 are placeholders or garbage, and None too.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 100_000_000_000
"""Epoch numbers from here on are milliseconds: as seconds they would lie beyond the year 5000."""

_DAY_FIRST = re.compile(r"(\d\d)[ ./-](\d\d)[ ./-](\d{4})[ T](\d\d):(\d\d)(?::(\d\d))?", re.ASCII)
_SPACE_BEFORE_OFFSET = re.compile(r"(?<=\d) (?=[+-]\d\d:?\d\d$)", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d\d)[.:]?(\d\d)", re.ASCII)
_LONGEST = 40


def read(value: object, zone: str = "UTC", *, z_is_local: bool = False) -> datetime | None:
    """Read a time in any of the couriers' forms.

    Args:
        value: what stood in the JSON.
        zone: IANA zone of a time that carries none.
        z_is_local: the courier marks local times with Z, so Z says nothing.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _epoch(value)
    text = value.strip() if isinstance(value, str) else ""
    if not 8 <= len(text) <= _LONGEST or not text.isascii():
        return None
    if text.isdigit() and len(text) in {10, 13}:
        return _epoch(int(text))
    parsed = _iso(text) or _day_first(text)
    if parsed is None:
        return None
    if z_is_local and text[-1] in "Zz":
        parsed = parsed.replace(tzinfo=None)
    return _settle(parsed, zone)


def compact(
    date: object, time: object, zone: str = "UTC", *, offset: object = None
) -> datetime | None:
    """Read `YYYYMMDD` and `HHMMSS`; `offset` like `-04.00` or `+05:30` wins over `zone`."""
    if not isinstance(date, str) or not isinstance(time, str):
        return None
    digits = date + time
    if len(date) != 8 or len(time) != 6 or not digits.isascii() or not digits.isdigit():
        return None
    month, day, hour, minute, second = (int(digits[at : at + 2]) for at in range(4, 14, 2))
    try:
        parsed = datetime(int(digits[:4]), month, day, hour, minute, second)  # noqa: DTZ001 - zone follows
    except ValueError:
        return None
    if isinstance(offset, str) and (match := _OFFSET.fullmatch(offset)):
        sign, hours, minutes = match.groups()
        shift = timedelta(hours=int(hours), minutes=int(minutes))
        if shift < timedelta(hours=24):
            parsed = parsed.replace(tzinfo=timezone(shift if sign == "+" else -shift))
    return _settle(parsed, zone)


def formatted(value: object, form: str, zone: str = "UTC") -> datetime | None:
    """Read a time that a courier writes in a form of its own, given as `strptime` wants it."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**18:
        value = str(value)
    text = value.strip() if isinstance(value, str) else ""
    if not 0 < len(text) <= _LONGEST:
        return None
    try:
        parsed = datetime.strptime(text, form)  # noqa: DTZ007 - zone follows
    except (ValueError, IndexError, re.error):  # the last two: odd forms, in some Pythons
        return None
    return _settle(parsed, zone)


def _epoch(number: float) -> datetime | None:
    try:
        seconds = number / 1000 if abs(number) >= _MILLISECONDS_FROM else number
        return _plausible(_EPOCH + timedelta(seconds=seconds))
    except (OverflowError, ValueError):  # huge, infinite or not a number
        return None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(_SPACE_BEFORE_OFFSET.sub("", text))
    except ValueError:
        return None


def _day_first(text: str) -> datetime | None:
    match = _DAY_FIRST.fullmatch(text)
    if match is None:
        return None
    day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - zone follows
    except ValueError:
        return None


def _settle(parsed: datetime, zone: str) -> datetime | None:
    try:
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=_zone(zone))
        return _plausible(parsed.astimezone(UTC))
    except (OverflowError, ValueError):  # an edge of the calendar
        return None


def _plausible(at: datetime) -> datetime | None:
    return at if _EARLIEST <= at < _LATEST else None


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # an account with a wrong zone still gets a time
        return UTC
