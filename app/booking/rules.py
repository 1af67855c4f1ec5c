"""Which windows a depot offers, which are shown, which one a silent customer gets.

Pure: the depot's week, when it is open and "now" come in as arguments. A rule is meant on the
clocks of the depot; every moment that leaves here is aware and UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from app import clock
from app.directory.rotas.model import Opening
from app.directory.rotas.opening import first_open, is_closed_on, last_open
from app.frozen import frozen
from app.locality import quiet

FETCH = timedelta(days=1)
"""A pickup point is only offered when it leaves this long to fetch the parcel."""

_OPEN = timedelta(hours=2)  # and never less of it while it is open

SHOWN = 12  # on a phone a longer list is not read
SHOWN_DAYS = 3  # and one that is all Monday helps nobody who works on Mondays

_TO_ASK, _TO_CONFIRM = timedelta(hours=2), timedelta(hours=3)
"""Before what nobody chose people are asked, and then they have time to say yes."""

_QUARTER = timedelta(minutes=15)  # every zone's offset is a whole number of these


@frozen()
class Rule:
    """One line of a depot's week: ISO weekday, local times, places, cut-off before the start."""

    weekday: int
    starts: time
    ends: time
    capacity: int
    cutoff: timedelta


@frozen()
class Window:
    """One window on one day. Times are aware, UTC; it can be booked until `cutoff_at`."""

    starts_at: datetime
    ends_at: datetime
    cutoff_at: datetime
    capacity: int


class TimeWindow(Protocol):
    """A time in which a parcel can be had: a slot, or a stay at a pickup point."""

    @property
    def id(self) -> int:
        """The id of its row."""

    @property
    def starts_at(self) -> datetime:
        """From when."""

    @property
    def ends_at(self) -> datetime:
        """Until when."""


S = TypeVar("S", bound=TimeWindow)


def windows(
    rules: Iterable[Rule],
    opening: Opening,
    now: datetime,
    days: int = 7,
    not_after: datetime | None = None,
) -> list[Window]:
    """The windows that can still be booked at `now`, earliest first.

    They are of `days` local days, today included, on which the depot works, and end by
    `not_after`. A window that
    begins or ends in an hour which the clocks skip that day does not exist; one that ends in
    an hour which comes twice ends with the second.
    """
    week, zone = list(rules), opening.zone
    today = clock.local(now, zone).date()
    found = []
    for day in (today + timedelta(days=n) for n in range(days)):
        if is_closed_on(opening, day):
            continue
        for rule in week:
            if rule.weekday != day.isoweekday():
                continue
            starts_at = _moment(day, rule.starts, zone, fold=0)
            ends_at = _moment(day, rule.ends, zone, fold=1)
            if starts_at is None or ends_at is None:
                continue
            cutoff_at = starts_at - rule.cutoff
            if cutoff_at > now and (not_after is None or ends_at <= not_after):
                found.append(Window(starts_at, ends_at, cutoff_at, rule.capacity))
    return sorted(found, key=lambda w: (w.starts_at, w.ends_at))


@lru_cache(maxsize=20_000)
def _moment(day: date, wall: time, zone: str, *, fold: int) -> datetime | None:
    """When the clocks of `zone` show `wall` on `day`; None when they never do."""
    local = datetime.combine(day, wall, ZoneInfo(zone)).replace(fold=fold)
    moment = local.astimezone(UTC)
    shown = clock.local(moment, zone).replace(tzinfo=None)
    return moment if shown == local.replace(tzinfo=None) else None


def stay(
    ready_in: timedelta,
    keeps_for: timedelta,
    now: datetime,
    not_after: datetime | None,
    depot: Opening,
    point: Opening,
) -> tuple[datetime, datetime] | None:
    """From when until when a parcel can be fetched at a pickup point, both while it is open.

    Its depot brings it there in `ready_in` from when it is open. It is there at a full quarter of
    an hour, rather later than promised too early, and goes back at `not_after` at the latest.
    None when that leaves too little time to fetch it.
    """
    due = first_open(depot, now) + ready_in
    early = timedelta(minutes=due.minute % 15, seconds=due.second, microseconds=due.microsecond)
    starts_at = due - early + _QUARTER if early else due
    opens_at = first_open(point, starts_at)
    ends_at = opens_at + keeps_for
    if not_after is not None:
        ends_at = min(ends_at, not_after)
    if ends_at - starts_at < min(FETCH, keeps_for):
        return None
    ends_at = last_open(point, ends_at)
    return (opens_at, ends_at) if ends_at - opens_at >= min(_OPEN, keeps_for) else None


def first_days_full(
    offered: Sequence[Window], with_room: Sequence[TimeWindow], zone: str
) -> datetime | None:
    """Where the first days that are offered are full: when the first slot with room begins."""
    if not with_room or not offered:
        return None
    first = min(slot.starts_at for slot in with_room)
    begins = clock.local(min(window.starts_at for window in offered), zone).date()
    return first if clock.local(first, zone).date() > begins else None


def a_few(choices: Sequence[S], zone: str) -> list[S]:
    """Those to show, earliest first: at most `SHOWN`, spread over days and over each day."""
    ordered = sorted(choices, key=lambda s: (s.starts_at, s.id))
    by_day = groupby(ordered, key=lambda s: clock.local(s.starts_at, zone).date())
    days = [list(group) for _, group in by_day]
    a_day = SHOWN // max(1, min(len(days), SHOWN_DAYS))
    return [window for day in days for window in _spread(day, a_day)][:SHOWN]


def _spread(day: list[S], most: int) -> list[S]:
    """At most `most` of a day, the first and the last among them."""
    if len(day) <= most:
        return day
    return [day[n * (len(day) - 1) // (most - 1)] for n in range(most)]


def certain_from(now: datetime, zone: str) -> datetime:
    """From when on something booked now can begin, so that people confirm it by day before."""
    night = {"from": "21:00", "to": "08:30", "zone": zone}
    asked = now + _TO_ASK
    return (quiet.until(asked, night) or asked) + _TO_CONFIRM


def default_choice(
    choices: Iterable[S], not_after: datetime | None, certain: datetime | None = None
) -> S | None:
    """What the policy books for a silent customer: the earliest that ends by `not_after`.

    Rather one that begins when it can be `certain`.
    """
    fitting = [s for s in choices if not_after is None or s.ends_at <= not_after]
    sure = [s for s in fitting if certain is None or s.starts_at >= certain]
    return min(sure or fitting, key=lambda s: (s.starts_at, s.id), default=None)
