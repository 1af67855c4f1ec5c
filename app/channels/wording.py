"""Words that people write to a customer: what makes carriers, the law or the customer mistake them.

The same is said while they are typed, and where they are sent all the same: then they leave once
whoever wrote them has said that they are meant.
"""

from __future__ import annotations

from app.cases import speech
from app.cases.model import Case
from app.channels import customer, providers
from app.channels.linting import rules as linting
from app.channels.providers.base import TwoWay
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence

CODE = "words_to_mend"
_FAULTS = {
    "sells": mark("“{words}” sounds like advertising, and this is a message about a delivery."),
    "promises": mark("“{words}” promises what nobody can be sure of."),
    "collides": mark("Whoever replies “{words}” gets no more messages: please say it otherwise."),
    "restarts": mark("Carriers take “{words}” for a wish for messages: please say it otherwise."),
    "asks": mark("“{words}” is what swindlers ask for, and we told them that we never do."),
    "cannot_be_answered": mark("“{words}”: no answer to this message would reach us."),
}
"""What somebody who writes to a customer can mend; the rest is about our own texts."""


def fault(case: Case, text: str) -> str:
    """What should be said otherwise to this customer; empty where nothing should."""
    language = speech.of(case).code
    for found in linting.faults(text, language, answered=_answered(case)):
        if words := _FAULTS.get(found.code):
            return sentence(words, words=found.words)
    return ""


def check(case: Case, text: str, *, meant: bool) -> None:
    """Let these words leave only where nothing should be said otherwise, or they are `meant`.

    Raises:
        Problem: 422 something should.
    """
    if not meant and (said := fault(case, text)):
        again = mark("{fault} Nothing was sent. Press again if you mean it as it is.")
        raise Problem(422, "words_to_mend", sentence(again, fault=said))


def _answered(case: Case) -> bool:
    """Whether an answer by the way that they read first would come to us."""
    way = next((way for way in customer.routes(case) if way.channel != "voice"), None)
    carried = providers.chosen_for("sms") if way and way.channel == "sms" else None
    if way is None or carried is None:
        return True
    carrier = carried.carrier
    return isinstance(carrier, TwoWay) and carrier.can_be_answered(way.recipient)
