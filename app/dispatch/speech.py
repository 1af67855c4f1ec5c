"""What a dispatcher hears on the telephone: enough to act, and said so that an ear can take it in.

Nothing here names the recipient: a loudspeaker has more listeners than one. What they asked is said
in their words, where the shipper's policy lets staff read names.
"""

from __future__ import annotations

from app.booking.missed import How
from app.booking.service import Booking, BookingKind
from app.cases import reasons
from app.cases.model import NOT_RECEIVED, Case, CaseKind
from app.channels import heard
from app.channels.heard import Asks
from app.dispatch import rules, texts
from app.dispatch.about import About
from app.dispatch.states import TaskKind
from app.dispatch.store import Task
from app.languages.language import Language, mark
from app.plain import cut
from app.questions.model import Wants
from app.theme.times import When

_MENU = mark("Press 1 to take it on, 2 to pass it on, or 3 to hear this again.")
_OR_SPEAK = mark(
    "Press 1 to take it on, 2 to pass it on, 3 to hear this again, or 4 to take it on and speak "
    "with the customer now."
)
_YES_OR_NO = mark(
    "Press 1 if it goes ahead, 2 if it cannot be done, 3 to hear this again, or 4 to pass it on."
)
_IS_OFF = mark("Press 1 when it is off, 3 to hear this again, or 4 to pass it on.")

_WHAT = {
    CaseKind.FAILED: mark("a delivery failed, {reason}"),
    CaseKind.REFUSED: mark("a parcel was refused, {reason}"),
    CaseKind.RETURNED: mark("a parcel is on its way back, {reason}"),
    CaseKind.LOST: mark("a parcel is lost, {reason}"),
    CaseKind.DAMAGED: mark("a parcel is damaged, {reason}"),
    CaseKind.HELD: mark("a parcel waits to be collected, {reason}"),
}
_LETTERS = 4  # of a number that an ear can keep


def call(language: Language, case: Case, task: Task, about: About) -> str:
    """What a call says, from the greeting to the keys."""
    whom = language.say("Reknock, for {depot}", depot=case.depot.name)
    return f"{whom}: {matter(language, case, task, about)} {menu(language, case, task, about)}"


def menu(language: Language, case: Case, task: Task, about: About) -> str:
    """The keys of a call."""
    if task.kind is TaskKind.HANDOVER:
        return language.say(_YES_OR_NO if about.stands else _IS_OFF)
    return language.say(_OR_SPEAK if speaks(case, task) else _MENU)


def speaks(case: Case, task: Task) -> bool:
    """Whether to speak with the customer is what there is to do, and can be done."""
    asks = task.kind in {TaskKind.QUESTION, TaskKind.RECOVERY}
    return asks and rules.customers_number(case) is not None


def matter(language: Language, case: Case, task: Task, about: About) -> str:
    """What there is to do, for which parcel, and by when."""
    said = _what(language, case, task, about)
    what = " ".join(part if part.endswith(("?", "!")) else f"{part}." for part in said)
    number = language.say(
        "One parcel, number ending in {letters}", letters=_spelt(case.parcel.label)
    )
    by = texts.by(language, case, task)
    return f"{what} {number}{street(case)}. {by}".rstrip()


def answered(language: Language, spoken: str, depot: str, waiting: int) -> Asks:
    """The same at the moment when somebody answers; `waiting` tasks of the depot are nobody's."""
    more = language.count(
        "{number} parcel waits for somebody at {depot}.",
        "{number} parcels wait for somebody at {depot}.",
        waiting,
        depot=depot,
    )
    return asks(language, f"{more} {spoken}" if waiting > 1 else spoken)


def asks(language: Language, words: str) -> Asks:
    """Words after which a key is waited for."""
    otherwise = language.say("No key was pressed, so nobody has it yet. Goodbye.")
    made = Asks(words, otherwise)
    heard.spoken(made, language)
    return made


def again(language: Language, keys: str, words: str = "") -> Asks:
    """What was wrong with a key, and which there are."""
    wrong = words or language.say("That key does nothing here.")
    return asks(language, f"{wrong} {keys}")


