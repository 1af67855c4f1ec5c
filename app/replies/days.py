"""Which days somebody means. Only the future is meant: "kal" is tomorrow, never yesterday."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from app.replies.meaning import Day

_SATURDAY = 6


class Days(NamedTuple):
    """The days that were meant; `sure` where people mean one day by such words."""

    days: frozenset[date]
    sure: bool = True


def meant(day: Day, today: date, offered: Iterable[date]) -> Days:
    """Those of the days offered that are meant."""
    days = frozenset(one for one in offered if one >= today and _is(day, one, today))
    if day.next:  # the one that comes next, or the one of next week
        both = {one for one in days if (one - today).days <= 14}
        first = _following(day.weekday or 1, today)
        same = _week(first) != _week(today)
        return Days(frozenset({first} & both) if same else frozenset(both), sure=same)
    if day.weekday and not (day.day or day.ahead is not None or day.next_week):
        days = frozenset(one for one in days if (one - today).days <= 7)
    return Days(days)


def _is(day: Day, one: date, today: date) -> bool:
    """Whether all that was said is true of this day."""
    if day.ahead is not None and one != today + timedelta(days=day.ahead):
        return False
    if day.weekday is not None and one.isoweekday() != day.weekday:
        return False
    if day.next_week and _week(one) != _week(today + timedelta(days=7)):
        return False
    if day.weekend and (one.isoweekday() < _SATURDAY or (one - today).days > 7):
        return False
    said = (day.year or one.year, day.month or one.month, day.day or one.day)
    return said == (one.year, one.month, one.day)


def _following(weekday: int, today: date) -> date:
    return today + timedelta(days=(weekday - today.isoweekday() - 1) % 7 + 1)


def _week(one: date) -> tuple[int, int]:
    year, week, _ = one.isocalendar()
    return year, week
