"""The timeline in words for the shipper: what happened to their parcel and their customer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, assert_never

from app.booking.missed import How
from app.cases.timeline import facts as t
from app.cases.timeline.audience import photos_of, shippers
from app.cases.timeline.kinds import Actor
from app.cases.timeline.rows import Recorded, confirmed
from app.decisions.model import Choice
from app.decisions.refusals import DONE
from app.theme.times import When


class Line(NamedTuple):
    """One line of the story. `tone` is `good`, `bad` or empty; `more` are somebody's own words."""

    at: datetime
    text: str
    tone: str = ""
    more: str = ""
    photos: Sequence[str] = ()


class Words(NamedTuple):
    """What a line says; without a text there is no line."""

    text: str
    tone: str = ""
    more: str = ""


_NOT_SHOWN = Words("")
_NOT_HAPPENED: dict[str, str] = {
    How.TRIED: "The courier came again and could not hand it over.",
    How.NOT_CONFIRMED: "Nobody had said yes to what was booked, and its time is over.",
    How.NOT_COLLECTED: "It was not picked up in time.",
    How.NOT_BACK: "The courier has not said that it is back with you.",
}


def story(timeline: Sequence[Recorded], when: When) -> list[Line]:
    """The timeline in words, newest first, of what a shipper may read."""
    lines, certain = [], confirmed(timeline)
    for entry in reversed(timeline):
        facts = shippers(entry.facts)
        said = words(facts, entry.actor, when, certain) if facts else _NOT_SHOWN
        if facts and said.text:
            lines.append(Line(entry.at, *said, photos=photos_of([facts])))
    return lines


