"""What a customer reads of their parcel on the shop's own page. Pure."""

from __future__ import annotations

from datetime import datetime

from app.booking.service import Booking, BookingKind
from app.cases.model import Case, CaseKind, Resolution
from app.languages.language import mark
from app.theme.times import When

_ENDED = {
    Resolution.DELIVERED: mark("Your parcel was delivered"),
    Resolution.COLLECTED: mark("You collected your parcel"),
    Resolution.RETURNED: mark("Your parcel went back to {shipper}"),
    Resolution.RETURNED_TO_SENDER: mark("Your parcel went back to {shipper}"),
    Resolution.REPLACED: mark("{shipper} sent you a replacement"),
    Resolution.REFUNDED: mark("{shipper} refunded your parcel"),
}
_HAPPENED = {
    CaseKind.FAILED: mark("Your parcel could not be delivered"),
    CaseKind.REFUSED: mark("Your parcel was not accepted at the door"),
    CaseKind.RETURNED: mark("Your parcel is on its way back to {shipper}"),
    CaseKind.LOST: mark("The courier cannot find your parcel"),
    CaseKind.DAMAGED: mark("Your parcel was damaged on the way"),
    CaseKind.HELD: mark("Your parcel is waiting for you to collect it"),
}
OVER = mark("This delivery is settled")


def headline(case: Case, booking: Booking | None, when: When) -> str:
    """How far the parcel is, in one line."""
    if case.closed:
        said = _ENDED.get(case.resolution, OVER) if case.resolution else OVER
    elif booking is None:
        said = _HAPPENED[case.kind]
    elif booking.kind is BookingKind.RETURN:
        said = _HAPPENED[CaseKind.RETURNED]
    else:
        pickup = booking.kind is BookingKind.PICKUP
        window = when.window(booking.starts_at, booking.ends_at)
        said = mark("Collect your parcel {what}") if pickup else mark("Your parcel comes {what}")
        if not booking.confirmed_at:
            said = mark("Asked for: pickup {what}") if pickup else mark("Asked for: {what}")
        return when.language.say(said, what=window)
    return when.language.say(said, shipper=case.shipper.name)


def onward(case: Case, booking: Booking | None, when: When, *, decides: bool) -> str:
    """What comes next; empty where nothing does."""
    say = when.language.say
    if case.closed:
        return ""
    if decides:
        return say("{shipper} decides what comes next.", shipper=case.shipper.name)
    if booking and not booking.confirmed_at:
        return say("You'll hear from us as soon as it is certain.")
    if booking:
        return say("You can still change it: open the link in our last message to you.")
    if case.informed_at:
        return say("Choose what suits you: open the link in our last message to you.")
    return say("We're arranging it and will write to you.")


def news(due_at: datetime, when: When) -> str:
    """By when the customer hears from us again."""
    return when.language.say("You'll hear from us by {moment}.", moment=when.moment(due_at))
