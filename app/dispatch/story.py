"""The timeline in words for those who act on it: everything, the newest first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, assert_never

from app.booking.missed import How
from app.cases.model import CALL_ONLY, CaseKind
from app.cases.timeline import facts as t
from app.cases.timeline.audience import photos_of
from app.cases.timeline.kinds import Actor, Topic, Visibility, Word
from app.cases.timeline.rows import Recorded, confirmed
from app.channels.states import RANG, reason_words
from app.dispatch.oncall import texts as oncall
from app.dispatch.snoozed.events import Event
from app.dispatch.states import ALL_OUTCOMES
from app.theme.times import When

TITLES = {
    "failed": "Delivery failed",
    "refused": "Parcel refused",
    "returned": "Parcel on its way back",
    "lost": "Parcel lost",
    "damaged": "Parcel damaged",
    "held": "Parcel held for collection",
}
FAULTS = {
    "missing": "The order has no phone number.",
    "not_a_number": "What the order has is not a phone number.",
    "too_short": "The phone number is too short.",
    "too_long": "The phone number is too long.",
    "unknown_country_code": "The number’s country code does not exist.",
    "not_assigned": "No such number is in use.",
    "premium": "It is a premium-rate number; we do not use it.",
    "placeholder": "The phone number is a placeholder.",
    "extension": "The number has an extension or PIN: no text message reaches it, a call does.",
    "not_theirs": "Whoever reads messages there says that the parcel is not theirs.",
    "no_text_messages": "The number is a landline: no text message reaches it, a call does.",
}


_DECIDED = {
    "replacement": "a replacement was sent",
    "refund": "a refund was made",
    "send_again": "the parcel is sent again",
    "close": "nothing more is to be done here",
}
_UNDONE = {
    "take": "it is open again",
    "pass_on": "it was not passed on",
    "snooze": "the calls go on",
    "resolve": "it is not finished yet",
    "note": "a note",
}
_READERS = {
    Visibility.INTERNAL: "",
    Visibility.SHIPPER: ", for the shipper too",
    Visibility.CUSTOMER: ", for the customer too",
}


class Line(NamedTuple):
    """One line of the story. `tone` is `good`, `bad` or empty; `more` says it in detail."""

    at: datetime
    text: str
    tone: str
    more: str
    photos: Sequence[str] = ()


class Words(NamedTuple):
    """What a line says."""

    text: str
    tone: str = ""
    more: str = ""


def label(code: str) -> str:
    """A code as words: `recipient_unavailable` is `Recipient unavailable`."""
    words = code.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def story(timeline: Sequence[Recorded], when: When) -> list[Line]:
    """The whole timeline in words, newest first; an unknown kind is shown by its name."""
    certain = confirmed(timeline)
    return [
        Line(entry.at, *words(entry, when, certain), photos=photos_of([entry.facts]))
        for entry in reversed(timeline)
    ]


def words(  # noqa: C901, PLR0911, PLR0912, PLR0915
    entry: Recorded, when: When, certain: Collection[int] = ()
) -> Words:
    """An entry in words; `certain` are the bookings that were confirmed."""
    actor = entry.actor
    match entry.facts:
        case t.CourierFailed() as report:
            return _trouble(report, CaseKind.FAILED, entry.at, when)
        case t.CourierRefused() as report:
            return _trouble(report, CaseKind.REFUSED, entry.at, when)
        case t.CourierReturned() as report:
            return _trouble(report, CaseKind.RETURNED, entry.at, when)
        case t.CourierLost() as report:
            return _trouble(report, CaseKind.LOST, entry.at, when)
        case t.CourierDamaged() as report:
            return _trouble(report, CaseKind.DAMAGED, entry.at, when)
        case t.CourierHeld() as report:
            return _trouble(report, CaseKind.HELD, entry.at, when)
        case t.CourierDelivered() as report:
            return Words("Courier: delivered.", "good", _said(report, entry.at, when))
        case t.CourierWarning() as report:
            return Words("Courier: warning.", "", _said(report, entry.at, when))
        case t.CourierProgress() as report:
            return Words("Courier: progress.", "", _said(report, entry.at, when))
        case t.ContactChecked() as checked:
            return _checked(checked)
        case t.ContactLookedUp(outcome="found"):
            return Words("The shipper’s system knows a contact.", "good")
        case t.ContactLookedUp():
            return Words("The shipper’s system knows no contact.")
        case t.ContactRequested():
            return Words("The shipper was asked for a number.")
        case t.ContactSupplied():
            return Words(f"{_who(actor)} gave a new contact.", "good")
        case t.Corrected() as corrected:
            return Words(f"{_who(actor)} corrected {_corrected(corrected)}.", "good")
        case t.CorrectionAsked():
            return Words(f"{_who(actor)} asked for another address.")
        case t.CorrectionRefused(why=why):
            return Words(f"{_who(actor)} said that it cannot go to the other address.", "", why)
        case t.CorrectionTold(courier=courier, done=True):
            return Words(f"{courier} was told of the correction.", "good")
        case t.CorrectionTold(courier=courier, left=left) if left:
            said = f"{courier} was told, and has no place for the {left}: please tell the driver."
            return Words(said, "bad")
        case t.CorrectionTold(courier=courier):
            return Words(f"{courier} did not take the correction: please tell the driver.", "bad")
        case t.DoorHelpSaid(withdrawn=withdrawn):
            said = "took back" if withdrawn else "said"
            return Words(f"The customer {said} what helps them at the door.")
        case t.ContactFailed():
            return Words("The shipper gave no number.", "bad")
        case t.DispatcherCalled(level=level, people=people):
            return Words(f"Called level {level}: {', '.join(people)}.")
        case t.RecoveryCalled(people=people):
            return Words(f"Called to make it good: {', '.join(people)}.")
        case t.CallEnded(person=person, why=why):
            rang = "’s telephone rang" if why in RANG else " could not be rung"
            return Words(f"{person}{rang}: {reason_words(why)}.")
        case t.LevelPassedOver(level=level, why=why, rotas=rotas):
            return Words(oncall.passed_over(level, why, rotas))
        case t.LadderExhausted():
            return Words("Everybody was called and nobody answered.", "bad")
        case t.Acknowledged(outcome=outcome, note=note):
            return Words(f"{actor} took it on.", "good", _noted(outcome, note))
        case t.PassedOn():
            return Words(f"{actor} passed it on.")
        case t.Snoozed(minutes=minutes, event=event):
            until = when.moment(entry.at + timedelta(minutes=minutes))
            sooner = f"{Event(event).words}, at the latest " if event in set(Event) else ""
            return Words(f"{actor} put the calls off until {sooner}{until}.")
        case t.Woken(event=event):
            return Words(f"{_came(event)}: the calls go on.")
        case t.Reminded(person=person):
            return Words(f"{person} was reminded of it.")
        case t.NeedsLonger(until=until):
            until_when = f": until {when.moment(until)}" if until else ""
            return Words(f"{actor} needs longer{until_when}.")
        case t.WentBack(person=person):
            return Words(f"{person} did not finish it in time: others are called.", "bad")
        case t.Undone(act=act):
            return Words(f"{actor} took back: {_UNDONE.get(act, label(act)).lower()}.")
        case t.Resolved(outcome=outcome, note=note):
            return Words(f"{actor} finished it.", "good", _noted(outcome, note))
        case t.CustomerTold(topic=topic):
            return Words(_told(topic))
        case t.CustomerReply(words=said):
            return Words("The customer wrote to us.", "", said)
        case t.QuestionAnswered(words=said):
            return Words(f"{actor} answered the customer.", "good", said)
        case t.QuestionSettled():
            return Words(f"{actor} has seen to what the customer asked.", "good")
        case t.AttemptDisputed(came=True):
            return Words("The customer says that the courier came.")
        case t.AttemptDisputed(at=at, finding=finding):
            said = f"The customer says that nobody came {when.moment(at)}." if at else ""
            return Words(
                said or "The customer says that nobody came.", "bad", _FOUND.get(finding, "")
            )
        case t.DisputeSettled(accepted=True, why=why):
            return Words(f"{actor} found that nobody came; the attempt does not count.", "", why)
        case t.DisputeSettled(why=why):
            return Words(f"{actor} found that the courier came.", "", why)
        case t.NotReceived():
            return Words(
                "The customer does not have the parcel, though it is marked delivered.", "bad"
            )
        case t.CustomerWord(word=word, channel=channel):
            return Words(_word(word), "bad" if word is Word.OPT_OUT else "", channel)
        case t.MessagesRefused(channel="", released=released):
            then = "what was promised by message is released" if released else ""
            return Words("No message reaches the customer any more, as they wish.", "bad", then)
        case t.MessagesRefused(channel=channel, how=how):
            return Words("The customer wants no more messages.", "bad", f"{channel}, {how}")
        case t.MessagesWanted(channel=channel, how=how):
            return Words("The customer wants messages again.", "good", f"{channel}, {how}")
        case t.MessageUndeliverable(channel=channel, why=why):
            detail = ": ".join(filter(None, (channel, reason_words(why))))
            return Words("A message to the customer did not arrive.", "bad", detail)
        case t.Booked() as booking:
            verb = "booked" if booking.booking_id in certain else "asked for"
            return Words(f"{_who(actor)} {verb} {_booking(booking, when)}.", "good")
        case t.Rebooked() as booking:
            verb = "changed to" if booking.booking_id in certain else "asked to change to"
            return Words(f"{_who(actor)} {verb} {_booking(booking, when)}.", "good")
        case t.BookingCancelled() as booking:
            return Words(f"{_who(actor)} cancelled {_booking(booking, when)}.")
        case t.BookingTold(courier=courier, asked=asked):
            return Words(f"{courier} was told{' and decides later' if asked else ''}.")
        case t.BookingConfirmed(courier=courier):
            return Words(f"{courier or actor} confirmed the booking.", "good")
        case t.BookingRefused() as booking:
            if booking.code == "unconfirmed":
                return Words(f"Nobody confirmed {_booking(booking, when)} in time.", "bad")
            who = booking.courier or _who(actor)
            return Words(f"{who} refused {_booking(booking, when)}.", "bad", booking.words)
        case t.BookingUnconfirmed(courier=courier, why=why):
            return Words(f"{courier} did not confirm: people were asked.", "bad", label(why))
        case t.BookingWithdrawn(courier=courier, done=True):
            return Words(f"The former booking was withdrawn at {courier}.")
        case t.BookingWithdrawn(courier=courier, words=said):
            return Words(f"{courier} did not withdraw the former booking.", "bad", said)
        case t.BookingAtRisk(why="elsewhere"):
            return Words("The booked time began, and the parcel was scanned elsewhere.", "bad")
        case t.BookingAtRisk():
            return Words("No sign yet that the parcel goes out as booked.", "bad")
        case t.PromiseBroken(how=how, pickup=pickup):
            return Words(_not_happened(how, pickup=pickup), "bad")
        case t.HourMissed(promised=promised, due_at=due_at):
            return Words(_missed(promised, due_at, when), "bad")
        case t.DecisionRequested():
            return Words("The shipper was asked to decide.")
        case t.DecisionOverdue():
            return Words("The shipper did not decide in time; somebody is called to ask.", "bad")
        case t.Decided(decision=decision, note=note):
            text = f"{_who(actor)} decided: {_DECIDED.get(decision, label(decision))}."
            return Words(text, "good", note)
        case t.ShipperWrote(words=said):
            return Words(f"{_who(actor)} wrote to the customer.", "", said)
        case t.HandedOver():
            return Words("Handed over to the shipper.")
        case t.SurveySent():
            return Words("The customer was asked how it went.")
        case t.SurveyAnswered(score=score, words=said):
            return Words(f"The customer gave {score} of 5.", "", said)
        case t.Thanked():
            return Words("The customer was thanked.", "good")
        case t.Note(text=text, visibility=visibility):
            return Words(f"{actor} made a note{_READERS[visibility]}.", "", text)
        case t.ContactElsewhere(channel=channel, text=text):
            return Words(f"{actor} noted a contact with the customer: {channel}.", "", text)
        case t.SetAside(until=until):
            more = f"It closes {when.moment(until)} if nobody begins it." if until else ""
            return Words("Old news: nobody is called until somebody begins it.", "", more)
        case t.Begun():
            return Words(f"{_who(actor)} began it.", "good")
        case t.AuditHealed():
            return Words("The audit found the case at a standstill and woke it.", "bad")
        case t.Closed(resolution=resolution):
            return Words(f"Closed: {label(resolution).lower()}.")
        case t.Unknown(kind=kind):
            if kind.startswith("courier_"):
                return Words(f"Courier: {label(kind.removeprefix('courier_')).lower()}.")
            return Words(f"{label(kind)}.")
        case _:
            assert_never(entry.facts)


_PROMISED = {
    "news": "The customer was promised news",
    "answer": "The customer was promised an answer",
    "confirm": "The customer was promised to hear whether it is confirmed",
    "window": "The delivery was promised",
    "ready": "The parcel was promised to be ready to collect",
}


def _not_happened(how: str, *, pickup: bool) -> str:
    match how:
        case How.TRIED:
            return "The courier came and could not hand it over."
        case How.NOT_CONFIRMED:
            return f"Nobody had said yes to the {'pickup' if pickup else 'new delivery'} in time."
        case How.NOT_COLLECTED:
            return "It was not picked up in time."
    return "It did not happen as booked."


def _missed(promised: str, due_at: datetime | None, when: When) -> str:
    by = f" by {when.date(due_at)} at {when.time(due_at)}" if due_at else ""
    return f"{_PROMISED.get(promised, 'Something was promised')}{by}. It did not happen."


def _trouble(report: t.CourierReport, kind: CaseKind, at: datetime, when: When) -> Words:
    reason = label(report.reason)
    text = TITLES[kind]
    if reason and reason.lower() != kind:
        text += f": {reason[:1].lower()}{reason[1:]}"
    return Words(f"{text}.", "bad", _said(report, at, when))


def _said(report: t.CourierReport, at: datetime, when: When) -> str:
    """The courier's own words, and when it happened if that was long before we heard of it."""
    late = report.at is not None and at - report.at > timedelta(hours=1)
    happened = f"(it happened {when.moment(report.at)})" if late and report.at else ""
    return " ".join(filter(None, (report.words, happened)))


