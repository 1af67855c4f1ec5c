"""What a customer reads who asked something: who answers, by when, and when that takes longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app import clock
from app.access import links
from app.cases.model import Case, Resolution
from app.customer.texts import RenderedMessage, hour
from app.promises.model import Promise
from app.questions.model import Question, Wants
from app.theme import dates


def taken(
    case: Case, question: Question, promise: Promise, others: Sequence[Case], now: datetime
) -> RenderedMessage:
    """We have it, who answers, by when. `others` are parcels it could be about, too."""
    parcel = f"your {case.shipper.name} parcel {case.parcel.label}"
    has = {
        Wants.ANSWER: f"Thank you, we have your message about {parcel}.",
        Wants.PERSON: f"You would like to speak to someone about {parcel}.",
        Wants.IN_CHARGE: f"You would like to speak to someone in charge about {parcel}.",
        Wants.PARCEL: f"You do not have {parcel}: we are looking for it with the courier.",
    }[question.wants]
    parts = [has, _ended(case), _answers(case, question, promise, now), links.url("case", case.id)]
    parts += [
        f"You have another parcel with us too, {other.parcel.label}: {links.url('case', other.id)}"
        for other in others
    ]
    subject = f"Your {case.shipper.name} parcel {case.parcel.label}: we have your message"
    return RenderedMessage(subject, " ".join(filter(None, parts)))


def takes_longer(
    case: Case, question: Question, missed: Promise | None, promise: Promise, now: datetime
) -> RenderedMessage:
    """The hour that was promised will pass without an answer; the customer hears it before.

    `missed` was that hour; None where it passed before anybody could say so.
    """
    what = f"Your {case.shipper.name} parcel {case.parcel.label}: your answer takes longer"
    than = f" than {_hour(missed, case, now)}" if missed else ""
    text = (
        f"{what}{than}. The next person has been called: "
        f"{_answers(case, question, promise, now)} {links.url('case', case.id)}"
    )
    return RenderedMessage(what, text)


def stranger() -> RenderedMessage:
    """Nobody here knows the number or address; what they can do instead."""
    text = (
        "Thank you for writing. We cannot tell which parcel you mean: nobody here knows this "
        "number or address. Please open the link in the message we sent you, or ask the shop you "
        "bought from."
    )
    return RenderedMessage("We cannot tell which parcel you mean", text)


def by_staff(name: str, where: str) -> RenderedMessage:
    """Somebody of a depot answered by a text message what wants a tap."""
    text = (
        f"Thanks, {name}. A text message cannot take anything on or answer a customer, so nothing "
        f"was done. Please do it here: {where}"
    )
    return RenderedMessage("Please use the link", text)


def not_received(case: Case, url: str) -> RenderedMessage:
    """To the shipper: the customer does not have what the courier reports as delivered."""
    parcel = case.parcel.label
    text = (
        f"Your customer says that the parcel {parcel} is not there. The courier reports it "
        f"delivered{_delivered(case)}. {case.depot.name} is finding out where it was left. "
        f"What we know: {url}"
    )
    return RenderedMessage(f"Marked delivered, not received: {parcel}", text)


def who(keeper: str) -> str:
    """Who answers, at the beginning of a sentence."""
    return f"{keeper} at the depot" if keeper else "The depot"


def _answers(case: Case, question: Question, promise: Promise, now: datetime) -> str:
    by = _hour(promise, case, now)
    return f"{who(question.keeper)} will answer by {by}; you don't have to do anything."


def _ended(case: Case) -> str:
    """How far the parcel is, where that is the truth that somebody asks for."""
    if case.parcel.delivered_at is not None:
        return f"The courier reports it delivered{_delivered(case)}."
    if case.resolution in {Resolution.RETURNED, Resolution.RETURNED_TO_SENDER}:
        return f"It went back to {case.shipper.name}."
    return ""


def _delivered(case: Case) -> str:
    at = case.parcel.delivered_at
    return f" {dates.say(clock.local(at, case.depot.zone), 'short')}" if at else ""


def _hour(promise: Promise, case: Case, now: datetime) -> str:
    """`15:00`, with its day unless that is today."""
    zone = case.depot.zone
    local = clock.local(promise.due_at, zone)
    today = local.date() == clock.local(now, zone).date()
    return dates.say(local, "time") if today else hour(promise, zone)
