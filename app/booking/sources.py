"""What can happen to a booking, as policies can react to it."""

from __future__ import annotations

from enum import StrEnum

from app.chain.step import STAYS, Effect, Phase, Source


class Chosen(StrEnum):
    """What was booked, by whomever."""

    REDELIVERY = "redelivery"
    PICKUP = "pickup"


_BOOKS = Effect(dict.fromkeys(STAYS, Phase.BOOKED), ahead=frozenset({"news_by"}))

CHOOSE = Source(name="choose", outcomes=Chosen, effects=dict.fromkeys(Chosen, _BOOKS))

DECLARED = (CHOOSE,)
