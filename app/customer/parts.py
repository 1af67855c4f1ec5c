"""What several messages to the customer say in the same words."""

from __future__ import annotations

from typing import NamedTuple

from app import plain
from app.booking.leaving import Leaving
from app.booking.service import Booking
from app.cases import speech
from app.cases.model import Case, CaseKind, Holding
from app.customer.hours import at, hour
from app.customer.outlook import Act, Otherwise
from app.directory.rotas.model import Opening
from app.languages.language import mark
from app.languages.said import joined
from app.locality.written import one_line
from app.promises.service import Promise
from app.shipments import opening

SCORES = (mark("Very bad"), mark("Bad"), mark("So-so"), mark("Good"), mark("Very good"))
"""What each score means, the lowest first."""


class RenderedMessage(NamedTuple):
    """A message as it is read: its subject (where the channel has one) and its text."""

    subject: str
    text: str
    hint: str = ""
    """The sentence of the text that says by which numbers it is answered, if one does."""


def next_news(case: Case, news: Promise | None) -> str:
    """By when the customer hears from us."""
    say = speech.about(case)
    return say("Next news by {by}.", by=hour(case, news)) if news else ""


def without_you(  # noqa: PLR0911 - one per act
    case: Case, otherwise: Otherwise | None
) -> str:
    """What happens if the customer does nothing, and by when."""
    say = speech.about(case)
    held = case.kind is CaseKind.HELD and not case.booked
    if otherwise is None and held and not last_day(case):
        return say("Please collect it soon: the courier did not say how long they keep it.")
    if otherwise is None:
        return say("You don't have to do anything.")
    by = at(case, otherwise.at)
    match otherwise.act:
        case Act.BOOK:
            return say("If you don't choose by {by}, we'll book for you.", by=by)
        case Act.PASS_ON:
            return say(
                "We'll keep it for you until {by}; after that it goes to the next person.", by=by
            )
        case Act.GO_BACK:
            return say("Collect it by {day}, or it goes back to {shipper}.", day=last_day(case))
        case Act.ASK if case.kind.deliverable:
            return say("If you don't choose by {by}, we'll ask {shipper} what comes next.", by=by)
        case Act.ASK:
            return say(
                "You don't have to do anything: by {by} we'll ask {shipper} for a new parcel or "
                "your money back.",
                by=by,
            )


def stop(say: speech.Say, statement: str) -> str:
    """A subject as a sentence of a text."""
    return say("{statement}.", statement=statement)


def left(case: Case, booking: Booking, what: str) -> str:
    """A delivery with whom it is left with, or where; one that the customer takes is as it was."""
    say, leave = speech.about(case), booking.leave
    where = plain.cut(", ".join(filter(None, (leave.who, leave.where))), 60)
    match leave.leaving:
        case Leaving.NEIGHBOUR:
            return say("{what}, to your neighbour ({where})", what=what, where=where)
        case Leaving.ADDRESS:
            return say("{what}, to {place}", what=what, place=one_line(leave.address))
        case Leaving.SAFE_PLACE if where:
            return say("{what}, left where you said ({where})", what=what, where=where)
        case Leaving.SAFE_PLACE:
            return say("{what}, left in the place that you showed us", what=what)
    return what


def where_held(case: Case) -> str:
    """Where a parcel waits, when it is open and until when, as far as the courier said so."""
    say, held = speech.about(case), case.parcel.held or Holding()
    words, where = (
        case.words.strip().rstrip("."),
        ", ".join(filter(None, (held.place, held.address))),
    )
    quoted, until = "", last_day(case)
    if words and not held.place:
        quoted = say("The courier says: {words}.", words=plain.cut(words, 120))
    if where and until:
        can = say("You can collect it at {place} until {day}.", place=where, day=until)
    elif where:
        can = say("You can collect it at {place}.", place=where)
    elif until:
        can = say("You can collect it until {day}.", day=until)
    else:
        can = say("You can collect it.")
    return joined(quoted, can, say("Open {hours}.", hours=held.hours) if held.hours else "")


def last_day(case: Case) -> str:
    """The last day on which a parcel can be collected; empty when the courier did not say."""
    held = case.parcel.held
    if case.kind is not CaseKind.HELD or held is None or held.until is None:
        return ""
    country = (case.parcel.address or {}).get("country") or case.shipper.country
    place = Opening(case.zone, country=str(country))
    last = opening.last_day(held.hours, held.until, place)
    return speech.of(case).date(last, "date")


def reach(case: Case) -> str:
    """How the sender is reached, as far as that is known."""
    say, email, phone = speech.about(case), case.shipper.email, case.shipper.phone
    if email and phone:
        return say("You can reach them at {email} or {phone}.", email=email, phone=phone)
    return say("You can reach them at {where}.", where=email or phone) if email or phone else ""
