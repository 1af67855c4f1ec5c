"""The timeline in the customer's words: what concerns them, and nothing internal."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, assert_never

from app.booking.missed import How
from app.cases import speech
from app.cases.model import Case, CaseKind
from app.cases.timeline import facts as t
from app.cases.timeline.audience import photos_of
from app.cases.timeline.kinds import Actor, Topic, Visibility, Word
from app.cases.timeline.rows import Recorded, confirmed
from app.customer.reasons import sentence
from app.languages import prices
from app.languages.language import mark
from app.theme.times import When


class Line(NamedTuple):
    """One line of the story. `tone` is `good`, `bad` or empty."""

    at: datetime
    text: str
    tone: str
    photos: Sequence[str] = ()


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
            lines.append(Line(entry.at, *said, photos=photos_of([entry.facts])))
    return lines[::-1]


def words(  # noqa: C901, PLR0911, PLR0912, PLR0915
    case: Case, entry: Recorded, when: When, certain: Collection[int] = ()
) -> Words:
    """An entry in words for the customer; without a text when it is none of their concern.

    `certain` are the bookings that were confirmed.
    """
    say = speech.about(case)
    match entry.facts:
        case t.CourierFailed(reason=reason):
            tried = say("The courier tried to deliver.")
            why = sentence(speech.of(case), reason, CaseKind.FAILED)
            return Words(f"{tried} {why}", "bad")
        case t.CourierRefused():
            return Words(say("The courier reports: not accepted at the door."), "bad")
        case t.CourierReturned():
            return Words(say("The courier is taking the parcel back to the sender."), "bad")
        case t.CourierLost():
            return Words(say("The courier cannot find the parcel."), "bad")
        case t.CourierDamaged():
            return Words(say("The parcel was damaged on the way."), "bad")
        case t.CourierHeld():
            return Words(say("The parcel is waiting to be collected."))
        case t.CourierDelivered():
            return Words(say("The courier delivered the parcel."), "good")
        case t.ContactRequested():
            return Words(say("We asked {shipper} how to reach you."))
        case t.ContactSupplied():
            return Words(say("We got a number or address to reach you."))
        case t.Corrected(address=address):
            return Words(say(_CORRECTED[bool(address)][_who(entry.actor)]), "good")
        case t.CorrectionAsked():
            return Words(say("You asked us to bring it to another address."))
        case t.CorrectionRefused(why=why):
            reason = say("The reason: {words}.", words=why) if why else ""
            said = say("It cannot be brought to the other address.")
            return Words(f"{said} {reason}".strip(), "bad")
        case t.CorrectionTold(done=True):
            return Words(say("The courier was told of the correction."), "good")
        case t.CorrectionTold():
            return _NOT_SHOWN  # the depot's people tell the driver
        case t.DoorHelpSaid(withdrawn=True):
            return Words(say("You took back what helps you at the door, and we forgot it."))
        case t.DoorHelpSaid():
            return Words(say("You told us what helps you at the door."), "good")
        case t.ContactFailed():
            return Words(say("We could not find a way to write to you."), "bad")
        case t.DispatcherCalled():
            return Words(say("We called the depot."))
        case t.RecoveryCalled():
            return Words(say("We asked someone at the depot to put it right."))
        case t.Acknowledged(kind="handover") | t.Resolved(kind="handover" | "question"):
            return _NOT_SHOWN  # what they said of it is shown
        case t.Acknowledged():
            return Words(say("Somebody at the depot is looking after it."), "good")
        case t.Resolved():
            return Words(say("The depot finished its part."), "good")
        case t.CustomerTold(topic=topic):
            return Words(say(_told(topic)))
        case t.CustomerReply():
            return Words(say("You wrote to us."))
        case t.CustomerWord(word=word):
            return Words(say(_word(word)))
        case t.MessagesRefused(channel=""):
            return _NOT_SHOWN
        case t.MessagesRefused():
            return Words(say("You asked for no more messages."))
        case t.MessagesWanted():
            return Words(say("You asked for messages again."))
        case t.QuestionAnswered():
            return Words(say("The depot answered you."), "good")
        case t.QuestionSettled() if entry.actor == Actor.CUSTOMER:
            return Words(say("You told us that you don’t need an answer any more."))
        case t.QuestionSettled():
            return Words(say("The depot has taken care of what you asked."))
        case t.StaffWrote():
            return Words(say("The depot wrote to you."))
        case t.NotReceived():
            return Words(say("You told us that the parcel is not there."))
        case t.AttemptDisputed(came=True):
            return Words(say("You told us that the courier came."))
        case t.AttemptDisputed():
            return Words(say("You told us that nobody came."))
        case t.DisputeSettled(accepted=accepted, why=why):
            found = say(_SETTLED[accepted])
            reason = say("The reason: {words}.", words=why.rstrip(".")) if why else ""
            return Words(f"{found} {reason}".strip(), "good" if accepted else "bad")
        case t.ContactElsewhere():
            return Words(say("You got in touch with us, and we made a note of it."))
        case t.MessageUndeliverable():
            return Words(say("A message to you did not arrive; we’ll try another way."), "bad")
        case t.Booked() as booking:
            done = _BOOKED if booking.booking_id in certain else _ASKED_FOR
            what = booked(case, booking, when)
            return Words(say(done[_who(entry.actor)], what=what), "good")
        case t.Rebooked() as booking:
            done = _CHANGED if booking.booking_id in certain else _ASKED_TO_CHANGE
            what = booked(case, booking, when)
            return Words(say(done[_who(entry.actor)], what=what), "good")
        case t.BookingCancelled() as booking:
            what = booked(case, booking, when)
            return Words(say(_CANCELLED[_who(entry.actor)], what=what))
        case t.BookingTold(courier=courier):
            return Words(say("We passed it on to {courier}.", courier=courier))
        case t.BookingConfirmed(courier=courier):
            if courier:
                return Words(say("{courier} confirmed it.", courier=courier), "good")
            return Words(say("The depot confirmed it."), "good")
        case t.BookingRefused() as booking:
            what, who = booked(case, booking, when), booking.courier
            if booking.code == "unconfirmed":
                return Words(say("Nobody confirmed {what} in time.", what=what), "bad")
            if who:
                return Words(say("{courier} cannot do {what}.", courier=who, what=what), "bad")
            return Words(say("The depot cannot do {what}.", what=what), "bad")
        case t.BookingUnconfirmed():
            return Words(say("We asked the people at the depot to confirm it."))
        case t.BookingAtRisk():
            return Words(say("We asked the depot whether everything goes as booked."))
        case t.PromiseBroken(how=how, pickup=pickup):
            return Words(_not_happened(say, how, pickup=pickup), "bad")
        case t.HourMissed(promised=promised, due_at=due_at):
            return Words(_missed(say, promised, due_at, when), "bad")
        case t.DecisionRequested():
            return Words(say("We asked {shipper} to decide what you get."))
        case t.DecisionOverdue():
            return Words(
                say("{shipper} had not decided yet. A person at the depot is to ask them."), "bad"
            )
        case t.Decided() as decided:
            return Words(_decided(say, decided), "good")
        case t.ShipperWrote(words=said):
            return Words(say("{shipper} wrote to you: {words}", words=said))
        case t.HandedOver():
            return Words(say("{shipper} takes it from here."))
        case t.SurveySent():
            return Words(say("We asked you how it went."))
        case t.SurveyAnswered(score=score):
            return Words(say("You gave us {score} out of 5. Thank you.", score=score))
        case t.Thanked():
            return Words(say("We said thank you."))
        case t.GestureMade():
            return Words(_given(say, entry.facts, when), "good")
        case t.GestureAsked() | t.GestureEnded() | t.NoGesture():
            return _NOT_SHOWN  # nobody is told of what is not firm
        case t.AskedIfGood():
            return Words(say("We asked you whether it is good now."))
        case t.SaidIfGood(good=True):
            return Words(say("You told us that it is good now."), "good")
        case t.SaidIfGood():
            return Words(say("You told us that it is not good yet."), "bad")
        case t.Closed(resolution="delivered" | "collected"):
            return _NOT_SHOWN  # the courier's own line says it
        case t.Closed(resolution="returned_to_sender"):
            return Words(say("The parcel is back at the sender."), "bad")
        case t.Closed():
            return Words(say("This was closed."))
        case t.CourierWarning() | t.CourierProgress():
            return _NOT_SHOWN  # the courier's own tracking page has every scan
        case t.ContactChecked() | t.ContactLookedUp():
            return _NOT_SHOWN  # how a contact is found is internal; that there is none is shown
        case t.BookingWithdrawn():
            return _NOT_SHOWN  # that it was changed or is over is shown
        case (
            t.PassedOn()
            | t.Snoozed()
            | t.Woken()
            | t.Reminded()
            | t.NeedsLonger()
            | t.WentBack()
            | t.Undone()
            | t.CallEnded()
            | t.LadderExhausted()
            | t.AuditHealed()
        ):
            return _NOT_SHOWN  # who answers when at the depot is internal
        case t.LevelPassedOver():
            return _NOT_SHOWN  # who answers when at the depot is internal
        case t.SetAside() | t.Begun():
            return _NOT_SHOWN  # how old news is looked at is internal
        case t.Note() if entry.actor == Actor.CUSTOMER:
            wrote = entry.facts.text
            return Words(say("You wrote: {words}", words=wrote) if wrote else say("Your photo."))
        case t.Note(visibility=Visibility.CUSTOMER, text=""):
            return Words(say("A photo for you."))
        case t.Note(visibility=Visibility.CUSTOMER, text=text):
            return Words(say("A note for you: {words}", words=text))
        case t.Note():
            return _NOT_SHOWN  # written for others
        case t.Unknown():
            return _NOT_SHOWN  # nobody knows whether it is meant for the customer
        case _:
            assert_never(entry.facts)


_SETTLED = {
    True: mark("You were right: nobody came, and that attempt does not count."),
    False: mark("The depot is sure that the courier came."),
}
_CORRECTED = {
    False: {
        "you": mark("You corrected the directions for the driver."),
        "we": mark("We corrected the directions for the driver."),
        "depot": mark("The depot corrected the directions for the driver."),
    },
    True: {
        "you": mark("You corrected the address."),
        "we": mark("We corrected the address."),
        "depot": mark("The depot corrected the address."),
    },
}
_BOOKED = {
    "you": mark("You booked {what}."),
    "we": mark("We booked {what}."),
    "depot": mark("The depot booked {what}."),
}
_ASKED_FOR = {
    "you": mark("You asked for {what}."),
    "we": mark("We asked for {what}."),
    "depot": mark("The depot asked for {what}."),
}
_CANCELLED = {
    "you": mark("You cancelled {what}."),
    "we": mark("We cancelled {what}."),
    "depot": mark("The depot cancelled {what}."),
}
_CHANGED = {
    "you": mark("You changed to {what}."),
    "we": mark("We changed to {what}."),
    "depot": mark("The depot changed to {what}."),
}
_ASKED_TO_CHANGE = {
    "you": mark("You asked to change to {what}."),
    "we": mark("We asked to change to {what}."),
    "depot": mark("The depot asked to change to {what}."),
}
"""Who did it, by `_who`."""


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


def _given(say: speech.Say, gesture: t.Gesture, when: When) -> str:
    amount = ""
    if gesture.amount and gesture.currency:
        amount = prices.amount(gesture.amount, gesture.currency, when.language)
    match gesture.gesture:
        case "voucher":
            return say("{shipper} gave you a {amount} voucher.", amount=amount)
        case "credit":
            return say("{shipper} credited you {amount}.", amount=amount)
    return say("{shipper} paid your money back.")


def _not_happened(say: speech.Say, how: str, *, pickup: bool) -> str:
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


def _missed(say: speech.Say, promised: str, due_at: datetime | None, when: When) -> str:
    missed = _MISSED.get(promised)
    if missed is None or due_at is None:
        return say("We promised you something that did not happen.")
    by = say("{day} at {time}", day=when.date(due_at), time=when.time(due_at))
    return say(missed, by=by)


_DECIDED = {
    "replacement": mark("{shipper} sent you a replacement."),
    "refund": mark("{shipper} refunded your parcel."),
    "send_again": mark("{shipper} sends your parcel again."),
    "close": mark("{shipper} takes it from here."),
}


def _decided(say: speech.Say, decided: t.Decided) -> str:
    done = say(_DECIDED.get(decided.decision, mark("{shipper} decided what comes next.")))
    if decided.note and decided.note_for is Visibility.CUSTOMER:
        return " ".join((done, say("They write: {words}", words=decided.note)))
    return done


def _told(topic: Topic) -> str:  # noqa: C901, PLR0911, PLR0912 - one per topic
    match topic:
        case Topic.FAILURE:
            return mark("We wrote to you what happened.")
        case Topic.REMINDER:
            return mark("We reminded you to choose.")
        case Topic.NEWS:
            return mark("We wrote to you that we are still working on it.")
        case Topic.NOBODY:
            return mark("We wrote to you that nobody at the depot had responded yet.")
        case Topic.STALLED:
            return mark("We wrote to you that nobody had acted, and called the person in charge.")
        case Topic.DECIDING:
            return mark("We wrote to you who is deciding what comes next.")
        case Topic.ADDRESS:
            return mark("We wrote to you about the other address.")
        case Topic.DECISION:
            return mark("We wrote to you what was decided.")
        case Topic.BOOKING:
            return mark("We wrote to you about your booking.")
        case Topic.PLACE:
            return mark("We wrote to you that a place became free.")
        case Topic.PROMISE:
            return mark("We wrote to you that it did not happen as booked.")
        case Topic.QUESTION:
            return mark("We wrote to you who answers, and by when.")
        case Topic.QUESTION_LATE:
            return mark("We wrote to you that the answer takes longer.")
        case Topic.OTHER:
            return mark("We wrote to you.")
        case _:
            assert_never(topic)


def _who(actor: str) -> str:
    match actor:
        case Actor.CUSTOMER:
            return "you"
        case Actor.POLICY | Actor.REKNOCK:
            return "we"
        case _:
            return "depot"


def booked(case: Case, booking: t.Booking, when: When) -> str:
    """What was booked, in words."""
    say = speech.about(case)
    if not booking.starts_at or not booking.ends_at:
        return say("a new time")
    if booking.kind == "return":
        return say("the return to {shipper}")
    what = when.window_on(booking.starts_at, booking.ends_at)
    match booking.leaving:
        case "neighbour":
            return say("{what}, with a neighbour", what=what)
        case "address":
            return say("{what}, at another address", what=what)
        case "safe_place":
            return say("{what}, in a safe place", what=what)
    return f"{booking.place}, {what}" if booking.kind == "pickup" else what


def _word(word: Word) -> str:
    match word:
        case Word.OPT_OUT:
            return mark("You wrote that you want no more messages this way.")
        case Word.OPT_IN:
            return mark("You wrote that you want our messages again.")
        case Word.HELP:
            return mark("You asked what our messages are about.")
        case Word.OTHER:
            return mark("You wrote to us.")
        case _:
            assert_never(word)
