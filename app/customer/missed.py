"""How what was booked last did not come true, from what is written down. Pure.

Only what somebody had said yes to was promised; and who stood at a closed door kept their word.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple

from app.cases.timeline.facts import Booked, CourierFailed, PromiseBroken, Rebooked
from app.cases.timeline.rows import Recorded, confirmed

_CAME = frozenset(
    {
        "access_restricted",
        "business_closed",
        "identification_failed",
        "payment_due",
        "recipient_unavailable",
    }
)
"""Reasons of a courier who was at the door."""


class How(Enum):
    """How it did not come true."""

    NOT_THERE = auto()
    """A delivery that was promised."""
    TRIED = auto()
    """The courier came, and could not hand it over."""
    UNCONFIRMED = auto()
    """A delivery that nobody had said yes to."""
    NOT_COLLECTED = auto()
    PICKUP_UNCONFIRMED = auto()


class Missed(NamedTuple):
    """What did not come true; `reason` is the courier's, where they tried."""

    how: How
    reason: str = ""


def missed(timeline: Sequence[Recorded]) -> Missed | None:
    """Of the newest booking that was missed; None when there was none."""
    ends = [n for n, entry in enumerate(timeline) if isinstance(entry.facts, PromiseBroken)]
    if not ends:
        return None
    booked: Booked | Rebooked | None = None
    tried = ""
    for entry in timeline[: ends[-1]]:
        match entry.facts:
            case Booked() | Rebooked() as booked:
                tried = ""
            case CourierFailed(reason=reason):
                tried = reason if reason in _CAME else ""
    pickup = booked is not None and booked.kind == "pickup"
    certain = booked is None or booked.booking_id in confirmed(timeline)
    if tried and not pickup:
        return Missed(How.TRIED, tried)
    if pickup:
        return Missed(How.NOT_COLLECTED if certain else How.PICKUP_UNCONFIRMED)
    return Missed(How.NOT_THERE if certain else How.UNCONFIRMED)
