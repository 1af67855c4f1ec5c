"""When a delivery is tried again, and when an endpoint is given a rest. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
RETRIES: Sequence[timedelta] = (
    timedelta(seconds=5),
    5 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    10 * _HOUR,
    20 * _HOUR,
    24 * _HOUR,
)
"""After each failed try; three days in all. It begins as Svix's does, which receivers know, and
goes on through a weekend."""
_SPREAD = 0.1
"""Waits differ by so much of themselves: what failed together does not come back together."""
PAUSED_AFTER = timedelta(days=3)
"""An endpoint that has taken nothing for so long is paused, and its shipper told."""
KEEPS_FORMER = timedelta(hours=24)
"""So long a replaced secret signs as well."""
LEASE = timedelta(seconds=30)
"""A call is over by then."""
SLOTS = 8
"""Calls at once in one sender."""
OF_ONE = 2
"""And of these for one endpoint: one that is slow leaves room for the others."""
MOST = 20
"""Endpoints of one shipper."""
LOG_DAYS = 30
"""So long what was delivered is shown."""
AT_ONCE = 1000
"""Rows of the log that are dropped in one transaction."""
LONGEST_ANSWER = 2000
"""Characters of an answer that are kept."""


class After(StrEnum):
    """What an answer means for what was sent."""

    TAKEN = "taken"
    AGAIN = "again"
    GIVEN_UP = "given_up"
    """It was tried for three days: the next one has its turn."""
    ENDED = "ended"
    """The receiver says that it is gone for good (410)."""


def after(status: int | None, tries: int) -> After:
    """What follows the answer to this try; None is no answer. A redirect is a failure."""
    if status is not None and 200 <= status < 300:
        return After.TAKEN
    if status == 410:
        return After.ENDED
    return After.AGAIN if tries <= len(RETRIES) else After.GIVEN_UP


def wait(tries: int, random: Random) -> timedelta:
    """How long until the next try after this many."""
    return RETRIES[tries - 1] * (1 + _SPREAD * (2 * random.random() - 1))


def pauses(failing_since: datetime | None, now: datetime) -> bool:
    """Whether an endpoint has failed for so long that it is left alone."""
    return failing_since is not None and now - failing_since >= PAUSED_AFTER
