"""How what was booked last did not come true, as it was written down. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from app.booking.missed import How, Missed
from app.cases.timeline.facts import PromiseBroken
from app.cases.timeline.rows import Recorded


def missed(timeline: Sequence[Recorded]) -> Missed | None:
    """Of the newest booking that was missed; None when there was none."""
    for entry in reversed(timeline):
        match entry.facts:
            case PromiseBroken(how=how, pickup=pickup, reason=reason):
                return Missed(How(how or How.NOT_THERE), pickup, reason)
    return None
