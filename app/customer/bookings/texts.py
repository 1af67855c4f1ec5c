"""What the customer reads of a booking. Nothing is called certain before somebody said yes."""

from __future__ import annotations

from app.booking.service import Booking, BookingKind, ChosenBy
from app.cases.model import Case
from app.customer.outlook import Otherwise
from app.customer.texts import (
    RenderedMessage,
    at,
    hour,
    joined,
    next_news,
    parcel,
    window,
    without_you,
)
from app.promises.service import Promise


def asked(
    case: Case, booking: Booking, when: Promise, confirm: Promise, url: str, *, courier: bool
) -> RenderedMessage:
    """It was chosen, by the customer or for them, and nobody has said yes yet."""
    how = "you asked for"
    if booking.chosen_by is ChosenBy.POLICY:  # whoever was never asked has not failed to choose
        how = "you did not choose, so we asked for" if case.informed_at else "we asked for"
    whom = "the courier" if courier else "the depot"
    known = hour(confirm, booking.zone)
    return RenderedMessage(
        f"{parcel(case)}: we're confirming your {_noun(booking)}",
        f"{parcel(case)}: {how} {_what(booking, when)}. We're confirming it with {whom} and will "
        f"tell you by {known}; you don't have to do anything. You can change it until "
        f"{at(booking.cutoff_at, booking.zone)}: {url}",
    )


def confirmed(case: Case, booking: Booking, when: Promise, url: str) -> RenderedMessage:
    """Whoever carries it out has said yes."""
    what = f"{parcel(case)}: {_noun(booking)} confirmed"
    then = "Nothing more to do"
    if booking.kind is BookingKind.PICKUP:
        then = "If it is still there then, we'll ask you what comes next"
    change = f"You can change it until {at(booking.cutoff_at, booking.zone)}: {url}"
    return RenderedMessage(what, f"{what}: {_what(booking, when)}. {then}. {change}")


def late(
    case: Case, booking: Booking, when: Promise, confirm: Promise, url: str
) -> RenderedMessage:
    """The hour has come by which it should have been confirmed."""
    what = f"{parcel(case)}: {_what(booking, when)} is not confirmed yet"
    return RenderedMessage(
        f"{parcel(case)}: not confirmed yet",
        f"{what}. We keep asking and will tell you by {hour(confirm, booking.zone)}; you don't "
        f"have to do anything. All we know: {url}",
    )


def refused(
    case: Case,
    booking: Booking,
    when: Promise,
    url: str,
    news: Promise | None,
    otherwise: Otherwise | None,
    *,
    courier: bool,
) -> RenderedMessage:
    """It is not to be had, and something else can be chosen."""
    who = "The courier" if courier else "The depot"
    text = f"{parcel(case)}: {who} can't do {_what(booking, when)}. Please choose again: {url}"
    return RenderedMessage(
        f"{parcel(case)}: please choose again",
        joined(text, without_you(case, otherwise), next_news(case, news)),
    )


def entry(case: Case, booking: Booking) -> str:
    """What stands in a calendar."""
    doubt = "" if booking.confirmed_at else " (not confirmed yet)"
    return f"{parcel(case)}: {_noun(booking)}{doubt}"


def _noun(booking: Booking) -> str:
    return "pickup" if booking.kind is BookingKind.PICKUP else "new delivery"


def _what(booking: Booking, when: Promise) -> str:
    said = window(booking, when)
    if booking.kind is BookingKind.PICKUP:
        return f"{booking.place}, {booking.address}, {said}"
    return said
