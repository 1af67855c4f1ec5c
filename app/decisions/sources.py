"""What a shipper can decide, as policies can react to it."""

from __future__ import annotations

from app.chain.step import CLOSED, STAYS, Effect, Phase, Source
from app.decisions.model import Choice

_ENDS = Effect(CLOSED)  # the case was closed just before
_AGAIN = Effect(dict.fromkeys(STAYS, Phase.CHOOSING), ahead=frozenset({"choose_by"}))

DECIDE = Source(
    name="decide",
    outcomes=Choice,
    effects={
        Choice.REPLACEMENT: _ENDS,
        Choice.REFUND: _ENDS,
        Choice.CLOSE: _ENDS,
        Choice.SEND_AGAIN: _AGAIN,
    },
)

DECLARED = (DECIDE,)
