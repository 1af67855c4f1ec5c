"""By which ways a customer hears from us, the one that suits them first."""

from __future__ import annotations

from app.cases.model import Case
from app.cases.timeline.kinds import Topic
from app.channels import providers
from app.channels.service import Route
from app.contact.refusal import exemption
from app.errors import Problem
from app.languages.language import mark

_NO_WAY = mark("Nothing can be written to them: there is no mobile number and no mail.")
_NOT_AGREED = mark(
    "They have not agreed to text messages, and the law allows only news of the delivery: "
    "please call them."
)
_CALLED_FOR = frozenset({Topic.FAILURE, Topic.REMINDER, Topic.PROMISE, Topic.PLACE})
"""What somebody with a landline is called for although they read mail: they can answer it."""
_NOT_CALLED_FOR = frozenset({"survey", "thanks"})
"""What nobody's telephone rings for."""
_ON_A_MOBILE = ("whatsapp", "voice")
"""Channels by which a number is used only when they want it."""


def routes(case: Case, topic: str = "") -> list[Route]:
    """All ways to the customer for a message about this, in order."""
    ways = usual(case, topic)
    wanted = case.channel
    if wanted == "voice" and topic in _NOT_CALLED_FOR:
        return ways
    if case.contact_phone and wanted in _ON_A_MOBILE and providers.chosen_for(wanted):
        return [Route(wanted, case.contact_phone), *ways]
    return sorted(ways, key=lambda way: way.channel != wanted)


def for_words(case: Case) -> list[Route]:
    """The ways by which words of a person may go that the customer has not asked for.

    Raises:
        Problem: 409 there is none.
    """
    ways = [way for way in routes(case) if way.channel != "voice"]
    capped = exemption.of(case)
    if capped:  # the law lets news of the delivery go, so often and so long
        ways = [way for way in ways if way.channel not in capped.channels]
    if not ways:
        raise Problem(409, "no_way", _NOT_AGREED if capped else _NO_WAY)
    return ways


def usual(case: Case, topic: str = "") -> list[Route]:
    """The same where nothing is known of what they like."""
    ways = []
    if case.contact_phone:
        ways.append(Route("sms", case.contact_phone))
    if case.contact_email:
        ways.append(Route("email", case.contact_email))
    if case.contact_call and topic not in _NOT_CALLED_FOR:
        ways.insert(0 if topic in _CALLED_FOR else len(ways), Route("voice", case.contact_call))
    return ways
