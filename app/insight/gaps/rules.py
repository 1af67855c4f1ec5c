"""Is this silence usual? Pure decisions on what was learned of an account."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from app.clock import local

HOURS = 7 * 24
"""An hour of the week: 0 is Monday 00:00 on the account's clocks."""
TOO_UNLIKELY = 1e-5
"""A silence with a smaller chance is a gap: of a hundred thousand pauses between events one is
as long without anything being wrong."""
LEAST_EXPECTED = 3.0
"""Busy minutes that must be missing: what hardly ever comes is not missed."""
REGULAR = 0.75
"""Share of the weeks from which on an hour counts as one in which something always comes."""
FORGOTTEN = timedelta(days=28)
"""Who was silent for so long has stopped, and is no news any more."""

_HOUR = timedelta(hours=1)
_NEVER = -700.0  # the logarithm of as good as nothing


class Rhythm(NamedTuple):
    """What is usual at each hour of the week, learned from whole weeks."""

    zone: str
    weeks: int
    minutes: Sequence[float]
    """Minutes of the hour in which anything comes: a batch of a hundred counts as one."""
    active: Sequence[float]
    """Share of the weeks in which anything came in that hour."""


class Silence(NamedTuple):
    """How unusual a silence is."""

    expected: float
    """Busy minutes that would usually have come meanwhile."""
    chance: float
    """That nothing comes for so long, if all is well."""

    @property
    def is_gap(self) -> bool:
        """Whether somebody should look."""
        return self.chance < TOO_UNLIKELY and self.expected >= LEAST_EXPECTED


def hour_of_week(at: datetime, zone: str) -> int:
    """Which hour of the week it is on the clocks of `zone`."""
    here = local(at, zone)
    return here.weekday() * 24 + here.hour


def silence(rhythm: Rhythm, since: datetime, now: datetime) -> Silence:
    """How unusual it is that nothing came between the two moments.

    Minutes are taken as coming by chance (Poisson), at a rate known from a few weeks only. A
    whole hour in which something came nearly every week is also surprising by itself, however
    little it was. Of the two the less likely counts. Hours are taken as independent.
    """
    if rhythm.weeks < 1 or since >= now:
        return Silence(0.0, 1.0)
    weeks = rhythm.weeks
    # The chance of none of k more, when a rate was seen for n weeks: (n / (n + 1)) ** (n * rate).
    per_minute = weeks * math.log1p(1 / weeks)
    expected, chance = 0.0, 0.0
    start = max(since, now - FORGOTTEN)
    while start < now and chance > _NEVER:
        hour = start.replace(minute=0, second=0, microsecond=0)
        end = min(now, hour + _HOUR)
        slot = hour_of_week(hour, rhythm.zone)
        share = (end - start) / _HOUR
        usual = rhythm.minutes[slot] * share
        by_chance = -per_minute * usual
        if share == 1 and rhythm.active[slot] >= REGULAR:
            quiet_weeks = weeks * (1 - min(rhythm.active[slot], 1.0))
            by_chance = min(by_chance, math.log((quiet_weeks + 0.5) / (weeks + 1)))
        chance += by_chance
        expected += usual
        start = end
    return Silence(expected, math.exp(chance))
