"""What policies can react to: a customer asked something."""

from __future__ import annotations

from enum import StrEnum

from app.chain.step import ANYWHEN, Effect, Source


class Asked(StrEnum):
    """What was asked for."""

    QUESTION = "question"
    PARCEL = "parcel"
    """A parcel that is marked delivered: the case that was opened for it calls the ladder."""


ASK = Source(name="ask", outcomes=Asked, effects=dict.fromkeys(Asked, Effect(ANYWHEN)))

DECLARED = (ASK,)
