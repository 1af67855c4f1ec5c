"""What becomes of a gesture, as policies can react to it."""

from __future__ import annotations

from enum import StrEnum

from app.chain.step import ANYWHEN, Effect, Source


class Became(StrEnum):
    """What became of it."""

    ASKED = "asked"
    """The shipper's system is asked to grant it."""
    MADE = "made"
    ENDED = "ended"


GESTURE = Source(name="gesture", outcomes=Became, effects=dict.fromkeys(Became, Effect(ANYWHEN)))

DECLARED = (GESTURE,)
