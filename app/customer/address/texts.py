"""What the customer reads about another address that they asked for."""

from __future__ import annotations

from app.cases import speech
from app.cases.model import Case
from app.customer.outlook import Otherwise
from app.customer.parts import RenderedMessage, stop, without_you
from app.languages.said import joined
from app.locality.written import one_line


def agreed(case: Case, url: str, otherwise: Otherwise | None, why: str = "") -> RenderedMessage:  # noqa: ARG001 - a yes needs no reason
    """It goes there."""
    say = speech.about(case)
    what = say("Your {shipper} parcel {parcel} goes to the address you asked for")
    there = say("{statement}: {what}.", statement=what, what=one_line(case.parcel.address))
    return RenderedMessage(what, joined(there, without_you(case, otherwise), url))


def refused(case: Case, url: str, otherwise: Otherwise | None, why: str = "") -> RenderedMessage:
    """It does not, and why; where nothing is booked, they choose anew."""
    say = speech.about(case)
    what = say("Your {shipper} parcel {parcel} cannot go to the other address")
    reason = say("The reason: {words}.", words=why) if why else ""
    stays = say("It still goes to {address}.", address=one_line(case.parcel.address))
    choose = "" if case.booked else say("Please choose again when it suits you.")
    text = joined(stop(say, what), reason, stays, choose, without_you(case, otherwise), url)
    return RenderedMessage(what, text)
