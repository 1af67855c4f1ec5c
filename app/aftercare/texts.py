"""What the customer reads when it is over."""

from __future__ import annotations

from app.cases import speech
from app.cases.model import Case
from app.customer.parts import RenderedMessage
from app.languages.said import joined


def survey(case: Case, url: str, *, again: bool) -> RenderedMessage:
    """One question, one link."""
    say = speech.about(case)
    if again:
        ask = say("We'd still like to know: how did we do? From 1 to 5: {url}", url=url)
    else:
        ask = say("How did we do? From 1 to 5: {url}", url=url)
    arrived = say("Your {shipper} parcel has arrived.")
    return RenderedMessage(
        say("Your {shipper} parcel has arrived. How did we do?"),
        joined(arrived, ask, say("No need to answer if you'd rather not.")),
    )


def thanks(case: Case) -> RenderedMessage:
    """Thanks for a good answer; it asks no further question."""
    say = speech.about(case)
    text = say(
        "Thank you! It’s good to know it went well in the end. Nothing more to do. {shipper}"
    )
    return RenderedMessage(say("Thank you from {shipper}"), text)
