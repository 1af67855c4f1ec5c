"""How long whoever took a task on has it, and when they are reminded. Pure decisions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

_LEAST = timedelta(minutes=10)
"""Nobody sorts anything out faster than that."""


class Hours(NamedTuple):
    """When somebody is reminded of what they took on, and when it goes back to the ladder."""

    remind_at: datetime
    done_by: datetime | None
    """None: it does not go back, something else sees to it."""


def hours(usual: datetime, deadline: datetime | None, before: timedelta, now: datetime) -> Hours:
    """What holds from now on for somebody who took a task on, and should `usual`ly be done then.

    Whoever is called after them needs some of what is left until the deadline, so it is halved. A
    deadline that has passed is none any more.
    """
    done_by = usual
    if deadline and deadline > now:
        left = deadline - now
        done_by = min(usual, now + max(left / 2, min(left, _LEAST)))
    return Hours(remind_at(done_by, before, now), done_by)


def until(done_by: datetime, before: timedelta, now: datetime) -> Hours:
    """What holds from now on for somebody who says by when they will be done."""
    return Hours(remind_at(done_by, before, now), done_by)


def remind_at(done_by: datetime, before: timedelta, now: datetime) -> datetime:
    """So long before it, but never in the first half of the time."""
    return max(done_by - before, now + (done_by - now) / 2)
