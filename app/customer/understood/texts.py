"""What a customer reads whose answer was understood: what it was taken for, and how to undo it."""

from __future__ import annotations

from collections.abc import Sequence

from app import plain
from app.booking.service import Booking, BookingKind
from app.cases import own_page, speech
from app.cases.model import Case
from app.channels import buttons
from app.customer.hours import window
from app.customer.parts import RenderedMessage, left, stop
from app.customer.understood.lists import Listed
from app.languages.said import Said, joined
from app.promises.service import Promise


def hint(case: Case, listed: Listed) -> str:
    """How a message can be answered by a number."""
    say = speech.about(case)
    return say("Or reply with a number: {options}.", options=listed.words)


def undo(case: Case) -> str:
    """How what was understood is taken back."""
    say = speech.about(case)
    return say(buttons.UNDO)


def said_back(case: Case, text: str, *, undone: bool) -> Said:
    """What an answer booked, with how to undo it; or what stands again after an undo."""
    say = speech.about(case)
    return joined(say("Undone."), text) if undone else joined(text, undo(case))


def which(case: Case, listed: Listed) -> RenderedMessage:
    """Several of what is offered are meant by such words."""
    say = speech.about(case)
    what = say("Your {shipper} parcel {parcel}: which one suits you?")
    pick = say("Reply with the number: {options}.", options=listed.words)
    return RenderedMessage(what, joined(what, pick, own_page.url(case)), pick)


def truth(case: Case, why: str, listed: Listed) -> RenderedMessage:
    """It cannot be had any more; what can, while there is something to choose."""
    say = speech.about(case)
    if case.closed:
        ended = say("Your {shipper} parcel {parcel}: {why}", why=why)
        if case.resolution and case.resolution.arrived:
            ended = say("Your {shipper} parcel has arrived.")
        return RenderedMessage(ended, joined(ended, own_page.url(case)))
    instead = hint(case, listed) if listed.choices else ""
    again = say("You can choose again: {url}", url=own_page.url(case))
    subject = say("Your {shipper} parcel {parcel}: please choose again")
    said = say("Your {shipper} parcel {parcel}: {why}", why=why)
    return RenderedMessage(subject, joined(said, again, instead), instead)


def stands(case: Case, booking: Booking, when: Promise) -> RenderedMessage:
    """It is booked already; or a later answer of theirs counts."""
    say = speech.about(case)
    subject = say("Your {shipper} parcel {parcel}: your choice stands")
    if booking.kind is BookingKind.RETURN:
        back = say("Your {shipper} parcel {parcel}: you asked us to send it back, and that stands.")
        return RenderedMessage(subject, joined(back, own_page.url(case)))
    what = say(
        "Your {shipper} parcel {parcel}: {what} is what you chose last, and it stands.",
        what=_what(case, booking, when),
    )
    return RenderedMessage(subject, joined(what, own_page.url(case)))


def nothing_to_undo(case: Case) -> RenderedMessage:
    """There is nothing that a 0 takes back, or no longer."""
    say = speech.about(case)
    what = say("Your {shipper} parcel {parcel}: there is nothing to undo any more")
    here = say("You can see and change everything here: {url}", url=own_page.url(case))
    return RenderedMessage(what, joined(stop(say, what), here))


def not_theirs(case: Case, *, held: bool) -> RenderedMessage:
    """To somebody who is not the recipient: it tells nothing of the parcel or of whose it is."""
    say = speech.about(case)
    subject, theirs = say("Thank you for telling us"), say(buttons.THEIRS)
    if held:
        checks = say("Thank you for telling us. We’ll check this with {shipper}.")
        return RenderedMessage(subject, joined(checks, theirs), theirs)
    stops = say("Thank you for telling us. You won’t hear from us about this parcel again.")
    return RenderedMessage(subject, joined(stops, theirs), theirs)


def theirs_again(case: Case) -> RenderedMessage:
    """The number is right after all, and its page is there again."""
    say = speech.about(case)
    what = say("Your {shipper} parcel {parcel}: we’ll keep you posted here again")
    return RenderedMessage(what, joined(say("Undone."), stop(say, what), own_page.url(case)))


def not_asked(case: Case) -> RenderedMessage:
    """Nobody answers any more what was asked by mistake."""
    say = speech.about(case)
    what = say("Your {shipper} parcel {parcel}: we’ve taken back your request")
    return RenderedMessage(what, joined(say("Undone."), stop(say, what), own_page.url(case)))


def return_costs(case: Case, price: str) -> RenderedMessage:
    """They read what it costs before they choose it."""
    say = speech.about(case)
    subject = say("Your {shipper} parcel {parcel}: sending it back costs {price}", price=price)
    here = say("You can choose that here: {url}", url=own_page.url(case))
    return RenderedMessage(subject, joined(stop(say, subject), here))


def which_parcel(case: Case, cases: Sequence[Case]) -> RenderedMessage:
    """It can be about several parcels; it is asked in the language of the first one's customer."""
    say = speech.about(case)
    listed = "; ".join(
        f"{number} = {plain.cut(f'{one.shipper.name} {one.parcel.label}', 40)}"
        for number, one in enumerate(cases, 1)
    )
    what = say("Which parcel do you mean?")
    pick = say("Reply with the number: {options}.", options=listed)
    return RenderedMessage(what, joined(what, pick), pick)


def _what(case: Case, booking: Booking, when: Promise) -> str:
    said = left(case, booking, window(case, booking, when))
    return f"{booking.place}, {said}" if booking.pickup_point_id else said
