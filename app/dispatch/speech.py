"""What a dispatcher hears on the telephone: enough to act, and said so that an ear can take it in.

Nothing here names the recipient: a loudspeaker has more listeners than one.
"""

from __future__ import annotations

from app.booking.missed import How
from app.booking.service import Booking, BookingKind, BookingState
from app.cases.model import NOT_RECEIVED, Case, CaseKind
from app.channels.heard import Asks
from app.dispatch import texts
from app.dispatch.states import TaskKind
from app.dispatch.store import Task
from app.plain import counted, cut
from app.theme.times import When

MENU = "Press 1 to take it on, 2 to pass it on, or 3 to hear this again."
_YES_OR_NO = (
    "Press 1 if it goes ahead, 2 if it cannot be done, 3 to hear this again, or 4 to pass it on."
)
_IS_OFF = "Press 1 when it is off, 3 to hear this again, or 4 to pass it on."
NO_KEY = "No key was pressed, so nobody has it yet. Goodbye."

_WHAT = {
    CaseKind.FAILED: "a delivery failed",
    CaseKind.REFUSED: "a parcel was refused",
    CaseKind.RETURNED: "a parcel is on its way back",
    CaseKind.LOST: "a parcel is lost",
    CaseKind.DAMAGED: "a parcel is damaged",
    CaseKind.HELD: "a parcel waits to be collected",
}
_LETTERS = 4  # of a number that an ear can keep


def call(case: Case, task: Task, concerned: Booking | None) -> str:
    """What a call says, from the greeting to the keys."""
    return f"Reknock, for {about(case, task, concerned)} {menu(task, concerned)}"


def stands(concerned: Booking | None) -> bool:
    """Whether a booking that is to be confirmed is still wanted."""
    return concerned is not None and concerned.state is BookingState.STANDING


def menu(task: Task, concerned: Booking | None) -> str:
    """The keys of a call."""
    if task.kind is not TaskKind.HANDOVER:
        return MENU
    return _YES_OR_NO if stands(concerned) else _IS_OFF


def about(case: Case, task: Task, concerned: Booking | None) -> str:
    """What there is to do, for which parcel."""
    return (
        f"{case.depot.name}: {_what(case, task, concerned)}. "
        f"One parcel, number ending in {_spelt(case.parcel.label)}{_street(case)}."
    )


def answered(spoken: str, depot: str, waiting: int) -> Asks:
    """The same at the moment when somebody answers; `waiting` tasks of the depot are nobody's."""
    more = f"{counted(waiting, 'parcel')} wait for somebody at {depot}. " if waiting > 1 else ""
    return Asks(more + spoken, NO_KEY)


def asks(words: str) -> Asks:
    """Words after which a key is waited for."""
    return Asks(words, NO_KEY)


def again(keys: str, words: str = "That key does nothing here.") -> Asks:
    """What was wrong with a key, and which there are."""
    return Asks(f"{words} {keys}", NO_KEY)


def _what(case: Case, task: Task, concerned: Booking | None) -> str:  # noqa: PLR0911 - one per kind
    match task.kind:
        case TaskKind.RECOVERY:
            return "a customer is unhappy. Please call them and make it good"
        case TaskKind.QUESTION:
            return "a customer asks about their parcel and waits for an answer"
        case TaskKind.HANDOVER:
            if not stands(concerned):
                return f"a booking is not wanted any more. {_booked(concerned)}".rstrip(". ")
            return f"please confirm a booking. {_booked(concerned)}".rstrip(". ")
        case TaskKind.DECISION:
            return f"{case.shipper.name} has not decided about a parcel. Please ask them"
        case TaskKind.PROMISE if task.about:
            return "nobody has moved a parcel, and the customer waits for news"
        case TaskKind.PROMISE:
            how = concerned.missed if concerned else None
            return _MISSED.get(how or "", "what the customer was promised did not happen")
        case TaskKind.FAILURE:
            return _failure(case)


_MISSED: dict[str, str] = {
    How.TRIED: "a delivery failed again. The courier came and could not hand the parcel over",
    How.NOT_CONFIRMED: "nobody confirmed what a customer had chosen, and its time is over",
    How.NOT_COLLECTED: "a parcel was not picked up",
}


def _failure(case: Case) -> str:
    if case.reason == NOT_RECEIVED:
        return "a parcel is marked delivered, and the customer does not have it"
    held = case.parcel.held if case.kind is CaseKind.HELD else None
    detail = (held and held.place) or case.words.strip() or case.reason.replace("_", " ")
    return f"{_WHAT[case.kind]}, {cut(detail, 60).rstrip('.')}{texts.reached(case)}"


def _booked(booking: Booking | None) -> str:
    if booking is None:
        return ""
    when = When(booking.zone, booking.starts_at)
    if booking.kind is BookingKind.PICKUP:
        ready = f"{when.date(booking.starts_at)} at {when.time(booking.starts_at)}"
        return f"Pickup at {booking.place}, ready {ready}"
    return f"New delivery {when.window_on(booking.starts_at, booking.ends_at)}"


def _spelt(label: str) -> str:
    """The end of a parcel's number, sign by sign, so that it is not read as one word."""
    return " ".join(c for c in label if c.isalnum())[-2 * _LETTERS + 1 :]


def _street(case: Case) -> str:
    address = case.parcel.address or {}
    place = ", ".join(str(address[part]) for part in ("line1", "city") if address.get(part))
    return f", {place}" if place else ""
