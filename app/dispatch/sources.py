"""What a dispatcher can say of a customer who was not satisfied, as policies can react to it."""

from __future__ import annotations

from enum import StrEnum

from app.chain.step import CLOSED, Effect, Source


class Recovered(StrEnum):
    """What came of calling back; the same list as `states.RECOVERED`."""

    CALLED = "called"
    APOLOGISED = "apologised"
    GESTURE = "gesture"
    REFUND_ASKED = "refund_asked"
    OTHER = "other"


RECOVERED = Source(
    name="recovered", outcomes=Recovered, effects=dict.fromkeys(Recovered, Effect(CLOSED))
)

DECLARED = (RECOVERED,)
