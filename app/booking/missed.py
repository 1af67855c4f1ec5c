"""How what stands booked did not come true, from what is written down. Pure.

Only what somebody had said yes to was promised; and who stood at a closed door kept their word.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from app.booking.rows import Booking, BookingKind
from app.cases.timeline.facts import CourierFailed
from app.cases.timeline.rows import Recorded

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


class How(StrEnum):
    """How it did not come true; the same list as the CHECK of `bookings.missed`."""

    TRIED = "tried"
    """The courier came, and could not hand it over."""
    NOT_THERE = "not_there"
    """A delivery that was promised."""
    NOT_CONFIRMED = "not_confirmed"
    """Nobody had said yes to it."""
    NOT_COLLECTED = "not_collected"
    """It was ready, and nobody came."""
    NOT_BACK = "not_back"
    """Its customer sent it back, and nobody says that it is there."""


class Missed(NamedTuple):
    """What did not come true; `reason` is the courier's, and `at` its time, where they tried."""

    how: How
    pickup: bool = False
    reason: str = ""
    at: datetime | None = None


def missed(held: Booking | None, timeline: Sequence[Recorded]) -> Missed:
    """Of what stood booked; without a booking something had been promised all the same."""
    if held is None:
        return Missed(How.NOT_THERE)
    pickup = held.kind is BookingKind.PICKUP
    if held.kind is BookingKind.RETURN:
        return Missed(How.NOT_BACK if held.confirmed_at else How.NOT_CONFIRMED)
    if not pickup and (tried := _tried(held, timeline)):
        return Missed(How.TRIED, reason=tried.reason, at=tried.at)
    if held.confirmed_at is None:
        return Missed(How.NOT_CONFIRMED, pickup)
    return Missed(How.NOT_COLLECTED if pickup else How.NOT_THERE, pickup)


def _tried(held: Booking, timeline: Sequence[Recorded]) -> CourierFailed | None:
    """The courier's last attempt since then, when it ended at the door."""
    for entry in reversed(timeline):
        said = entry.facts
        if isinstance(said, CourierFailed) and (said.at or entry.at) >= held.created_at:
            return said if said.reason in _CAME else None
    return None