def words(  # noqa: C901, PLR0911, PLR0912, PLR0915
    facts: t.Facts, actor: str, when: When, certain: Collection[int] = ()
) -> Words:
    """An entry in words; without a text where it is the depot's own business.

    `certain` are the bookings that were confirmed.
    """
    match facts:
        case t.CourierFailed(words=said):
            return Words("The courier could not deliver.", "bad", said)
        case t.CourierRefused(words=said):
            return Words("The courier reports: refused at the door.", "bad", said)
        case t.CourierReturned(words=said):
            return Words("The courier brings it back to you.", "bad", said)
        case t.CourierLost(words=said):
            return Words("The courier cannot find it.", "bad", said)
        case t.CourierDamaged(words=said):
            return Words("It was damaged on the way.", "bad", said)
        case t.CourierHeld(words=said):
            return Words("It waits to be collected.", "", said)
        case t.CourierDelivered():
            return Words("The courier delivered it.", "good")
        case t.ContactRequested():
            return Words("We asked you for a number that works.")
        case t.ContactSupplied():
            return Words(f"{_who(actor)} gave a new contact.", "good")
        case t.Corrected(address=address):
            what = "the address" if address else "the directions for the driver"
            return Words(f"{_who(actor)} corrected {what}.", "good")
        case t.CorrectionAsked():
            return Words("Your customer asked for another address.")
        case t.CorrectionRefused(why=why):
            return Words(f"{_who(actor)} refused the other address.", "", why)
        case t.CorrectionTold(courier=courier, done=True):
            return Words(f"{courier} was told of the correction.", "good")
        case t.CorrectionTold():
            return _NOT_SHOWN  # the depot's people tell the driver
        case t.ContactFailed():
            return Words("No number that works was given.", "bad")
        case t.Acknowledged():
            return Words(f"{actor} at the depot took it on.", "good")
        case t.CustomerTold():
            return Words("We wrote to your customer.")
        case t.CustomerReply(words=said):
            return Words("Your customer wrote to us.", "", said)
        case t.QuestionAnswered(words=said):
            return Words(f"{actor} answered your customer.", "good", said)
        case t.StaffWrote(words=said):
            return Words(f"{actor} wrote to your customer.", "", said)
        case t.DoorHelpSaid():
            return _NOT_SHOWN  # it is for who brings the parcel, and nobody else
        case t.AttemptDisputed(came=came):
            said = "the courier came" if came else "nobody came"
            return Words(f"The customer says that {said}.", "" if came else "bad")
        case t.DisputeSettled(accepted=accepted, why=why):
            found = "nobody came" if accepted else "the courier came"
            return Words(f"The depot found that {found}.", "", why)
        case t.NotReceived():
            return Words(
                "Your customer says that it is not there, though it is marked delivered.", "bad"
            )
        case t.MessageUndeliverable():
            return Words("A message to your customer did not arrive.", "bad")
        case t.ContactElsewhere(channel=channel, text=text):
            return Words(f"The depot was in touch with your customer ({channel}).", "", text)
        case t.Booked() | t.Rebooked():
            verb = "booked" if facts.booking_id in certain else "asked for"
            return Words(f"{_who(actor)} {verb} {_booking(facts, when)}.", "good")
        case t.BookingConfirmed():
            return Words("It is confirmed that it goes ahead.", "good")
        case t.BookingCancelled():
            return Words(f"{_who(actor)} cancelled what was booked.")
        case t.BookingRefused(words=said):
            return Words("What was booked cannot be done.", "bad", said)
        case t.PromiseBroken(how=how):
            return Words(_NOT_HAPPENED.get(how, "The booked delivery did not happen."), "bad")
        case t.DecisionRequested():
            return Words("We asked you to decide.")
        case t.DecisionOverdue():
            return Words("You had not decided in time; the depot is to call you.", "bad")
        case t.Decided(decision=decision, note=note):
            return Words(f"{_who(actor)} decided: {_decided(decision)}.", "good", note)
        case t.ShipperWrote(words=said):
            return Words("You wrote to your customer.", "", said)
        case t.HandedOver():
            return Words("We told your customer that you take it from here.")
        case t.SurveyAnswered(score=score, words=said):
            return Words(f"Your customer gave {score} of 5.", "", said)
        case t.GestureAsked(gesture="refund"):
            return Words("Your customer wants their money back.", "bad")
        case t.GestureAsked(gesture=gesture):
            return Words(f"Your system is asked to grant a {gesture}.")
        case t.GestureMade(gesture=gesture):
            return Words(f"Your customer gets a {gesture}.", "good")
        case t.GestureEnded(gesture=gesture):
            return Words(f"The {gesture} was not granted.")
        case t.SaidIfGood(good=good):
            said = "it is good now" if good else "it is not good yet"
            return Words(f"Your customer says that {said}.", "good" if good else "bad")
        case t.Note(text=text):
            return Words(f"{_who(actor)} made a note.", "", text)
        case t.Closed(resolution=resolution):
            return Words(f"Closed: {resolution.replace('_', ' ')}.")
        case (
            t.CourierWarning()
            | t.CourierProgress()
            | t.ContactChecked()
            | t.ContactLookedUp()
            | t.DispatcherCalled()
            | t.RecoveryCalled()
            | t.CallEnded()
            | t.LevelPassedOver()
            | t.LadderExhausted()
            | t.PassedOn()
            | t.Snoozed()
            | t.Woken()
            | t.Reminded()
            | t.NeedsLonger()
            | t.WentBack()
            | t.Undone()
            | t.Resolved()
            | t.CustomerWord()
            | t.MessagesRefused()
            | t.MessagesWanted()
            | t.QuestionSettled()
            | t.HourMissed()
            | t.BookingTold()
            | t.BookingUnconfirmed()
            | t.BookingWithdrawn()
            | t.BookingAtRisk()
            | t.SurveySent()
            | t.Thanked()
            | t.AskedIfGood()
            | t.AuditHealed()
            | t.SetAside()
            | t.Begun()
            | t.Unknown()
        ):
            return _NOT_SHOWN  # how the depot works, and what changes nothing for a shipper
        case _:
            assert_never(facts)


def _who(actor: str) -> str:
    match actor:
        case Actor.SHIPPER:
            return "You"
        case Actor.CUSTOMER:
            return "Your customer"
        case Actor.POLICY | Actor.REKNOCK:
            return "Reknock"
        case Actor.DISPATCHER:
            return "The depot"
        case _:
            return actor


def _decided(decision: str) -> str:
    try:
        return DONE[Choice(decision)]
    except ValueError:
        return decision.replace("_", " ")


def _booking(booking: t.Booking, when: When) -> str:
    if not booking.starts_at or not booking.ends_at:
        return "a new time"
    if booking.kind == "return":
        return "its way back to you"
    place = f"{booking.place}, " if booking.kind == "pickup" else ""
    return place + when.window_on(booking.starts_at, booking.ends_at)
