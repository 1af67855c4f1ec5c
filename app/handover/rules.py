"""When whoever carries a booking out should have said yes, and who is asked meanwhile. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from app import clock
from app.locality import quiet

AT_LEAST = timedelta(minutes=30)
"""So long somebody has to confirm, however near the cut-off is."""
_FOR_PEOPLE = timedelta(hours=2)
"""So long before the customer is to know, people are asked where a courier did not answer."""
_REMIND = timedelta(minutes=30)
_WORD = timedelta(minutes=20)
"""So long before a promised hour its customer is told that it will not be kept: time enough to try
again and to go another way, where the first one fails."""
_READS = timedelta(minutes=30)
"""So long before the hour that was promised somebody is awake to read the word."""
_TOO_LATE = timedelta(hours=1)
"""So long before a window that nobody confirmed, something else has to be chosen."""
_DAY_BEGINS, _DAY_ENDS = time(8, 30), time(21)
_FIRST_WORD = time(9)
_QUARTER = timedelta(minutes=15)

ASK_AFTER = timedelta(seconds=15)
"""So long after an answer was lost its courier is asked: it may still be at work."""
WITHDRAWALS = 8
"""So many times a withdrawal is tried before people are told."""
OFFER_TRIES = 3
LEASE = timedelta(seconds=60)
"""A call is over by then; see `connectors.base.Client`."""

TELLS_TOURS = frozenset(
    {"aftership", "easypost", "karrio", "seventeentrack", "shipengine", "shippo", "shiprocket"}
)
"""Couriers that say when a parcel goes out for delivery."""
_ON_TOUR, _NOT_ON_TOUR = "outfordelivery", "notoutfordelivery"


class Deadlines(NamedTuple):
    """When people are asked, and when the customer is to know."""

    people_at: datetime
    confirm_by: datetime


def deadlines(
    now: datetime,
    cutoff_at: datetime,
    starts_at: datetime,
    zone: str,
    *,
    within: timedelta,
    people: bool,
    night: Mapping[str, Any] | None = None,
) -> Deadlines:
    """The deadlines of a booking made now; with `people` they are who confirms.

    The customer knows before it is too late to change anything, and by day on the clocks of their
    `zone`, outside of their quiet hours: nobody is told at night what can be told in the morning.
    """
    soonest = now + AT_LEAST
    evening = _evening_before(cutoff_at, zone)
    until = evening if evening >= soonest else cutoff_at
    last = until if until >= soonest else min(soonest, starts_at)
    by = min(_by_day(_round_up(now + within), zone), max(last, now))
    by = min(_awake(max(by, now), soonest, night), _read(max(by, starts_at), night))
    return Deadlines(now if people else by - min(_FOR_PEOPLE, (by - now) / 2), by)


def later(
    now: datetime,
    starts_at: datetime,
    zone: str,
    *,
    within: timedelta,
    night: Mapping[str, Any] | None = None,
) -> datetime | None:
    """The next hour to name when nobody confirmed in time; None when there is none left.

    The last one is by day and can be read: whoever expects a van in the morning knows in the
    evening.
    """
    last = _evening_before(starts_at - _TOO_LATE, zone)
    by = min(_by_day(_round_up(now + within), zone), last)
    by = min(_awake(by, now + AT_LEAST, night), _read(max(by, starts_at - _TOO_LATE), night))
    return by if now + AT_LEAST <= by <= starts_at else None


def remind_at(people_at: datetime, confirm_by: datetime) -> datetime:
    """When somebody who took it on and did not say yes or no is called again."""
    return confirm_by - min(_REMIND, (confirm_by - people_at) / 3)


def late_at(people_at: datetime, confirm_by: datetime) -> datetime:
    """When it is said that it is still not certain: before the hour passes that was promised."""
    return confirm_by - min(_WORD, (confirm_by - people_at) / 6)


def retry_in(schedule: Sequence[int], tries: int) -> timedelta:
    """How long to wait after so many tries; the last of a schedule goes on."""
    return timedelta(seconds=schedule[min(max(tries, 1), len(schedule)) - 1])


def day_of(at: datetime, zone: str) -> date:
    """The day on those clocks."""
    return clock.local(at, zone).date()


def on_tour(code: str | None, words: str | None) -> bool:
    """Whether a courier's news says that the parcel is out for delivery."""
    said = "".join(filter(str.isalpha, f"{code or ''} {words or ''}".casefold()))
    return _ON_TOUR in said and _NOT_ON_TOUR not in said


def _round_up(at: datetime) -> datetime:
    over = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at - over + _QUARTER if over else at


def _evening_before(at: datetime, zone: str) -> datetime:
    """The same moment, or the end of the day before when it is at night there."""
    local = clock.local(at, zone)
    if _DAY_BEGINS <= local.time() <= _DAY_ENDS:
        return at
    day = local.date() - timedelta(days=local.time() < _DAY_BEGINS)
    return datetime.combine(day, _DAY_ENDS, tzinfo=local.tzinfo).astimezone(at.tzinfo)


def _awake(by: datetime, soonest: datetime, night: Mapping[str, Any] | None) -> datetime:
    """An hour in place of `by` at which they are awake, and have been for a while."""
    return _read(quiet.waking(by, soonest, night), night)


def _read(by: datetime, night: Mapping[str, Any] | None) -> datetime:
    """The same moment, or a while after the night that they wake from then."""
    return quiet.read_by(by, _READS, night)


def _by_day(at: datetime, zone: str) -> datetime:
    """The same moment, or the next morning's first hour when it is at night there."""
    local = clock.local(at, zone)
    if _DAY_BEGINS <= local.time() <= _DAY_ENDS:
        return at
    day = local.date() + timedelta(days=local.time() > _DAY_ENDS)
    return datetime.combine(day, _FIRST_WORD, tzinfo=local.tzinfo).astimezone(at.tzinfo)
