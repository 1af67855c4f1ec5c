"""What the customer reads of a booking. Nothing is called certain before somebody said yes."""

from __future__ import annotations

from app.booking.service import Booking, BookingKind, ChosenBy
from app.cases import speech
from app.cases.model import Case
from app.customer.hours import at, hour, window
from app.customer.outlook import Otherwise
from app.customer.parts import RenderedMessage, left, next_news, without_you
from app.customer.returns import texts as returns
from app.languages.said import joined
from app.promises.service import Promise


def asked(
    case: Case, booking: Booking, when: Promise, confirm: Promise, url: str, *, courier: bool
) -> RenderedMessage:
    """It was chosen, by the customer or for them, and nobody has said yes yet."""
    if booking.kind is BookingKind.RETURN:
        return returns.asked(case, booking, confirm, url, courier=courier)
    say, what, by = speech.about(case), _what(case, booking, when), hour(case, confirm)
    if booking.chosen_by is not ChosenBy.POLICY:
        chosen = say("Your {shipper} parcel {parcel}: you asked for {what}.", what=what)
    elif case.informed_at:
        chosen = say(
            "Your {shipper} parcel {parcel}: you did not choose, so we asked for {what}.", what=what
        )
    else:  # whoever was never asked has not failed to choose
        chosen = say("Your {shipper} parcel {parcel}: we asked for {what}.", what=what)
    if courier:
        then = say(
            "We're confirming it with the courier and will tell you by {by}; you don't have to do "
            "anything.",
            by=by,
        )
    else:
        then = say(
            "We're confirming it with the depot and will tell you by {by}; you don't have to do "
            "anything.",
            by=by,
        )
    if booking.kind is BookingKind.PICKUP:
        subject = say("Your {shipper} parcel {parcel}: we're confirming your pickup")
    else:
        subject = say("Your {shipper} parcel {parcel}: we're confirming your new delivery")
    return RenderedMessage(subject, joined(chosen, then, _change(case, booking, url)))


def confirmed(case: Case, booking: Booking, when: Promise, url: str) -> RenderedMessage:
    """Whoever carries it out has said yes."""
    if booking.kind is BookingKind.RETURN:
        return returns.confirmed(case, booking, when, url)
    say = speech.about(case)
    if booking.kind is BookingKind.PICKUP:
        subject = say("Your {shipper} parcel {parcel}: pickup confirmed")
        then = say("If it is still there then, we'll ask you what comes next.")
    else:
        subject = say("Your {shipper} parcel {parcel}: new delivery confirmed")
        then = say("Nothing more to do.")
    what = say("{statement}, {what}.", statement=subject, what=_what(case, booking, when))
    return RenderedMessage(subject, joined(what, then, _change(case, booking, url)))


def late(
    case: Case, booking: Booking, when: Promise, confirm: Promise, url: str
) -> RenderedMessage:
    """The hour has come by which it should have been confirmed."""
    if booking.kind is BookingKind.RETURN:
        return returns.late(case, confirm, url)
    say, what, by = speech.about(case), _what(case, booking, when), hour(case, confirm)
    text = joined(
        say("Your {shipper} parcel {parcel}: {what} is not confirmed yet.", what=what),
        say("We'll keep asking and will tell you by {by}; you don't have to do anything.", by=by),
        say("All we know: {url}", url=url),
    )
    return RenderedMessage(say("Your {shipper} parcel {parcel}: not confirmed yet"), text)


def refused(
    case: Case,
    booking: Booking,
    when: Promise,
    url: str,
    news: Promise | None,
    otherwise: Otherwise | None,
    *,
    courier: bool,
    answered: bool = True,
) -> RenderedMessage:
    """It is not to be had, and something else can be chosen; `answered`: somebody said no."""
    if booking.kind is BookingKind.RETURN:
        return returns.refused(case, url, news, otherwise, courier=courier, answered=answered)
    say, what = speech.about(case), _what(case, booking, when)
    if not answered:
        no = say(
            "Your {shipper} parcel {parcel}: nobody confirmed {what} in time, so it is off.",
            what=what,
        )
    elif courier:
        no = say("Your {shipper} parcel {parcel}: the courier can't do {what}.", what=what)
    else:
        no = say("Your {shipper} parcel {parcel}: the depot can't do {what}.", what=what)
    again = say("Please choose again: {url}", url=url)
    return RenderedMessage(
        say("Your {shipper} parcel {parcel}: please choose again"),
        joined(no, without_you(case, otherwise), next_news(case, news), again),
    )


def cancelled(
    case: Case,
    booking: Booking,
    when: Promise,
    url: str,
    news: Promise | None,
    otherwise: Otherwise | None,
    *,
    undone: bool = False,
) -> RenderedMessage:
    """It is off, as somebody wished or undid it, and something else can be chosen."""
    if booking.kind is BookingKind.RETURN:
        return returns.cancelled(case, url, news, otherwise, undone=undone)
    say = speech.about(case)
    done = say("Undone.") if undone else ""
    off = say("Your {shipper} parcel {parcel}: {what} is off.", what=_what(case, booking, when))
    again = say("You can choose again, or undo it: {url}", url=url)
    return RenderedMessage(
        say("Your {shipper} parcel {parcel}: your booking is off"),
        joined(done, off, without_you(case, otherwise), next_news(case, news), again),
    )


def entry(case: Case, booking: Booking) -> str:
    """What stands in a calendar."""
    if booking.kind is BookingKind.RETURN:
        return returns.entry(case)
    say = speech.about(case)
    if booking.kind is BookingKind.PICKUP:
        if booking.confirmed_at:
            return say("Your {shipper} parcel {parcel}: pickup")
        return say("Your {shipper} parcel {parcel}: pickup (not confirmed yet)")
    if booking.confirmed_at:
        return say("Your {shipper} parcel {parcel}: new delivery")
    return say("Your {shipper} parcel {parcel}: new delivery (not confirmed yet)")


def _change(case: Case, booking: Booking, url: str) -> str:
    say = speech.about(case)
    return say("You can change it until {by}: {url}", by=at(case, booking.cutoff_at), url=url)


def _what(case: Case, booking: Booking, when: Promise) -> str:
    said = window(case, booking, when)
    if booking.kind is BookingKind.PICKUP:
        return f"{booking.place}, {booking.address}, {said}"
    return left(case, booking, said)
