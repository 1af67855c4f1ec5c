"""What whoever confirms bookings reads: what goes where and when, or that it is off."""

from __future__ import annotations

from datetime import datetime

from app import clock
from app.booking.leaving import Leaving
from app.booking.service import Booking, BookingKind, BookingState
from app.cases.model import Case
from app.dispatch import texts
from app.languages.language import Language


def to_confirm(
    language: Language, case: Case, booking: Booking, by: datetime | None, url: str
) -> tuple[str, str]:
    """Subject and text of a call for a booking: what goes where and when, enough to say yes.

    Of the recipient only what stands on the parcel's label; a gate code waits behind the link.
    `by` is the hour that is asked for; None when it has passed.
    """
    say, parcel, when = language.say, case.parcel.label, when_booked(language, booking)
    if booking.state is not BookingState.STANDING:
        subject = say("Not wanted any more: {parcel}, {when}", parcel=parcel, when=when)
        rest = say("The courier may still have it. Please see that it is off: {url}", url=url)
        return subject, f"{subject}. {rest}"
    name, until = texts.short(case.parcel.name), by and texts.moment(language, by, booking.zone)
    if booking.kind is BookingKind.RETURN:
        what = ", ".join(filter(None, (when, name)))
    elif booking.kind is BookingKind.PICKUP:
        ready = say("{when} at {place}", when=when, place=booking.place)
        what = ", ".join(filter(None, (name, ready)))
    else:
        what = ", ".join(filter(None, (when, name, booking.address, _left(language, booking))))
    if booking.confirmed_at:
        asks = say("Will {parcel} go out? {what}.", parcel=parcel, what=what)
        look = (
            say("No scan says so yet. Please look by {by}: {url}", by=until, url=url)
            if until
            else say("No scan says so yet. Please look: {url}", url=url)
        )
        return say("Will it go out? {parcel}", parcel=parcel), f"{asks} {look}"
    asks = say("Please confirm {parcel}, {what}.", parcel=parcel, what=what)
    answer = (
        say("Yes or no by {by}: {url}", by=until, url=url)
        if until
        else say("Yes or no: {url}", url=url)
    )
    return say("Please confirm: {parcel}", parcel=parcel), f"{asks} {answer}"


def off(
    language: Language, case: Case, booking: Booking, instead: Booking | None, url: str
) -> tuple[str, str]:
    """Subject and text for who confirmed a booking that is off; `instead` is what stands now."""
    say = language.say
    subject = say(
        "Off: {parcel}, {when}", parcel=case.parcel.label, when=when_booked(language, booking)
    )
    why = (
        say(
            "You had confirmed it; the customer changed it to {when}.",
            when=when_booked(language, instead),
        )
        if instead
        else say("You had confirmed it; it is not wanted any more.")
    )
    see = say("Please see that nobody carries it out: {url}", url=url)
    return subject, f"{subject}. {why} {see}"


def _left(language: Language, booking: Booking) -> str:
    """That it is not for the recipient's own hands; whose, waits behind the link."""
    match booking.leaving:
        case Leaving.NEIGHBOUR:
            return language.say("to leave with a neighbour")
        case Leaving.SAFE_PLACE:
            return language.say("to leave in a safe place")
        case Leaving.ADDRESS:
            return language.say("another address than on the label")
    return ""


def when_booked(language: Language, booking: Booking) -> str:
    """`Sat 29 Nov, 08:00-11:00`; of a pickup the time from which it is ready, or where it goes."""
    at = texts.moment(language, booking.starts_at, booking.zone)
    if booking.kind is BookingKind.RETURN:
        return language.say("back to {shipper}", shipper=booking.address)
    if booking.kind is BookingKind.PICKUP:
        return language.say("ready {by}", by=at)
    return f"{at}-{language.date(clock.local(booking.ends_at, booking.zone), 'time')}"
