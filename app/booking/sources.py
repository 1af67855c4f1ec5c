"""What can happen to a booking, as policies can react to it."""

from __future__ import annotations

from enum import StrEnum

from app.booking.rows import BookingKind
from app.chain.step import STAYS, Effect, Phase, Source


class Chosen(StrEnum):
    """What was booked, by whomever."""

    REDELIVERY = "redelivery"
    PICKUP = "pickup"


FOLLOWS = {
    BookingKind.REDELIVERY: Chosen.REDELIVERY,
    BookingKind.PICKUP: Chosen.PICKUP,
    # it is handed over, told and looked after like a new delivery, whatever a policy says of that
    BookingKind.RETURN: Chosen.REDELIVERY,
}
"""What follows, by what was booked."""

_BOOKS = Effect(dict.fromkeys(STAYS, Phase.BOOKED), ahead=frozenset({"news_by"}))

CHOOSE = Source(name="choose", outcomes=Chosen, effects=dict.fromkeys(Chosen, _BOOKS))

DECLARED = (CHOOSE,)
