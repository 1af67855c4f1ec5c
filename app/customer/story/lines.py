"""The lines of the story: each entry of the timeline in words, or none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, assert_never

from app.cases import speech
from app.cases.model import Case, CaseKind
from app.cases.timeline import facts as t
from app.cases.timeline.audience import photos_of
from app.cases.timeline.kinds import Actor, Visibility
from app.cases.timeline.rows import Recorded, confirmed
from app.customer.reasons import sentence
from app.customer.story import choices, outcomes, topics
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
            return Words(say(choices.CORRECTED[bool(address)][choices.who(entry.actor)]), "good")
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
            return Words(say(topics.told(topic)))
        case t.CustomerReply():
            return Words(say("You wrote to us."))
        case t.CustomerWord(word=word):
            return Words(say(topics.word(word)))
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
            found = say(outcomes.SETTLED[accepted])
            reason = say("The reason: {words}.", words=why.rstrip(".")) if why else ""
            return Words(f"{found} {reason}".strip(), "good" if accepted else "bad")
        case t.ContactElsewhere():
            return Words(say("You got in touch with us, and we made a note of it."))
        case t.MessageUndeliverable():
            return Words(say("A message to you did not arrive; we’ll try another way."), "bad")
        case t.Booked() as booking:
            done = choices.BOOKED if booking.booking_id in certain else choices.ASKED_FOR
            what = choices.booked(case, booking, when)
            return Words(say(done[choices.who(entry.actor)], what=what), "good")
        case t.Rebooked() as booking:
            done = choices.CHANGED if booking.booking_id in certain else choices.ASKED_TO_CHANGE
            what = choices.booked(case, booking, when)
            return Words(say(done[choices.who(entry.actor)], what=what), "good")
        case t.BookingCancelled() as booking:
            what = choices.booked(case, booking, when)
            return Words(say(choices.CANCELLED[choices.who(entry.actor)], what=what))
        case t.BookingTold(courier=courier):
            return Words(say("We passed it on to {courier}.", courier=courier))
        case t.BookingConfirmed(courier=courier):
            if courier:
                return Words(say("{courier} confirmed it.", courier=courier), "good")
            return Words(say("The depot confirmed it."), "good")
        case t.BookingRefused() as booking:
            what, who = choices.booked(case, booking, when), booking.courier
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
            return Words(outcomes.not_happened(say, how, pickup=pickup), "bad")
        case t.HourMissed(promised=promised, due_at=due_at):
            return Words(outcomes.missed(say, promised, due_at, when), "bad")
        case t.DecisionRequested():
            return Words(say("We asked {shipper} to decide what you get."))
        case t.DecisionOverdue():
            return Words(
                say("{shipper} had not decided yet. A person at the depot is to ask them."), "bad"
            )
        case t.Decided() as decided:
            return Words(outcomes.decided(say, decided), "good")
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
            return Words(outcomes.given(say, entry.facts, when), "good")
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