def _checked(checked: t.ContactChecked) -> Words:
    fault = FAULTS.get(checked.fault or "", "")
    match checked.outcome:
        case "reachable":
            return Words("The recipient’s number can be used.", "good")
        case "call":
            return Words("The recipient’s landline is called.", "good", fault)
        case "email_only":
            return Words("No usable number; e-mail is used.", "", fault)
        case _ if checked.fault in CALL_ONLY:
            return Words("The recipient can only be called.", "", fault)
        case _:
            return Words("No way to reach the recipient.", "bad", fault)


def _word(word: Word) -> str:
    match word:
        case Word.OPT_OUT:
            return "The customer wrote STOP: they want no more messages this way."
        case Word.OPT_IN:
            return "The customer wrote START: they want messages again."
        case Word.HELP:
            return "The customer wrote HELP; the provider answered it."
        case Word.OTHER:
            return "The customer wrote to us."
        case _:
            assert_never(word)


def _told(topic: Topic) -> str:  # noqa: C901, PLR0911, PLR0912 - one per topic
    match topic:
        case Topic.FAILURE:
            return "The customer was told what happened."
        case Topic.REMINDER:
            return "The customer was reminded to choose."
        case Topic.NEWS:
            return "The customer was told that there is nothing new yet."
        case Topic.NOBODY:
            return "The customer was told that nobody has taken it on yet."
        case Topic.STALLED:
            return "The customer was told that nobody has acted."
        case Topic.DECIDING:
            return "The customer was told who is deciding."
        case Topic.ADDRESS:
            return "The customer was told about the other address."
        case Topic.DECISION:
            return "The customer was told what was decided."
        case Topic.BOOKING:
            return "The customer was told how the booking stands."
        case Topic.PLACE:
            return "The customer was told that a place became free."
        case Topic.PROMISE:
            return "The customer was told that it did not happen as booked."
        case Topic.QUESTION:
            return "The customer was told who answers, and by when."
        case Topic.QUESTION_LATE:
            return "The customer was told that the answer takes longer."
        case Topic.OTHER:
            return "The customer got a message."
        case _:
            assert_never(topic)


