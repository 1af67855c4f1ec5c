"""The timeline in the customer's words: what concerns them, and nothing internal."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, assert_never

from app.cases.model import Case, CaseKind
from app.cases.timeline import facts as t
from app.cases.timeline.kinds import Actor, Topic, Visibility, Word
from app.cases.timeline.rows import Recorded, confirmed
from app.customer.reasons import sentence
from app.theme.times import When


class Line(NamedTuple):
    """One line of the story. `tone` is `good`, `bad` or empty."""

    at: datetime
    text: str
    tone: str


class Words(NamedTuple):
    """What a line says; without a text there is no line."""

    text: str
    tone: str = ""


_NOT_SHOWN = Words("")


def story(case: Case, timeline: Sequence[Recorded], when: When) -> list[Line]:
    """The timeline in plain words, newest first; what is not for the customer is left out."""
    lines, certain = [], confirmed(timeline)
    called = set()
    for entry in timeline:
        if isinstance(entry.facts, t.DispatcherCalled | t.RecoveryCalled):
            if type(entry.facts) in called:
                continue  # how many levels of the ladder were called is internal
            called.add(type(entry.facts))
        said = words(case, entry, when, certain)
        if said.text:
            lines.append(Line(entry.at, *said))
    return lines[::-1]


def words(  # noqa: C901, PLR0911, PLR0912, PLR0915
    case: Case, entry: Recorded, when: When, certain: Collection[int] = ()
) -> Words:
    """An entry in words for the customer; without a text when it is none of their concern.

    `certain` are the bookings that were confirmed.
    """
    match entry.facts:
        case t.CourierFailed(reason=reason):
            return Words(
                f"The courier tried to deliver. {sentence(reason, CaseKind.FAILED)}", "bad"
            )
        case t.CourierRefused():
            return Words("The courier reports: not accepted at the door.", "bad")
        case t.CourierReturned():
            return Words("The courier is taking the parcel back to the sender.", "bad")
        case t.CourierLost():
            return Words("The courier cannot find the parcel.", "bad")
        case t.CourierDamaged():
            return Words("The parcel was damaged on the way.", "bad")
        case t.CourierHeld():
            return Words("The parcel waits to be collected.")
        case t.CourierDelivered():
            return Words("The courier delivered the parcel.", "good")
        case t.ContactRequested():
            return Words(f"We asked {case.shipper.name} how to reach you.")
        case t.ContactSupplied():
            return Words("We got a number or address to reach you.")
        case t.Corrected(address=address):
            what = "the address" if address else "the directions for the driver"
            return Words(f"{_who(entry.actor)} corrected {what}.", "good")
        case t.CorrectionAsked():
            return Words("You asked us to bring it to another address.")
        case t.CorrectionRefused():
            return Words("It cannot be brought to the other address.", "bad")
        case t.CorrectionTold(done=True):
            return Words("The courier was told of the correction.", "good")
        case t.CorrectionTold():
            return _NOT_SHOWN  # the depot's people tell the driver
        case t.ContactFailed():
            return Words("We could not find a way to write to you.", "bad")
        case t.DispatcherCalled():
            return Words("We called the depot.")
        case t.RecoveryCalled():
            return Words("We asked a person at the depot to make it good.")
        case t.Acknowledged():
            return Words("A person at the depot took it on.", "good")
        case t.Resolved():
            return Words("The depot finished its part.", "good")
        case t.CustomerTold(topic=topic):
            return Words(_told(topic))
        case t.CustomerReply():
            return Words("You wrote to us.")
        case t.CustomerWord(word=word):
            return Words(_word(word))
        case t.QuestionAnswered():
            return Words("The depot answered you.", "good")
        case t.QuestionSettled():
            return Words("The depot has seen to what you asked.")
        case t.NotReceived():
            return Words("You told us that the parcel is not there.")
        case t.ContactElsewhere():
            return Words("You got in touch with us, and we made a note of it.")
        case t.MessageUndeliverable():
            return Words("A message to you did not arrive; we try another way.", "bad")
        case t.Booked() as booking:
            verb = "booked" if booking.booking_id in certain else "asked for"
            return Words(f"{_who(entry.actor)} {verb} {_booking(booking, when)}.", "good")
        case t.Rebooked() as booking:
            verb = "changed to" if booking.booking_id in certain else "asked to change to"
            return Words(f"{_who(entry.actor)} {verb} {_booking(booking, when)}.", "good")
        case t.BookingTold(courier=courier):
            return Words(f"We passed it on to {courier}.")
        case t.BookingConfirmed(courier=courier):
            return Words(f"{courier or 'The depot'} confirmed it.", "good")
        case t.BookingRefused() as booking:
            who = booking.courier or "The depot"
            return Words(f"{who} cannot do {_booking(booking, when)}.", "bad")
        case t.BookingUnconfirmed():
            return Words("We asked the people at the depot to confirm it.")
        case t.BookingAtRisk():
            return Words("We asked the depot whether everything goes as booked.")
        case t.PromiseBroken():
            return Words("The promised time passed without a handover.", "bad")
        case t.HourMissed(promised=promised, due_at=due_at):
            return Words(_missed(promised, due_at, when), "bad")
        case t.DecisionRequested():
            return Words(f"We asked {case.shipper.name} to decide what you get.")
        case t.DecisionOverdue():
            text = f"{case.shipper.name} had not decided yet. A person at the depot is to ask them."
            return Words(text, "bad")
        case t.Decided() as decided:
            return Words(_decided(case, decided), "good")
        case t.ShipperWrote(words=said):
            return Words(f"{case.shipper.name} wrote to you: {said}")
        case t.HandedOver():
            return Words(f"{case.shipper.name} takes it from here.")
        case t.SurveySent():
            return Words("We asked you how it went.")
        case t.SurveyAnswered(score=score):
            return Words(f"You gave {score} of 5. Thank you.")
        case t.Thanked():
            return Words("We said thank you.")
        case t.Closed(resolution="delivered" | "collected"):
            return _NOT_SHOWN  # the courier's own line says it
        case t.Closed(resolution="returned_to_sender"):
            return Words("The parcel is back at the sender.", "bad")
        case t.Closed():
            return Words("This was closed.")
        case t.CourierWarning() | t.CourierProgress():
            return _NOT_SHOWN  # the courier's own tracking page has every scan
        case t.ContactChecked() | t.ContactLookedUp():
            return _NOT_SHOWN  # how a contact is found is internal; that there is none is shown
        case t.BookingWithdrawn():
            return _NOT_SHOWN  # that it was changed or is over is shown
        case t.PassedOn() | t.Snoozed() | t.LadderExhausted() | t.AuditHealed():
            return _NOT_SHOWN  # who answers when at the depot is internal
        case t.SetAside() | t.Begun():
            return _NOT_SHOWN  # how old news is looked at is internal
        case t.Note(visibility=Visibility.CUSTOMER, text=text):
            return Words(f"A note for you: {text}")
        case t.Note():
            return _NOT_SHOWN  # written for others
        case t.Unknown():
            return _NOT_SHOWN  # nobody knows whether it is meant for the customer
        case _:
            assert_never(entry.facts)


_MISSED = {
    "news": "You should have heard from us",
    "answer": "You should have had an answer from us",
    "confirm": "You should have heard whether your choice is confirmed",
    "window": "Your parcel should have been there",
    "ready": "Your parcel should have been ready to collect",
    "call": "We should have called the depot again",
}


def _missed(promised: str, due_at: datetime | None, when: When) -> str:
    by = f" by {when.date(due_at)} at {when.time(due_at)}" if due_at else ""
    return f"{_MISSED.get(promised, 'We promised you something')}{by}; that did not happen."


_DECIDED = {
    "replacement": "sent you a replacement",
    "refund": "refunded your parcel",
    "send_again": "sends your parcel again",
    "close": "takes it from here",
}


def _decided(case: Case, decided: t.Decided) -> str:
    done = f"{case.shipper.name} {_DECIDED.get(decided.decision, 'decided what comes next')}."
    if decided.note and decided.note_for is Visibility.CUSTOMER:
        return f"{done} They write: {decided.note}"
    return done


def _told(topic: Topic) -> str:  # noqa: C901, PLR0911, PLR0912 - one per topic
    match topic:
        case Topic.FAILURE:
            return "We wrote to you what happened."
        case Topic.REMINDER:
            return "We reminded you to choose."
        case Topic.NEWS:
            return "We wrote to you that we are still working on it."
        case Topic.NOBODY:
            return "We wrote to you that nobody at the depot had taken it on yet."
        case Topic.STALLED:
            return "We wrote to you that nobody had acted, and called the person in charge."
        case Topic.DECIDING:
            return "We wrote to you who is deciding what comes next."
        case Topic.ADDRESS:
            return "We wrote to you about the other address."
        case Topic.DECISION:
            return "We wrote to you what was decided."
        case Topic.BOOKING:
            return "We wrote to you about your booking."
        case Topic.PLACE:
            return "We wrote to you that a place became free."
        case Topic.PROMISE:
            return "We wrote to you that the promise was not kept."
        case Topic.QUESTION:
            return "We wrote to you who answers, and by when."
        case Topic.QUESTION_LATE:
            return "We wrote to you that the answer takes longer."
        case Topic.OTHER:
            return "We wrote to you."
        case _:
            assert_never(topic)


def _who(actor: str) -> str:
    match actor:
        case Actor.CUSTOMER:
            return "You"
        case Actor.POLICY | Actor.REKNOCK:
            return "We"
        case _:
            return "The depot"


def _booking(booking: t.Booking, when: When) -> str:
    if not booking.starts_at or not booking.ends_at:
        return "a new time"
    place = f"{booking.place}, " if booking.kind == "pickup" else ""
    return place + when.window_on(booking.starts_at, booking.ends_at)


def _word(word: Word) -> str:
    match word:
        case Word.OPT_OUT:
            return "You wrote that you want no more messages this way."
        case Word.OPT_IN:
            return "You wrote that you want our messages again."
        case Word.HELP:
            return "You asked what our messages are about."
        case Word.OTHER:
            return "You wrote to us."
        case _:
            assert_never(word)
