"""What a dispatcher reads on the phone: enough to act, in one text message, in their language."""

from __future__ import annotations

from datetime import datetime

from app import clock, plain
from app.booking.missed import How
from app.booking.service import Booking, BookingKind
from app.cases import reasons
from app.cases.model import NOT_RECEIVED, Case, CaseKind
from app.dispatch import rules
from app.dispatch.about import About
from app.dispatch.states import TaskKind
from app.dispatch.store import Task
from app.languages.language import Language, mark
from app.questions import keepers
from app.questions.model import Wants

_WHAT = {
    CaseKind.FAILED: mark("Delivery failed: {parcel}"),
    CaseKind.REFUSED: mark("Parcel refused: {parcel}"),
    CaseKind.RETURNED: mark("Parcel on its way back: {parcel}"),
    CaseKind.LOST: mark("Parcel lost: {parcel}"),
    CaseKind.DAMAGED: mark("Parcel damaged: {parcel}"),
    CaseKind.HELD: mark("Parcel waits to be collected: {parcel}"),
}


def few_places(language: Language, case: Case, day: datetime, left: int) -> tuple[str, str]:
    """A day is nearly full, said while something can still be done about it."""
    say, depot, on = language.say, case.depot.name, language.date(day, "date")
    if left:
        much = language.count(
            "{depot}: {number} place is left for new deliveries on {day}.",
            "{depot}: {number} places are left for new deliveries on {day}.",
            left,
            depot=depot,
            day=on,
        )
    else:
        much = say("{depot}: no places are left for new deliveries on {day}.", depot=depot, day=on)
    rest = say(
        "Whoever comes later is offered another day. If you can take more, raise the places of "
        "that day."
    )
    return say("{depot}, {day}: nearly full", depot=depot, day=on), f"{much} {rest}"


def wrote_again(language: Language, case: Case, url: str) -> tuple[str, str]:
    """Subject and text for somebody who has the task already."""
    subject = language.say("The customer wrote again about {parcel}", parcel=case.parcel.label)
    rest = language.say("You have it; please read and answer: {url}", url=url)
    return subject, f"{subject}. {rest}"


def hint(language: Language, task: Task, about: About) -> str:
    """How to answer a call by text message; `replies.read` reads what comes."""
    say, code = language.say, rules.code_of(task.id)
    if task.kind is TaskKind.HANDOVER:
        if not about.stands:
            return say("Or reply 1-{code} when it is off.", code=code)
        return say("Or reply 1-{code} for yes, 2-{code} for no.", code=code)
    return say("Or reply 1-{code} to take it, 2-{code} to pass it on.", code=code)


def not_understood(language: Language, name: str, url: str) -> tuple[str, str]:
    """Subject and text for somebody who answered a call in words that do nothing."""
    said = language.say(
        "Thanks, {name}. Only 1 and 2 with the number from our text message are understood here, "
        "so nothing was done. Please do it here: {url}",
        name=name,
        url=url,
    )
    return language.say("Please use the link"), said


def gone_up(language: Language, names: str) -> str:
    """What somebody is told who was called for a question that others answer now."""
    if names:
        who = keepers.either(language, names)
        return language.say("It has gone to {names}, who will answer the customer.", names=who)
    return language.say("It has gone to others, who will answer the customer.")


def taken(language: Language, case: Case, url: str) -> tuple[str, str]:
    """Subject and text for somebody who took a task on by telephone: where everything stands."""
    subject = language.say("You have it: {parcel}", parcel=case.parcel.label)
    rest = language.say("Everything you need: {url}", url=url)
    return subject, f"{subject}. {rest}"


def so_far(language: Language, task: Task, zone: str) -> str:
    """What a call begins with where others were called before; empty for the first calls."""
    if task.exhausted_at:
        since = moment(language, task.exhausted_at, zone)
        return language.say("Nobody has taken it on since {by}.", by=since) + " "
    if task.went_back_at:
        until = language.date(clock.local(task.went_back_at, zone), "time")
        had = mark("{person} had it until {time} and did not finish it.")
        return language.say(had, person=task.had_by, time=until) + " "
    return ""


def call(
    language: Language,
    case: Case,
    task: Task,
    url: str,
    about: About,
) -> tuple[str, str]:
    """Subject and text of a call: enough to act without opening anything.

    The subject names the parcel only; what is personal stands in the text where it may.
    """
    subject, details, act = _said(language, case, task, about)
    explained = task.kind in {TaskKind.FAILURE, TaskKind.DECISION}
    why = f" ({reason(language, case)})" if explained else ""
    if case.reason == NOT_RECEIVED:
        why = ""
    who = who_and_where(case) if about.personal else ""
    sentences = [f"{subject}{why}.", *details, f"{who}." if who else "", by(language, case, task)]
    return subject, " ".join(filter(None, [*sentences, language.say(act, url=url)]))


_TAKE = mark("Take it on: {url}")


def _said(  # noqa: PLR0911 - one per kind
    language: Language, case: Case, task: Task, about: About
) -> tuple[str, list[str], str]:
    """The subject, what is said besides, and what to do."""
    say, parcel = language.say, case.parcel.label
    if task.kind is TaskKind.RECOVERY:
        subject = say("Unhappy customer: {parcel}", parcel=parcel)
        return subject, [], mark("Please call and make it good: {url}")
    if task.kind is TaskKind.PROMISE and task.about:
        subject = say("Nobody has moved it: {parcel}", parcel=parcel)
        return subject, [say("The customer waits for news.")], mark("Please take it on: {url}")
    if task.kind is TaskKind.PROMISE:  # only ever of a parcel that can still be delivered
        return *_missed(language, parcel, about.booking), _TAKE
    if task.kind is TaskKind.QUESTION:
        return *_asked(language, parcel, about), mark("Please read and answer: {url}")
    if task.kind is TaskKind.HANDOVER:  # its booking is gone
        return say("Please confirm: {parcel}", parcel=parcel), [], mark("See here: {url}")
    if task.kind is TaskKind.DECISION:
        subject = say("Decision missing: {parcel}", parcel=parcel)
        undecided = say("{shipper} has not decided.", shipper=case.shipper.name)
        return subject, [undecided], mark("Please ask: {url}")
    if case.reason == NOT_RECEIVED:
        subject = say("Parcel not received: {parcel}", parcel=parcel)
        return subject, [say("It is marked delivered, the customer has not got it.")], _TAKE
    return say(_WHAT[case.kind], parcel=parcel), reached(language, case), _TAKE