def _booking(booking: t.Booking, when: When) -> str:
    if not booking.starts_at or not booking.ends_at:
        return "a new time"
    place = f"{booking.place}, " if booking.kind == "pickup" else ""
    left = _LEFT.get(booking.leaving, "")
    return place + when.window_on(booking.starts_at, booking.ends_at) + left


_FOUND = {
    "contradicts": "What we know speaks against the courier's report.",
    "supports": "What we know supports the courier's report.",
}
_LEFT = {"neighbour": ", with a neighbour", "safe_place": ", in a safe place"}


def _who(actor: str) -> str:
    """Who did it, at the beginning of a sentence; a dispatcher by name."""
    match actor:
        case Actor.CUSTOMER | Actor.SHIPPER | Actor.COURIER | Actor.DISPATCHER:
            return f"The {actor}"
        case Actor.POLICY | Actor.REKNOCK:
            return "Reknock"
        case _:
            return actor


def _came(event: str) -> str:
    return Event(event).happened if event in set(Event) else label(event)


def _corrected(corrected: t.Corrected) -> str:
    if corrected.address:
        return "the address and the directions" if corrected.directions else "the address"
    return "the directions"


def _noted(outcome: str, note: str) -> str:
    return ". ".join(filter(None, (ALL_OUTCOMES.get(outcome, ""), note)))
