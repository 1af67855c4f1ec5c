"""A courier's rules for a parcel that was not delivered, and the hours that follow. Pure.

Rules are data of a courier account, `{"attempts": 3, "held_days": 5, "days": "working",
"tries_again_after_hours": 24, "no_change_hours": 2}`; what is left out is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from app import clock
from app.cases.model import CourierAct, ReturnClock
from app.directory.holidays import public_holidays

_SATURDAY = 6


class Days(StrEnum):
    """Which days count while a parcel is kept."""

    CALENDAR = "calendar"
    WORKING = "working"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRules:
    """What a courier does with a parcel that was not delivered."""

    attempts: int | None = None
    """How often it is tried, in all."""
    held_days: int | None = None
    """How many days it is kept after the last attempt."""
    days: Days = Days.CALENDAR
    tries_again_after_hours: float | None = None
    """So long after a failed attempt the courier tries again, whatever anybody wants."""
    no_change_hours: float = 0
    """So long before it acts the courier takes no more wishes."""


KNOWN: Mapping[str, Mapping[str, Any]] = {
    "shiprocket": {"attempts": 3, "tries_again_after_hours": 24},
    "delhivery": {"attempts": 3},
}
"""What couriers say of themselves; an account's own rules go before."""

BOUNDS = {
    "attempts": (1, 20),
    "held_days": (0, 90),
    "tries_again_after_hours": (0.5, 24 * 30),
    "no_change_hours": (0, 24 * 7),
}
_WHOLE = frozenset({"attempts", "held_days"})
NAMES = tuple(one.name for one in fields(ReturnRules))


def read(raw: Mapping[str, Any]) -> ReturnRules:
    """The rules that were given.

    Raises:
        ValueError: what is wrong, by the field's name.
    """
    for name, value in raw.items():
        if name not in NAMES:
            raise ValueError(f"{name}: not known; there are {', '.join(NAMES)}")
        if name == "days":
            if value not in list(Days):
                raise ValueError(f"days: must be one of {', '.join(Days)}")
            continue
        least, most = BOUNDS[name]
        number = isinstance(value, int if name in _WHOLE else (int, float))
        if not number or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"{name}: must be a number from {least:g} to {most:g}")
    return ReturnRules(**{**raw, "days": Days(raw.get("days", Days.CALENDAR))})


def return_clock(
    rules: ReturnRules,
    attempts: int,
    last_attempt: datetime,
    zone: str,
    country: str,
    region: str | None,
) -> ReturnClock:
    """What follows the attempt that failed last, counted on the delivery's own clocks."""
    goes_back = None
    if rules.held_days is not None:
        goes_back = _kept_until(rules, last_attempt, zone, country, region)
    more = rules.attempts is None or attempts < rules.attempts
    if more and rules.tries_again_after_hours is not None:
        act, at = CourierAct.TRIES_AGAIN, last_attempt + _hours(rules.tries_again_after_hours)
    elif goes_back is not None:
        act, at = CourierAct.RETURNS, goes_back
    else:
        return ReturnClock(None, None, None, goes_back)
    return ReturnClock(act, at, at - _hours(rules.no_change_hours), goes_back)


def _kept_until(
    rules: ReturnRules, last_attempt: datetime, zone: str, country: str, region: str | None
) -> datetime:
    """The end of the last day on which the parcel is kept; the attempt's own day counts as none."""
    day = clock.local(last_attempt, zone).date()
    left = rules.held_days or 0
    while left > 0:
        day += timedelta(days=1)
        left -= rules.days is Days.CALENDAR or _is_working(day, country, region)
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    return midnight.astimezone(UTC)


def _is_working(day: date, country: str, region: str | None) -> bool:
    holiday = day in public_holidays(country, region, day.year)
    return day.isoweekday() < _SATURDAY and not holiday


def _hours(number: float) -> timedelta:
    return timedelta(hours=number)