def _what(  # noqa: PLR0911 - one per kind
    language: Language, case: Case, task: Task, about: About
) -> list[str]:
    """Sentences without their stops; the first goes on after a colon."""
    say = language.say
    match task.kind:
        case TaskKind.RECOVERY:
            return [say("a customer is unhappy. Please call them and make it good")]
        case TaskKind.QUESTION:
            return _asked(language, about)
        case TaskKind.HANDOVER:
            if not about.stands:
                return [say("a booking is not wanted any more"), *_booked(language, about.booking)]
            return [say("please confirm a booking"), *_booked(language, about.booking)]
        case TaskKind.DECISION:
            name = case.shipper.name
            ask = say("{shipper} has not decided about a parcel. Please ask them", shipper=name)
            return [ask, *_failure(language, case)]
        case TaskKind.PROMISE if task.about:
            still = say("nobody has moved a parcel, and the customer waits for news")
            return [still, *_failure(language, case)]
        case TaskKind.PROMISE:
            booked = about.booking
            missed = _MISSED.get((booked and booked.missed) or "", _NOT_KEPT)
            return [say(missed)]
        case TaskKind.FAILURE:
            return _failure(language, case)


_WANTS = {
    Wants.ANSWER: mark("a customer asks about their parcel and waits for an answer"),
    Wants.PERSON: mark("a customer would like to speak to somebody"),
    Wants.CALL: mark("a customer would like to be called"),
    Wants.RETURN: mark("a customer would like to send their parcel back"),
    Wants.CANCEL: mark("a customer would like to cancel their order"),
    Wants.IN_CHARGE: mark("a customer would like to speak to somebody in charge"),
    Wants.PARCEL: mark("a customer does not have a parcel that is marked delivered"),
    Wants.ADDRESS: mark(
        "a customer would like their parcel to go to another address, and waits for a yes or a no"
    ),
}


def _asked(language: Language, about: About) -> list[str]:
    asked = about.asked
    said = [language.say(_WANTS[asked.wants if asked else Wants.ANSWER])]
    words = cut(" ".join(asked.text.split()), 200).rstrip(".") if asked else ""
    if words and about.personal:
        said.append(language.say("Their words: {words}", words=words))
    return said


_NOT_KEPT = mark("what the customer was promised did not happen")
_MISSED: dict[str, str] = {
    How.TRIED: mark("a delivery failed again. The courier came and could not hand the parcel over"),
    How.NOT_CONFIRMED: mark("nobody confirmed what a customer had chosen, and its time is over"),
    How.NOT_COLLECTED: mark("a parcel was not picked up"),
    How.NOT_BACK: mark("a parcel that a customer sent back has not arrived at its sender"),
}


def _failure(language: Language, case: Case) -> list[str]:
    if case.reason == NOT_RECEIVED:
        return [language.say("a parcel is marked delivered, and the customer does not have it")]
    held = case.parcel.held if case.kind is CaseKind.HELD else None
    detail = held.place if held else None
    detail = detail or ": ".join(filter(None, reasons.why_and_words(language, case)))
    failed = language.say(_WHAT[case.kind], reason=cut(detail, 120).rstrip("."))
    return [failed, *(said.rstrip(".") for said in texts.reached(language, case))]


def _booked(language: Language, booking: Booking | None) -> list[str]:
    if booking is None:
        return []
    when = When(booking.zone, booking.starts_at, language)
    if booking.kind is BookingKind.RETURN:
        return [language.say("Back to {shipper}", shipper=booking.address)]
    if booking.kind is BookingKind.PICKUP:
        return [
            language.say(
                "Pickup at {place}, ready {day} at {time}",
                place=booking.place,
                day=when.date(booking.starts_at),
                time=when.time(booking.starts_at),
            )
        ]
    window = when.window_on(booking.starts_at, booking.ends_at)
    return [language.say("New delivery {what}", what=window)]


def _spelt(label: str) -> str:
    """The end of a parcel's number, sign by sign, so that it is not read as one word."""
    return " ".join(c for c in label if c.isalnum())[-2 * _LETTERS + 1 :]


def street(case: Case) -> str:
    """`, 1 Elm St, Anaheim`, as it goes on after what happened; empty where none is known."""
    address = case.parcel.address or {}
    place = ", ".join(str(address[part]) for part in ("line1", "city") if address.get(part))
    return f", {place}" if place else ""
