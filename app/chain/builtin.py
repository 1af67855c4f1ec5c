"""The outcome that every case comes to, however it ends."""

from __future__ import annotations

from app.cases.model import Resolution
from app.chain.step import CLOSED, STAYS, Effect, Phase, Source

_CLOSES = Effect(dict.fromkeys((*STAYS, *CLOSED), Phase.CLOSED))

CLOSE = Source(name="close", outcomes=Resolution, effects=dict.fromkeys(Resolution, _CLOSES))

DECLARED = (CLOSE,)
