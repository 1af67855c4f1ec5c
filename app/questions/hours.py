"""By when somebody can answer: a depot's working hours count, the others do not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.booking.places_store import Week
from app.directory.rotas.model import Opening
from app.directory.rotas.opening import open_times
from app.locality import quiet

_LEAST = timedelta(minutes=30)
"""So long somebody has to answer, however soon the answer is needed."""
_LONGEST = timedelta(days=3)
"""A weekend with a day beside it; a depot that is closed for longer has a ladder all the same."""


def answer_by(now: datetime, wait: timedelta, week: Week) -> datetime:
    """When `wait` of the depot's working hours is over, at full five minutes, never sooner.

    After `_LONGEST` somebody has to answer all the same.
    """
    left = wait
    for opens, closes in open_times(_worked(week), now, now + _LONGEST):
        if opens + left <= closes:
            return _full(opens + left)
        left -= closes - opens
    return _full(now + max(wait, _LONGEST))


def waking(by: datetime, now: datetime, night: Mapping[str, Any] | None) -> datetime:
    """`by`, or an hour beside it at which the customer is awake, and has been for a while."""
    return _full(quiet.read_by(quiet.waking(by, now + _LEAST, night), _LEAST, night))


def in_time(
    by: datetime, begins: datetime, now: datetime, night: Mapping[str, Any] | None
) -> datetime:
    """`by`, or the last hour awake before a booked delivery begins, where that leaves time.

    Whoever writes in the evening about the next morning is not helped by an answer at noon; the
    ladder is called at any hour.
    """
    last = quiet.since(begins - _LEAST, night) or begins
    return last if now + _LEAST <= last < by else by


def _worked(week: Week) -> Opening:
    """The depot's opening hours; where it names none, a day's first window to its last."""
    days = sorted({rule.weekday for rule in week.rules})
    spans = [
        (
            day,
            min(rule.starts for rule in week.rules if rule.weekday == day),
            max(rule.ends for rule in week.rules if rule.weekday == day),
        )
        for day in days
    ]
    return week.opening if week.opening.hours else week.opening._replace(hours=spans)


def _full(at: datetime) -> datetime:
    over = timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
    return at - over + timedelta(minutes=5) if over else at
