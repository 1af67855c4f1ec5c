"""Parts of the story that more than one line says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from app.cases import reasons
from app.cases.model import CALL_ONLY, CaseKind
from app.cases.timeline import facts as t
from app.cases.timeline.kinds import LINK, Actor
from app.dispatch import story_words as says
from app.dispatch.states import ALL_OUTCOMES
from app.languages import prices
from app.languages.language import Language, mark
from app.theme.times import When


class Words(NamedTuple):
    """What a line says."""

    text: str
    tone: str = ""
    more: str = ""


def label(code: str) -> str:
    """A code as words: `recipient_unavailable` is `Recipient unavailable`."""
    words = code.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def missed(promised: str, due_at: datetime | None, when: When) -> str:
    """What was promised for an hour that passed without it."""
    say = when.language.say
    if due_at is None:
        return say(says.PROMISED.get(promised, mark("Something was promised. It did not happen.")))
    other = mark("Something was promised by {moment}. It did not happen.")
    moment = say("{day} at {time}", day=when.date(due_at), time=when.time(due_at))
    return say(says.PROMISED_BY.get(promised, other), moment=moment)


def trouble(report: t.CourierReport, kind: CaseKind, at: datetime, when: When) -> Words:
    """What a courier reported, with its own words."""
    language = when.language
    text = f"{language.say(says.TITLES[kind])}."
    if report.reason and report.reason not in {kind, reasons.UNKNOWN}:
        reason = reasons.in_words(language, report.reason)
        text = language.say(
            "{what}: {reason}.", what=language.say(says.TITLES[kind]), reason=reason
        )
    return Words(text, "bad", said(report, at, when))


def said(report: t.CourierReport, at: datetime, when: When) -> str:
    """The courier's own words, and when it happened if that was long before we heard of it."""
    late = report.at is not None and at - report.at > timedelta(hours=1)
    if not late or not report.at:
        return report.words
    happened = when.language.say("(it happened {moment})", moment=when.moment(report.at))
    return " ".join(filter(None, (report.words, happened)))


def checked(checked: t.ContactChecked, language: Language) -> Words:
    """Whether somebody can be reached, and how."""
    say = language.say
    known = says.FAULTS.get(checked.fault or "")
    fault = say(known) if known else ""
    match checked.outcome:
        case "reachable":
            return Words(say("The recipient’s number can be used."), "good")
        case "call":
            return Words(say("The recipient’s landline is called."), "good", fault)
        case "email_only":
            return Words(say("No usable number; e-mail is used."), "", fault)
        case _ if checked.fault in CALL_ONLY:
            return Words(say("The recipient can only be called."), "", fault)
        case _:
            return Words(say("No way to reach the recipient."), "bad", fault)


def booked(text: str, actor: str, booking: t.Booking, when: When) -> str:
    """What somebody did about a booking."""
    language = when.language
    what = language.say("a new time")
    if booking.starts_at and booking.ends_at:
        what = when.window_on(booking.starts_at, booking.ends_at)
        if booking.kind == "pickup" and booking.place:
            what = f"{booking.place}, {what}"
        if booking.kind == "return":
            what = language.say("the way back to the sender")
        if left := says.LEFT.get(booking.leaving):
            what = language.say(left, what=what)
    return language.say(text, who=who(actor, language), what=what)


def who(actor: str, language: Language) -> str:
    """Who did it, at the beginning of a sentence; a dispatcher by name."""
    if actor in {Actor.POLICY, Actor.REKNOCK}:
        return "Reknock"
    known = says.ACTORS.get(Actor(actor)) if actor in set(Actor) else None
    return language.say(known) if known else actor


def noted(outcome: str, note: str, language: Language) -> str:
    """What somebody said with an act."""
    known = ALL_OUTCOMES.get(outcome)
    return ". ".join(filter(None, (language.say(known) if known else "", note)))


def gesture(
    given: t.GestureAsked | t.GestureMade | t.GestureEnded, actor: str, when: When
) -> Words:
    """What a shipper gives, and how far that is."""
    say = when.language.say
    by = ""
    if actor.startswith(LINK):
        by = say("By the link sent to {address}.", address=actor.removeprefix(LINK))
    amount = ""
    if given.amount and given.currency:
        amount = prices.amount(given.amount, given.currency, when.language)
    what = " ".join(filter(None, (say(says.GIVEN.get(given.gesture, "")), amount)))
    match given:
        case t.GestureAsked():
            return Words(say("The shipper is asked to grant it: {what}.", what=what))
        case t.GestureMade():
            return Words(say("The customer gets it: {what}.", what=what), "good", by)
        case t.GestureEnded(how="refused"):
            return Words(say("The shipper did not grant it: {what}.", what=what), "bad", by)
    return Words(say("The shipper did not answer, so it is not given: {what}.", what=what), "bad")
