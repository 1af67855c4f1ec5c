"""The sentences of the timeline, in tables: marked here, and said in a language elsewhere."""

from __future__ import annotations

from typing import assert_never

from app.booking.missed import How
from app.cases.timeline import facts as t
from app.cases.timeline.kinds import Actor, Topic, Visibility, Word
from app.languages.language import mark

TITLES = {
    "failed": mark("Delivery failed"),
    "refused": mark("Parcel refused"),
    "returned": mark("Parcel on its way back"),
    "lost": mark("Parcel lost"),
    "damaged": mark("Parcel damaged"),
    "held": mark("Parcel held for collection"),
}
FAULTS = {
    "missing": mark("The order has no phone number."),
    "not_a_number": mark("What the order has is not a phone number."),
    "too_short": mark("The phone number is too short."),
    "too_long": mark("The phone number is too long."),
    "unknown_country_code": mark("The number’s country code does not exist."),
    "not_assigned": mark("No such number is in use."),
    "premium": mark("It is a premium-rate number; we do not use it."),
    "placeholder": mark("The phone number is a placeholder."),
    "extension": mark(
        "The number has an extension or PIN: no text message reaches it, a call does."
    ),
    "not_theirs": mark("Whoever reads messages there says that the parcel is not theirs."),
    "no_text_messages": mark("The number is a landline: no text message reaches it, a call does."),
}


DECIDED = {
    "replacement": mark("{who} decided: a replacement was sent."),
    "refund": mark("{who} decided: a refund was made."),
    "send_again": mark("{who} decided: the parcel is sent again."),
    "close": mark("{who} decided: nothing more is to be done here."),
}
UNDONE = {
    "take": mark("{who} took back: it is open again."),
    "pass_on": mark("{who} took back: it was not passed on."),
    "snooze": mark("{who} took back: the calls go on."),
    "resolve": mark("{who} took back: it is not finished yet."),
    "note": mark("{who} took back: a note."),
}
NOTED = {
    Visibility.INTERNAL: mark("{who} made a note."),
    Visibility.SHIPPER: mark("{who} made a note, for the shipper too."),
    Visibility.CUSTOMER: mark("{who} made a note, for the customer too."),
}
FOUND = {
    "contradicts": mark("What we know speaks against the courier’s report."),
    "supports": mark("What we know supports the courier’s report."),
}
LEFT = {
    "neighbour": mark("{what}, with a neighbour"),
    "safe_place": mark("{what}, in a safe place"),
    "address": mark("{what}, at another address"),
}
ENDED = {
    "delivered": mark("Closed: delivered."),
    "collected": mark("Closed: collected."),
    "returned": mark("Closed: returned."),
    "returned_to_sender": mark("Closed: returned to sender."),
    "refunded": mark("Closed: refunded."),
    "replaced": mark("Closed: replaced."),
    "mistake": mark("Closed: a mistake."),
    "handed_to_shipper": mark("Closed: handed to the shipper."),
    "old_news": mark("Closed: old news."),
}


ACTORS = {
    Actor.CUSTOMER: mark("The customer"),
    Actor.SHIPPER: mark("The shipper"),
    Actor.COURIER: mark("The courier"),
    Actor.DISPATCHER: mark("The dispatcher"),
}


PROMISED = {
    "news": mark("The customer was promised news. It did not happen."),
    "answer": mark("The customer was promised an answer. It did not happen."),
    "confirm": mark(
        "The customer was promised to hear whether it is confirmed. It did not happen."
    ),
    "window": mark("The delivery was promised. It did not happen."),
    "ready": mark("The parcel was promised to be ready to collect. It did not happen."),
}
PROMISED_BY = {
    "news": mark("The customer was promised news by {moment}. It did not happen."),
    "answer": mark("The customer was promised an answer by {moment}. It did not happen."),
    "confirm": mark(
        "The customer was promised to hear by {moment} whether it is confirmed. It did not happen."
    ),
    "window": mark("The delivery was promised by {moment}. It did not happen."),
    "ready": mark("The parcel was promised to be ready by {moment}. It did not happen."),
}


SAID_BY = {
    "reply": mark("by a message of theirs"),
    "call": mark("by a key, in a call"),
    "provider": mark("by their carrier"),
    "page": mark("on their page"),
    "staff": mark("said by staff"),
    "api": mark("said by the shipper’s system"),
}
"""How somebody said whether they want messages."""


def not_happened(how: str, *, pickup: bool) -> str:
    """How a booking did not come true."""
    match how:
        case How.TRIED:
            return mark("The courier came and could not hand it over.")
        case How.NOT_CONFIRMED if pickup:
            return mark("Nobody had said yes to the pickup in time.")
        case How.NOT_CONFIRMED:
            return mark("Nobody had said yes to the new delivery in time.")
        case How.NOT_COLLECTED:
            return mark("It was not picked up in time.")
        case How.NOT_BACK:
            return mark("Nobody says that it is back at the sender.")
    return mark("It did not happen as booked.")


def word_of(word: Word) -> str:
    """A word that the customer wrote and that means something by itself."""
    match word:
        case Word.OPT_OUT:
            return mark("The customer wrote STOP: they want no more messages this way.")
        case Word.OPT_IN:
            return mark("The customer wrote START: they want messages again.")
        case Word.HELP:
            return mark("The customer wrote HELP; the provider answered it.")
        case Word.OTHER:
            return mark("The customer wrote to us.")
        case _:
            assert_never(word)


def told(topic: Topic) -> str:  # noqa: C901, PLR0911, PLR0912 - one per topic
    """What the customer was told about."""
    match topic:
        case Topic.FAILURE:
            return mark("The customer was told what happened.")
        case Topic.REMINDER:
            return mark("The customer was reminded to choose.")
        case Topic.NEWS:
            return mark("The customer was told that there is nothing new yet.")
        case Topic.NOBODY:
            return mark("The customer was told that nobody has taken it on yet.")
        case Topic.STALLED:
            return mark("The customer was told that nobody has acted.")
        case Topic.DECIDING:
            return mark("The customer was told who is deciding.")
        case Topic.ADDRESS:
            return mark("The customer was told about the other address.")
        case Topic.DECISION:
            return mark("The customer was told what was decided.")
        case Topic.BOOKING:
            return mark("The customer was told how the booking stands.")
        case Topic.PLACE:
            return mark("The customer was told that a place became free.")
        case Topic.PROMISE:
            return mark("The customer was told that it did not happen as booked.")
        case Topic.QUESTION:
            return mark("The customer was told who answers, and by when.")
        case Topic.QUESTION_LATE:
            return mark("The customer was told that the answer takes longer.")
        case Topic.OTHER:
            return mark("The customer got a message.")
        case _:
            assert_never(topic)


def corrected_what(corrected: t.Corrected) -> str:
    """What somebody corrected."""
    if corrected.address and corrected.directions:
        return mark("{who} corrected the address and the directions.")
    if corrected.address:
        return mark("{who} corrected the address.")
    return mark("{who} corrected the directions.")


GIVEN = {
    "voucher": mark("a voucher"),
    "credit": mark("a credit"),
    "refund": mark("the money back"),
}
"""What a shipper gives to a customer it let down."""
