"""The timeline in words for the shipper: what happened to their parcel and their customer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, assert_never

from app.cases.timeline import facts as t
from app.cases.timeline.audience import photos_of, shippers
from app.cases.timeline.kinds import Actor
from app.cases.timeline.rows import Recorded, confirmed
from app.decisions import story_words as says
from app.languages.language import Language
from app.languages.sentence import again
from app.questions import talk
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
    say = when.language.say
    match facts:
        case t.CourierFailed(words=said):
            return Words(say("The courier could not deliver."), "bad", said)
        case t.CourierRefused(words=said):
            return Words(say("The courier reports: refused at the door."), "bad", said)
        case t.CourierReturned(words=said):
            return Words(say("The courier brings it back to you."), "bad", said)
        case t.CourierLost(words=said):
            return Words(say("The courier cannot find it."), "bad", said)
        case t.CourierDamaged(words=said):
            return Words(say("It was damaged on the way."), "bad", said)
        case t.CourierHeld(words=said):
            return Words(say("It waits to be collected."), "", said)
        case t.CourierDelivered():
            return Words(say("The courier delivered it."), "good")
        case t.ContactRequested():
            return Words(say("We asked you for a number that works."))
        case t.ContactSupplied():
            return Words(_by(says.CONTACT, actor, when), "good")
        case t.Corrected(address=address):
            what = says.ADDRESS if address else says.DIRECTIONS
            return Words(_by(what, actor, when), "good")
        case t.CorrectionAsked():
            return Words(say("Your customer asked for another address."))
        case t.CorrectionRefused(why=why):
            return Words(_by(says.OTHER_REFUSED, actor, when), "", why)
        case t.CorrectionTold(courier=courier, done=True):
            return Words(say("{courier} was told of the correction.", courier=courier), "good")
        case t.CorrectionTold():
            return _NOT_SHOWN  # the depot's people tell the driver
        case t.ContactFailed():
            return Words(say("No number that works was given."), "bad")
        case t.Acknowledged():
            return Words(say("{who} at the depot took it on.", who=actor), "good")
        case t.CustomerTold():
            return Words(say("We wrote to your customer."))
        case t.CustomerReply(words=said):
            return Words(say("Your customer wrote to us."), "", said)
        case t.QuestionAnswered(words=said):
            return Words(say("{who} answered your customer.", who=actor), "good", said)
        case t.StaffWrote(words=said):
            return Words(say("{who} wrote to your customer.", who=actor), "", said)
        case t.DoorHelpSaid():
            return _NOT_SHOWN  # it is for who brings the parcel, and nobody else
        case t.AttemptDisputed(came=True):
            return Words(say("The customer says that the courier came."))
        case t.AttemptDisputed():
            return Words(say("The customer says that nobody came."), "bad")
        case t.DisputeSettled(accepted=True, why=why):
            return Words(say("The depot found that nobody came."), "", why)
        case t.DisputeSettled(why=why):
            return Words(say("The depot found that the courier came."), "", why)
        case t.NotReceived():
            said = say("Your customer says that it is not there, though it is marked delivered.")
            return Words(said, "bad")
        case t.MessageUndeliverable():
            return Words(say("A message to your customer did not arrive."), "bad")
        case t.ContactElsewhere(channel=channel, text=text):
            way = again(when.language, talk.way(channel))
            said = say("The depot was in touch with your customer ({way}).", way=way)
            return Words(said, "", text)
        case t.Booked() | t.Rebooked():
            what = says.BOOKED if facts.booking_id in certain else says.ASKED_FOR
            return Words(_by(what, actor, when, what=_booking(facts, when)), "good")
        case t.BookingConfirmed():
            return Words(say("It is confirmed that it goes ahead."), "good")
        case t.BookingCancelled():
            return Words(_by(says.CANCELLED, actor, when))
        case t.BookingRefused(words=said):
            return Words(say("What was booked cannot be done."), "bad", said)
        case t.PromiseBroken(how=how):
            return Words(say(says.NOT_HAPPENED.get(how, says.NOT_KEPT)), "bad")
        case t.DecisionRequested():
            return Words(say("We asked you to decide."))
        case t.DecisionOverdue():
            return Words(say("You had not decided in time; the depot is to call you."), "bad")
        case t.Decided(decision=decision, note=note):
            return Words(_by(says.DECIDED[decision], actor, when), "good", note)
        case t.ShipperWrote(words=said):
            return Words(say("You wrote to your customer."), "", said)
        case t.HandedOver():
            return Words(say("We told your customer that you take it from here."))
        case t.SurveyAnswered(score=score, words=said):
            return Words(say("Your customer gave {score} of 5.", score=score), "", said)
        case t.GestureAsked(gesture="refund"):
            return Words(say("Your customer wants their money back."), "bad")
        case t.GestureAsked(gesture=gesture):
            return Words(
                say("Your system is asked to grant it: {what}.", what=_given(gesture, when))
            )
        case t.GestureMade(gesture=gesture):
            said = say(
                "Your customer gets something for their trouble: {what}.",
                what=_given(gesture, when),
            )
            return Words(said, "good")
        case t.GestureEnded(gesture=gesture):
            return Words(say("It was not granted: {what}.", what=_given(gesture, when)))
        case t.SaidIfGood(good=True):
            return Words(say("Your customer says that it is good now."), "good")
        case t.SaidIfGood():
            return Words(say("Your customer says that it is not good yet."), "bad")
        case t.Note(text=text):
            return Words(_by(says.NOTED, actor, when), "", again(when.language, text))
        case t.Closed(resolution=resolution):
            return Words(ended(when.language, resolution))
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
            | t.NoGesture()
            | t.AuditHealed()
            | t.SetAside()
            | t.Begun()
            | t.Unknown()
        ):
            return _NOT_SHOWN  # how the depot works, and what changes nothing for a shipper
        case _:
            assert_never(facts)


def ended(language: Language, resolution: str | None) -> str:
    """How a case ended, as a sentence."""
    known = says.ENDED.get(resolution or "")
    return language.say(known) if known else language.say("Closed.")


def _by(saying: says.By, actor: str, when: When, **values: str) -> str:
    """Who did it: the reader, or somebody else by their name."""
    if actor == Actor.SHIPPER:
        return when.language.say(saying.you, **values)
    return when.language.say(saying.others, who=_who(actor, when.language), **values)


def _given(gesture: str, when: When) -> str:
    return when.language.say(says.GIVEN.get(gesture, gesture))


def _who(actor: str, language: Language) -> str:
    known = says.ACTORS.get(actor)
    return language.say(known) if known else actor


def _booking(booking: t.Booking, when: When) -> str:
    if not booking.starts_at or not booking.ends_at:
        return when.language.say("a new time")
    if booking.kind == "return":
        return when.language.say("its way back to you")
    place = f"{booking.place}, " if booking.kind == "pickup" else ""
    return place + when.window_on(booking.starts_at, booking.ends_at)
