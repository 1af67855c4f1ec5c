"""What a customer can do after the end, as policies can react to it."""

from __future__ import annotations

from enum import StrEnum

from app.chain.step import CLOSED, Effect, Source


class Rated(StrEnum):
    """How the first answer to the survey was."""

    LOW = "low"
    GOOD = "good"


SURVEY = Source(name="survey", outcomes=Rated, effects=dict.fromkeys(Rated, Effect(CLOSED)))


class GoodNow(StrEnum):
    """Whether it was made good, as the customer says."""

    YES = "yes"
    NO = "no"


GOOD_NOW = Source(name="good_now", outcomes=GoodNow, effects=dict.fromkeys(GoodNow, Effect(CLOSED)))

DECLARED = (SURVEY, GOOD_NOW)
