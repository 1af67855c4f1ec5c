"""What becomes of a promise, as policies can react to it."""

from __future__ import annotations

from enum import StrEnum

from app.chain.step import ANYWHEN, Effect, Source


class Became(StrEnum):
    """What became of it."""

    BROKEN = "broken"


PROMISE = Source(name="promise", outcomes=Became, effects={Became.BROKEN: Effect(ANYWHEN)})

DECLARED = (PROMISE,)
