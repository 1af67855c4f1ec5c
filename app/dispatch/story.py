"""The timeline in words for those who act on it: everything, the newest first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, assert_never

from app.cases.model import CaseKind
from app.cases.timeline import facts as t
from app.cases.timeline.audience import photos_of
from app.cases.timeline.kinds import Actor, Word
from app.cases.timeline.rows import Recorded, confirmed
from app.channels.states import RANG, channel_words, reason_words
from app.channels.unsent_store import Told
from app.dispatch import story_parts as parts
from app.dispatch import story_words as says
from app.dispatch.oncall import texts as oncall
from app.dispatch.snoozed.events import Event
from app.dispatch.story_parts import Words, label
from app.gestures.words import WHY_NOT
from app.languages.language import Language, mark
from app.languages.sentence import again
from app.questions import talk
from app.theme.times import When


class Line(NamedTuple):
    """One line of the story. `tone` is `good`, `bad` or empty; `more` says it in detail."""

    at: datetime
    text: str
    tone: str
    more: str
    photos: Sequence[str] = ()


def story(timeline: Sequence[Recorded], when: When, unsent: Sequence[Told] = ()) -> list[Line]:
    """The whole timeline in words, newest first; an unknown kind is shown by its name.

    What the customer reads later, as `unsent` knows, they were not told yet.
    """
    certain = confirmed(timeline)
    waits = {(one.topic, one.at): one for one in unsent if one.waits_until}
    return [
        Line(
            entry.at,
            *(_waits(entry, waits, when) or words(entry, when, certain)),
            photos=photos_of([entry.facts]),
        )
        for entry in reversed(timeline)
    ]


def _waits(entry: Recorded, waits: Mapping[tuple[str, datetime], Told], when: When) -> Words | None:
    facts, language = entry.facts, when.language
    told = waits.get((facts.topic, entry.at)) if isinstance(facts, t.CustomerTold) else None
    if told is None or told.waits_until is None:
        return None
    text = mark("A message to the customer waits until {moment}.")
    said = language.say(text, moment=when.moment(told.waits_until))
    return Words(said, "", again(language, told.reason))


def _said_by(language: Language, channel: str, how: str) -> str:
    """By which channel somebody wants messages or none, and how they said so."""
    parts = [again(language, channel_words(channel)), language.say(says.SAID_BY.get(how, how))]
    return ", ".join(filter(None, parts))


def ended(language: Language, resolution: str) -> str:
    """How a case ended, as a sentence."""
    known = says.ENDED.get(resolution)
    return language.say(known) if known else f"{label(resolution)}."


def words(  # noqa: C901, PLR0911, PLR0912, PLR0915
    entry: Recorded, when: When, certain: Collection[int] = ()
) -> Words:
    """An entry in words; `certain` are the bookings that were confirmed."""
    actor, language, say = entry.actor, when.language, when.language.say
    match entry.facts:
        case t.CourierFailed() as report:
            return parts.trouble(report, CaseKind.FAILED, entry.at, when)
        case t.CourierRefused() as report:
            return parts.trouble(report, CaseKind.REFUSED, entry.at, when)
        case t.CourierReturned() as report:
            return parts.trouble(report, CaseKind.RETURNED, entry.at, when)
        case t.CourierLost() as report:
            return parts.trouble(report, CaseKind.LOST, entry.at, when)
        case t.CourierDamaged() as report:
            return parts.trouble(report, CaseKind.DAMAGED, entry.at, when)
        case t.CourierHeld() as report:
            return parts.trouble(report, CaseKind.HELD, entry.at, when)
        case t.CourierDelivered() as report:
            return Words(say("Courier: delivered."), "good", parts.said(report, entry.at, when))
        case t.CourierWarning() as report:
            return Words(say("Courier: warning."), "", parts.said(report, entry.at, when))
        case t.CourierProgress() as report:
            return Words(say("Courier: progress."), "", parts.said(report, entry.at, when))
        case t.ContactChecked() as checked:
            return parts.checked(checked, language)
        case t.ContactLookedUp(outcome="found"):
            return Words(say("The shipper’s system knows a contact."), "good")
        case t.ContactLookedUp():
            return Words(say("The shipper’s system knows no contact."))
        case t.ContactRequested():
            return Words(say("The shipper was asked for a number."))
        case t.ContactSupplied():
            return Words(say("{who} gave a new contact.", who=parts.who(actor, language)), "good")
        case t.Corrected() as corrected:
            return Words(
                say(says.corrected_what(corrected), who=parts.who(actor, language)), "good"
            )
        case t.CorrectionAsked():
            return Words(say("{who} asked for another address.", who=parts.who(actor, language)))
        case t.CorrectionRefused(why=why):
            text = mark("{who} said that it cannot go to the other address.")
            return Words(say(text, who=parts.who(actor, language)), "", why)
        case t.CorrectionTold(courier=courier, done=True):
            return Words(say("{courier} was told of the correction.", courier=courier), "good")
        case t.CorrectionTold(courier=courier, left=left) if left:
            text = mark(
                "{courier} was told, and has no place for the {left}: please tell the driver."
            )
            return Words(say(text, courier=courier, left=left), "bad")
        case t.CorrectionTold(courier=courier):
            text = mark("{courier} did not take the correction: please tell the driver.")
            return Words(say(text, courier=courier), "bad")
        case t.DoorHelpSaid(withdrawn=True):
            return Words(say("The customer took back what helps them at the door."))
        case t.DoorHelpSaid():
            return Words(say("The customer said what helps them at the door."))
        case t.ContactFailed():
            return Words(say("The shipper gave no number."), "bad")
        case t.DispatcherCalled(level=level, people=people):
            names = ", ".join(people)
            return Words(say("Called level {level}: {people}.", level=level, people=names))
        case t.RecoveryCalled(people=people):
            return Words(say("Called to make it good: {people}.", people=", ".join(people)))
        case t.CallEnded(person=person, why=why):
            rang = mark("{person}’s telephone rang: {why}.")
            text = rang if why in RANG else mark("{person} could not be rung: {why}.")
            return Words(say(text, person=person, why=again(language, reason_words(why))))
        case t.LevelPassedOver(level=level, why=why, rotas=rotas):
            return Words(again(language, oncall.passed_over(level, why, rotas)))
        case t.LadderExhausted():
            return Words(say("Everybody was called and nobody answered."), "bad")
        case t.Acknowledged(outcome=outcome, note=note):
            text = say("{who} took it on.", who=actor)
            return Words(text, "good", parts.noted(outcome, note, language))
        case t.PassedOn():
            return Words(say("{who} passed it on.", who=actor))
        case t.Snoozed(minutes=minutes, event=event):
            until = when.moment(entry.at + timedelta(minutes=minutes))
            if event in set(Event):
                until = Event(event).until(language, until)
                return Words(say("{who} put the calls off {until}.", who=actor, until=until))
            return Words(say("{who} put the calls off until {moment}.", who=actor, moment=until))
        case t.Woken(event=event):
            known = Event(event).goes_on if event in set(Event) else mark("The calls go on.")
            return Words(say(known))
        case t.Reminded(person=person):
            return Words(say("{who} was reminded of it.", who=person))
        case t.NeedsLonger(until=until):
            if not until:
                return Words(say("{who} needs longer.", who=actor))
            moment = when.moment(until)
            return Words(say("{who} needs longer: until {moment}.", who=actor, moment=moment))
        case t.WentBack(person=person):
            text = mark("{who} did not finish it in time: others are called.")
            return Words(say(text, who=person), "bad")
        case t.Undone(act=act):
            return Words(say(says.UNDONE.get(act, mark("{who} took it back.")), who=actor))
        case t.Resolved(outcome=outcome, note=note):
            text = say("{who} finished it.", who=actor)
            return Words(text, "good", parts.noted(outcome, note, language))
        case t.CustomerTold(topic=topic):
            return Words(say(says.told(topic)))
        case t.CustomerReply(words=said):
            return Words(say("The customer wrote to us."), "", again(language, said))
        case t.QuestionAnswered(words=said):
            return Words(say("{who} answered the customer.", who=actor), "good", said)
        case t.QuestionSettled() if actor == Actor.CUSTOMER:
            return Words(say("The customer doesn’t need an answer any more."))
        case t.QuestionSettled():
            text = mark("{who} has seen to what the customer asked.")
            return Words(say(text, who=actor), "good")
        case t.StaffWrote(words=said):
            return Words(say("{who} wrote to the customer.", who=actor), "", said)
        case t.AttemptDisputed(came=True):
            return Words(say("The customer says that the courier came."))
        case t.AttemptDisputed(at=at, finding=finding):
            text = say("The customer says that nobody came.")
            if at:
                text = say("The customer says that nobody came {moment}.", moment=when.moment(at))
            found = says.FOUND.get(finding)
            return Words(text, "bad", say(found) if found else "")
        case t.DisputeSettled(accepted=True, why=why):
            text = mark("{who} found that nobody came; the attempt does not count.")
            return Words(say(text, who=actor), "", why)
        case t.DisputeSettled(why=why):
            return Words(say("{who} found that the courier came.", who=actor), "", why)
        case t.NotReceived():
            text = mark("The customer does not have the parcel, though it is marked delivered.")
            return Words(say(text), "bad")
        case t.CustomerWord(word=word, channel=channel):
            return Words(say(says.word_of(word)), "bad" if word is Word.OPT_OUT else "", channel)
        case t.MessagesRefused(channel="", released=released):
            then = say("what was promised by message is released") if released else ""
            text = mark("No message reaches the customer any more, as they wish.")
            return Words(say(text), "bad", then)
        case t.MessagesRefused(channel=channel, how=how):
            return Words(
                say("The customer wants no more messages."), "bad", _said_by(language, channel, how)
            )
        case t.MessagesWanted(channel=channel, how=how):
            return Words(
                say("The customer wants messages again."), "good", _said_by(language, channel, how)
            )
        case t.MessageUndeliverable(channel=channel, why=why):
            because = again(language, reason_words(why)) if why else ""
            way = again(language, channel_words(channel)) if channel else ""
            detail = ": ".join(filter(None, (way, because)))
            return Words(say("A message to the customer did not arrive."), "bad", detail)
        case t.Booked() as booking:
            sure = booking.booking_id in certain
            text = mark("{who} booked {what}.") if sure else mark("{who} asked for {what}.")
            return Words(parts.booked(text, actor, booking, when), "good")
        case t.Rebooked() as booking:
            asked = mark("{who} asked to change to {what}.")
            sure = booking.booking_id in certain
            text = mark("{who} changed to {what}.") if sure else asked
            return Words(parts.booked(text, actor, booking, when), "good")
        case t.BookingCancelled() as booking:
            return Words(parts.booked(mark("{who} cancelled {what}."), actor, booking, when))
        case t.BookingTold(courier=courier, asked=True):
            return Words(say("{courier} was told and decides later.", courier=courier))
        case t.BookingTold(courier=courier):
            return Words(say("{courier} was told.", courier=courier))
        case t.BookingConfirmed(courier=courier):
            text = say("{who} confirmed the booking.", who=courier or parts.who(actor, language))
            return Words(text, "good")
        case t.BookingRefused(code="unconfirmed") as booking:
            text = mark("Nobody confirmed {what} in time.")
            return Words(parts.booked(text, actor, booking, when), "bad")
        case t.BookingRefused() as booking:
            text = mark("{who} refused {what}.")
            return Words(
                parts.booked(text, booking.courier or actor, booking, when), "bad", booking.words
            )
        case t.BookingUnconfirmed(courier=courier, why=why):
            text = say("{courier} did not confirm: people were asked.", courier=courier)
            return Words(text, "bad", label(why))
        case t.BookingWithdrawn(courier=courier, done=True):
            text = mark("The former booking was withdrawn at {courier}.")
            return Words(say(text, courier=courier))
        case t.BookingWithdrawn(courier=courier, words=said):
            text = mark("{courier} did not withdraw the former booking.")
            return Words(say(text, courier=courier), "bad", said)
        case t.BookingAtRisk(why="elsewhere"):
            text = mark("The booked time began, and the parcel was scanned elsewhere.")
            return Words(say(text), "bad")
        case t.BookingAtRisk():
            return Words(say("No sign yet that the parcel goes out as booked."), "bad")
        case t.PromiseBroken(how=how, pickup=pickup):
            return Words(say(says.not_happened(how, pickup=pickup)), "bad")
        case t.HourMissed(promised=promised, due_at=due_at):
            return Words(parts.missed(promised, due_at, when), "bad")
        case t.DecisionRequested():
            return Words(say("The shipper was asked to decide."))
        case t.DecisionOverdue():
            text = mark("The shipper did not decide in time; somebody is called to ask.")
            return Words(say(text), "bad")
        case t.Decided(decision=decision, note=note):
            text = says.DECIDED.get(decision, mark("{who} decided."))
            return Words(say(text, who=parts.who(actor, language)), "good", note)
        case t.ShipperWrote(words=said):
            return Words(
                say("{who} wrote to the customer.", who=parts.who(actor, language)), "", said
            )
        case t.HandedOver():
            return Words(say("Handed over to the shipper."))
        case t.SurveySent():
            return Words(say("The customer was asked how it went."))
        case t.SurveyAnswered(score=score, words=said):
            return Words(say("The customer gave {score} of 5.", score=score), "", said)
        case t.Thanked(invited=True):
            return Words(
                say("The customer was thanked, and invited to recommend the shop."), "good"
            )
        case t.Thanked():
            return Words(say("The customer was thanked."), "good")
        case t.GestureAsked() | t.GestureMade() | t.GestureEnded():
            return parts.gesture(entry.facts, actor, when)
        case t.NoGesture(because=because):
            because_of = [say(WHY_NOT[because])] if because in WHY_NOT else []
            return Words(" ".join([say("No gesture was made."), *because_of]))
        case t.AskedIfGood():
            return Words(say("The customer was asked whether it is good now."))
        case t.SaidIfGood(good=True):
            return Words(say("The customer says that it is good now."), "good")
        case t.SaidIfGood():
            return Words(say("The customer says that it is not good yet."), "bad")
        case t.Note(text=text, visibility=visibility):
            said = again(language, text)
            return Words(say(says.NOTED[visibility], who=parts.who(actor, language)), "", said)
        case t.ContactElsewhere(channel=channel, text=text):
            noted = mark("{who} noted a contact with the customer: {way}.")
            return Words(say(noted, who=actor, way=again(language, talk.way(channel))), "", text)
        case t.SetAside(until=until):
            more = mark("It closes {moment} if nobody begins it.")
            closes = say(more, moment=when.moment(until)) if until else ""
            return Words(say("Old news: nobody is called until somebody begins it."), "", closes)
        case t.Begun():
            return Words(say("{who} began it.", who=parts.who(actor, language)), "good")
        case t.AuditHealed():
            return Words(say("The audit found the case at a standstill and woke it."), "bad")
        case t.Closed(resolution=resolution):
            return Words(ended(language, resolution))
        case t.Unknown(kind=kind):
            if kind.startswith("courier_"):
                return Words(f"Courier: {label(kind.removeprefix('courier_')).lower()}.")
            return Words(f"{label(kind)}.")
        case _:
            assert_never(entry.facts)
