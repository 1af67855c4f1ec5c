"""What a customer reads who asked something: who answers, by when, and when that takes longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app import clock
from app.cases import own_page, speech
from app.cases.model import Case, CaseKind, Resolution
from app.channels import shipper
from app.customer import recovery
from app.customer.hours import at
from app.customer.outlook import Otherwise
from app.customer.parts import RenderedMessage, next_news, stop, without_you
from app.customer.texts import tried
from app.customer.understood.texts import undo
from app.dispatch.in_vain_store import InVain
from app.languages.language import Language, mark
from app.languages.said import joined
from app.promises.model import Promise
from app.questions.keepers import either
from app.questions.model import Question, Wants

_HAS = {
    Wants.ANSWER: mark("Thank you, we have your message about your {shipper} parcel {parcel}."),
    Wants.PERSON: mark("You'd like to speak to someone about your {shipper} parcel {parcel}."),
    Wants.CALL: mark("We’ll call you about your {shipper} parcel {parcel}."),
    Wants.RETURN: mark("You'd like your {shipper} parcel {parcel} sent back."),
    Wants.CANCEL: mark("You'd like to cancel your {shipper} order {parcel}."),
    Wants.IN_CHARGE: mark(
        "You'd like to speak to someone in charge about your {shipper} parcel {parcel}."
    ),
    Wants.PARCEL: mark(
        "You don't have your {shipper} parcel {parcel}: we're looking for it with the courier."
    ),
    Wants.ADDRESS: mark("You'd like your {shipper} parcel {parcel} to go to another address."),
}


CALL_ME = mark("Please call me.")
"""What the page's button says for whoever would rather be rung."""


def taken(
    case: Case,
    question: Question,
    promise: Promise,
    otherwise: Otherwise | None,
    others: Sequence[Case],
    now: datetime,
    *,
    unclear: bool = False,
) -> RenderedMessage:
    """We have it, who answers, by when. `others` are parcels it could be about, too.

    `unclear`: it may have meant that they want no messages.
    """
    say = speech.about(case)
    parts = [
        say(_HAS[question.wants]),
        _ended(case),
        _answers(case, question, promise, otherwise, now),
        own_page.url(case),
    ]
    if question.undone_by_digit:
        parts.append(undo(case))
    if unclear:
        parts.append(say("If you want no more messages, write STOP."))
    parts += [
        say(
            "You have another parcel with us too, {other}: {url}",
            other=other.parcel.label,
            url=own_page.url(other),
        )
        for other in others
    ]
    subject = say("Your {shipper} parcel {parcel}: we have your message")
    return RenderedMessage(subject, joined(*parts), undo(case) if question.undone_by_digit else "")


def rated(case: Case, score: int, promised: Promise | None = None) -> RenderedMessage:
    """The score that somebody wrote back was understood, and where it can be changed.

    Whoever was not satisfied hears by when they are called back.
    """
    say = speech.about(case)
    said = say("You gave us {score} out of 5. Thank you.", score=score)
    if promised:
        said = say("You gave {score} of 5.", score=score)
        nothing = say("You don't have to do anything.")
        text = joined(said, recovery.words(case, promised), nothing, own_page.url(case))
        return RenderedMessage(said, text)
    return RenderedMessage(said, joined(said, say("Nothing more to do."), own_page.url(case)))


def takes_longer(
    case: Case,
    question: Question,
    missed: Promise | None,
    promise: Promise,
    otherwise: Otherwise | None,
    now: datetime,
    *,
    higher: bool,
    calls: InVain | None = None,
) -> RenderedMessage:
    """The hour that was promised will pass without an answer; the customer hears it before.

    `missed` was that hour; None where it passed before anybody could say so. `higher`: somebody
    else is called for it now; after the last level there is nobody else, and `calls` are those that
    were in vain: then nobody's name is said again.
    """
    say = speech.about(case)
    if calls:
        what = say("Your {shipper} parcel {parcel}: nobody at {depot} has responded yet")
        rung, news = tried(case, calls, None), next_news(case, promise)
        parts = (rung, without_you(case, otherwise), news, own_page.url(case))
        return RenderedMessage(what, joined(stop(say, what), *parts))
    what = say("Your {shipper} parcel {parcel}: your answer will take longer")
    longer = stop(say, what)
    if missed:
        by = _hour(missed, case, now)
        longer = say(
            "Your {shipper} parcel {parcel}: your answer will take longer than {by}.", by=by
        )
    called = say("The next person has been called.") if higher else ""
    answers = _answers(case, question, promise, otherwise, now)
    return RenderedMessage(what, joined(longer, called, answers, own_page.url(case)))


def stranger(language: Language) -> RenderedMessage:
    """Nobody here knows the number or address; what they can do instead."""
    text = language.say(
        "Thank you for writing. We cannot tell which parcel you mean: nobody here knows this "
        "number or address. Please open the link in the message we sent you, or ask the shop you "
        "bought from."
    )
    return RenderedMessage(language.say("We cannot tell which parcel you mean"), text)


def not_received(case: Case, url: str) -> shipper.Mail:
    """To the shipper: the customer does not have what the courier reports as delivered."""
    language, parcel = shipper.language(case.shipper), case.parcel.label
    say, delivered = language.say, case.parcel.delivered_at
    reported = say("The courier reports it delivered.")
    if delivered:
        at = language.date(clock.local(delivered, case.zone), "short")
        reported = say("The courier reports it delivered {at}.", at=at)
    parts = (
        say("Your customer says that the parcel {parcel} is not there.", parcel=parcel),
        reported,
        say("{depot} is finding out where it was left.", depot=case.depot.name),
        say("All we know: {url}", url=url),
    )
    subject = say("Marked delivered, not received: {parcel}", parcel=parcel)
    return shipper.Mail(subject, " ".join(parts))


def _answers(
    case: Case, question: Question, promise: Promise, otherwise: Otherwise | None, now: datetime
) -> str:
    """Who answers and by when, and what goes its way meanwhile: to have asked puts nothing off."""
    say, by = speech.about(case), _hour(promise, case, now)
    if otherwise or (case.kind is CaseKind.HELD and not case.closed):
        return joined(_only_answers(case, question, by), without_you(case, otherwise))
    if question.keeper:
        return say(
            "{names} at the depot will answer by {by}; you don't have to do anything.",
            names=either(speech.of(case), question.keeper),
            by=by,
        )
    return say("The depot will answer by {by}; you don't have to do anything.", by=by)


def _only_answers(case: Case, question: Question, by: str) -> str:
    say = speech.about(case)
    if question.keeper:
        names = either(speech.of(case), question.keeper)
        return say("{names} at the depot will answer by {moment}.", names=names, moment=by)
    return say("The depot will answer by {moment}.", moment=by)


def _ended(case: Case) -> str:
    """How far the parcel is, where that is the truth that somebody asks for."""
    say = speech.about(case)
    if case.parcel.delivered_at is not None:
        return say("The courier reports it delivered {at}.", at=at(case, case.parcel.delivered_at))
    if case.resolution in {Resolution.RETURNED, Resolution.RETURNED_TO_SENDER}:
        return say("It went back to {shipper}.")
    return ""


def _hour(promise: Promise, case: Case, now: datetime) -> str:
    """`15:00`, with its day unless that is today."""
    zone = case.zone
    today = clock.local(promise.due_at, zone).date() == clock.local(now, zone).date()
    return at(case, promise.due_at, "time" if today else "short")
