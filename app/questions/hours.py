"""By when somebody can answer: a depot's working hours count, the others do not. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app import clock
from app.booking.places_store import Week
from app.directory.holidays import public_holidays

_LONGEST = timedelta(days=3)
"""A weekend with a day beside it; a depot that is closed for longer has a ladder all the same."""


def answer_by(now: datetime, wait: timedelta, week: Week) -> datetime:
    """When `wait` of the depot's working hours is over, at full five minutes, never sooner.

    A depot works from its first window of a day to its last; one without windows at any time. After
    `_LONGEST` somebody has to answer all the same.
    """
    if not week.rules:
        return _full(now + wait)
    left = wait
    today = clock.local(now, week.zone).date()
    for day in (today + timedelta(days=n) for n in range(_LONGEST.days + 1)):
        opens, closes = _hours(day, week) or (now, now)
        begins = max(opens, now)
        if begins + left <= closes:
            return _full(min(begins + left, now + max(wait, _LONGEST)))
        left -= max(closes - begins, timedelta())
    return _full(now + max(wait, _LONGEST))


def _hours(day: date, week: Week) -> tuple[datetime, datetime] | None:
    rules = [rule for rule in week.rules if rule.weekday == day.isoweekday()]
    holiday = day in public_holidays(week.country, week.region, day.year)
    if not rules or holiday or day in week.closures:
        return None
    opens, closes = min(rule.starts for rule in rules), max(rule.ends for rule in rules)
    return _moment(day, opens, week.zone), _moment(day, closes, week.zone)


def _moment(day: date, wall: time, zone: str) -> datetime:
    return datetime.combine(day, wall, ZoneInfo(zone)).astimezone(UTC)


def _full(at: datetime) -> datetime:
    over = timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
    return at - over + timedelta(minutes=5) if over else at
