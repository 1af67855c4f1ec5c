"""What became of a promise, a dispute or a parcel, in words."""

from __future__ import annotations

from datetime import datetime

from app.booking.missed import How
from app.cases import speech
from app.cases.timeline import facts as t
from app.cases.timeline.kinds import Visibility
from app.languages import prices
from app.languages.language import mark
from app.theme.times import When

SETTLED = {
    True: mark("You were right: nobody came, and that attempt does not count."),
    False: mark("The depot is sure that the courier came."),
}


_MISSED = {
    "news": mark("You should have heard from us by {by}; that did not happen."),
    "answer": mark("You should have had an answer from us by {by}; that did not happen."),
    "confirm": mark(
        "You should have heard whether your choice is confirmed by {by}; that did not happen."
    ),
    "window": mark("Your parcel should have been there by {by}; that did not happen."),
    "ready": mark("Your parcel should have been ready to collect by {by}; that did not happen."),
    "call": mark("We should have called the depot again by {by}; that did not happen."),
}


_DECIDED = {
    "replacement": mark("{shipper} sent you a replacement."),
    "refund": mark("{shipper} refunded your parcel."),
    "send_again": mark("{shipper} sends your parcel again."),
    "close": mark("{shipper} takes it from here."),
}


def decided(say: speech.Say, made: t.Decided) -> str:
    """What the shipper decided, with what they write of it."""
    done = say(_DECIDED.get(made.decision, mark("{shipper} decided what comes next.")))
    if made.note and made.note_for is Visibility.CUSTOMER:
        return " ".join((done, say("They write: {words}", words=made.note)))
    return done


def missed(say: speech.Say, promised: str, due_at: datetime | None, when: When) -> str:
    """Which hour was not kept."""
    found = _MISSED.get(promised)
    if found is None or due_at is None:
        return say("We promised you something that did not happen.")
    by = say("{day} at {time}", day=when.date(due_at), time=when.time(due_at))
    return say(found, by=by)


def not_happened(say: speech.Say, how: str, *, pickup: bool) -> str:
    """How what was booked did not come true."""
    match how:
        case How.TRIED:
            return say("The courier came with your parcel and could not hand it over.")
        case How.NOT_CONFIRMED if pickup:
            return say("Nobody had said yes to your pickup, and its time is over.")
        case How.NOT_CONFIRMED:
            return say("Nobody had said yes to your new delivery, and its time is over.")
        case How.NOT_COLLECTED:
            return say("It was not picked up in time.")
        case How.NOT_BACK:
            return say("The courier has not said that it is back at {shipper}.")
    return say("It did not happen as booked.")


def given(say: speech.Say, gesture: t.Gesture, when: When) -> str:
    """What the shipper gave."""
    amount = ""
    if gesture.amount and gesture.currency:
        amount = prices.amount(gesture.amount, gesture.currency, when.language)
    match gesture.gesture:
        case "voucher":
            return say("{shipper} gave you a {amount} voucher.", amount=amount)
        case "credit":
            return say("{shipper} credited you {amount}.", amount=amount)
    return say("{shipper} paid your money back.")