_WANTS = {
    Wants.PERSON: mark("Customer wants to speak to somebody: {parcel}"),
    Wants.CALL: mark("Customer asks to be called: {parcel}"),
    Wants.RETURN: mark("Customer wants to send it back: {parcel}"),
    Wants.CANCEL: mark("Customer wants to cancel the order: {parcel}"),
    Wants.IN_CHARGE: mark("Customer wants to speak to somebody in charge: {parcel}"),
    Wants.PARCEL: mark("Marked delivered, customer does not have it: {parcel}"),
    Wants.ADDRESS: mark("Customer asks for another address: {parcel}"),
}


def _asked(language: Language, parcel: str, about: About) -> tuple[str, list[str]]:
    asked, subject = about.asked, mark("Customer asks about {parcel}")
    if asked is None:
        return language.say(subject, parcel=parcel), []
    return language.say(_WANTS.get(asked.wants, subject), parcel=parcel), quoted(about, 120)


def quoted(about: About, most: int) -> list[str]:
    """What the customer asked, in their words, where it may be said."""
    if about.asked is None or not about.personal:
        return []
    words = plain.cut(" ".join(about.asked.text.split()), most).replace('"', "'")
    return [f'"{words}"'] if words else []


def reason(language: Language, case: Case) -> str:
    """Why it failed, and what the courier says besides: `recipient unavailable, "Rang twice"`."""
    held = case.parcel.held if case.kind is CaseKind.HELD else None
    if held and held.place:
        return plain.cut(held.place, 60)
    why, words = reasons.why_and_words(language, case)
    return ", ".join(filter(None, (why, words and f'"{words}"')))


def who_and_where(case: Case) -> str:
    """`Kim D., 2695 E Katella Ave, Anaheim`, as far as known."""
    address = case.parcel.address or {}
    place = [str(address[part]) for part in ("line1", "city") if address.get(part)]
    return ", ".join(filter(None, (short(case.parcel.name), *place)))


def in_short(language: Language, case: Case, *, personal: bool = True) -> str:
    """One parcel among several: `nobody home, Kim D., 2695 E Katella Ave, Anaheim`."""
    where = who_and_where(case) if personal else ""
    return ", ".join(filter(None, (reason(language, case), where)))


def by(language: Language, case: Case, task: Task) -> str:
    """By when somebody has to act, where something depends on it."""
    zone = case.depot.zone
    if task.kind.of_delivery:
        return act_by(language, case.act_by, zone) if case.act_by else ""
    if task.kind is TaskKind.QUESTION and task.deadline:
        promised = mark("They have been promised an answer by {by}.")
        return language.say(promised, by=moment(language, task.deadline, zone))
    return ""


def act_by(language: Language, at: datetime, zone: str) -> str:
    """By when the first of it is decided by the courier."""
    return language.say("Act by {by}.", by=moment(language, at, zone))


def reached(language: Language, case: Case) -> list[str]:
    """What whoever is called should know of how the recipient is reached; mostly nothing."""
    say = language.say
    if case.contact_phone:
        return []
    if case.contact_call:
        return [say("No text message reaches the recipient, so we call their landline.")]
    if not case.call_only:
        return [say("No number reaches the recipient.")]
    if case.contact_email:
        return [say("We write to the recipient by e-mail; their number can only be called.")]
    return [say("No text message reaches the recipient: please call them.")]


def _missed(language: Language, parcel: str, missed: Booking | None) -> tuple[str, list[str]]:
    say, pickup = language.say, missed is not None and missed.kind is BookingKind.PICKUP
    match missed and missed.missed:
        case How.TRIED:
            subject = say("Delivery failed again: {parcel}", parcel=parcel)
            return subject, [say("The courier came and could not hand it over.")]
        case How.NOT_CONFIRMED if missed and pickup:
            subject = say("Pickup never confirmed: {parcel}", parcel=parcel)
            never = mark("Nobody said that it was ready at {place}, and its time is over.")
            return subject, [say(never, place=missed.place)]
        case How.NOT_CONFIRMED:
            subject = say("Delivery never confirmed: {parcel}", parcel=parcel)
            return subject, [say("Nobody said yes to it, and its time is over.")]
        case How.NOT_COLLECTED if missed:
            subject = say("Not picked up: {parcel}", parcel=parcel)
            return subject, [say("It waited at {place}.", place=missed.place)]
        case How.NOT_BACK:
            subject = say("Not back at the sender: {parcel}", parcel=parcel)
            return subject, [say("Its customer sent it back, and the courier has not said more.")]
    subject = say("Promise missed: {parcel}", parcel=parcel)
    return subject, [say("The new delivery did not happen.")]


def moment(language: Language, at: datetime, zone: str) -> str:
    """`Sat 29 Nov, 08:00` at the clocks of this place."""
    return language.date(clock.local(at, zone), "short")


def short(name: str | None) -> str:
    """`Kim D.` of `Kim Doe`."""
    first, *others = (name or "").split() or [""]
    return f"{first} {others[-1][0]}." if others else first
