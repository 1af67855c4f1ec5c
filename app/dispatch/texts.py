"""What a dispatcher reads on the phone: enough to act, in one text message."""

from __future__ import annotations

from datetime import datetime

from app import clock, plain
from app.booking.service import Booking, BookingKind, BookingState
from app.cases.model import NOT_RECEIVED, Case, CaseKind
from app.dispatch import rules
from app.dispatch.states import TaskKind
from app.dispatch.store import Task
from app.theme import dates

_WHAT = {
    CaseKind.FAILED: "Delivery failed",
    CaseKind.REFUSED: "Parcel refused",
    CaseKind.RETURNED: "Parcel on its way back",
    CaseKind.LOST: "Parcel lost",
    CaseKind.DAMAGED: "Parcel damaged",
    CaseKind.HELD: "Parcel waits to be collected",
}


def few_places(case: Case, day: datetime, left: int) -> tuple[str, str]:
    """A day is nearly full, said while something can still be done about it."""
    when = dates.say(day, "date")
    places = "1 place is" if left == 1 else f"{left or 'no'} places are"
    subject = f"{case.depot.name}, {when}: nearly full"
    return subject, (
        f"{case.depot.name}: {places} left for new deliveries on {when}. Whoever comes later is "
        "offered another day. If you can take more, raise the places of that day."
    )


def wrote_again(case: Case, url: str) -> tuple[str, str]:
    """Subject and text for somebody who has the task already."""
    subject = f"The customer wrote again about {case.parcel.label}"
    return subject, f"{subject}. You have it; please read and answer: {url}"


def hint(task_id: int) -> str:
    """How to answer a call by text message; `replies.read` reads what comes."""
    code = rules.code_of(task_id)
    return f"Or reply 1-{code} to take it, 2-{code} to pass it on."


def taken(case: Case, url: str) -> tuple[str, str]:
    """Subject and text for somebody who took a task on by telephone: where everything stands."""
    subject = f"You have it: {case.parcel.label}"
    return subject, f"{subject}. Everything you need: {url}"


def nobody_yet(task: Task, zone: str) -> str:
    """What a call begins with once everybody was called; empty for all calls before."""
    if task.exhausted_at is None:
        return ""
    return (
        f"Nobody has taken it on since {dates.say(clock.local(task.exhausted_at, zone), 'short')}. "
    )


def call(  # noqa: PLR0911 - one per kind
    case: Case, task: Task, url: str, missed: Booking | None = None
) -> tuple[str, str]:
    """Subject and text of a call. Both name the parcel, neither names the recipient.

    `missed` is the booking that was not kept, where the call is for that.
    """
    parcel = case.parcel.label
    if task.kind is TaskKind.RECOVERY:
        subject = f"Unhappy customer: {parcel}"
        return subject, f"{subject}. Please call and make it good: {url}"
    if task.kind is TaskKind.PROMISE and task.about:
        subject = f"Nobody has moved it: {parcel}"
        return subject, f"{subject}. The customer waits for news. Please take it on: {url}"
    if task.kind is TaskKind.PROMISE:  # only ever of a parcel that can still be delivered
        return _missed(parcel, missed, url)
    if task.kind is TaskKind.QUESTION:
        subject = f"Customer asks about {parcel}"
        return subject, f"{subject}. Please read and answer: {url}"
    if task.kind is TaskKind.HANDOVER:  # its booking is gone
        subject = f"Please confirm: {parcel}"
        return subject, f"{subject}. See here: {url}"
    if task.kind is TaskKind.DECISION:
        subject = f"Decision missing: {parcel}"
        return subject, f"{subject}. {case.shipper.name} has not decided. Please ask: {url}"
    if case.reason == NOT_RECEIVED:
        subject = f"Parcel not received: {parcel}"
        return subject, f"{subject}. It is marked delivered, the customer has not got it: {url}"
    subject = f"{_WHAT[case.kind]}: {parcel}"
    held = case.parcel.held if case.kind is CaseKind.HELD else None
    detail = (held and held.place) or case.words.strip() or case.reason.replace("_", " ")
    return subject, f"{subject} ({plain.cut(detail, 60)}).{reached(case)} Take it on: {url}"


def reached(case: Case) -> str:
    """What whoever is called should know of how the recipient is reached; mostly nothing."""
    if case.contact_phone:
        return ""
    if not case.call_only:
        return " No number reaches the recipient."
    if case.contact_email:
        return " We write to the recipient by e-mail; their number can only be called."
    return " No text message reaches the recipient: please call them."


def to_call(case: Case, url: str) -> tuple[str, str]:
    """Subject and text for whoever is called for a case: now there is a number, to be called."""
    subject = f"Please call the recipient of {case.parcel.label}"
    return subject, f"{subject}: there is a number now, and no text message reaches it: {url}"


def _missed(parcel: str, missed: Booking | None, url: str) -> tuple[str, str]:
    if missed is not None and missed.kind is BookingKind.REDELIVERY and not missed.confirmed_at:
        subject = f"Delivery never confirmed: {parcel}"
        return subject, f"{subject}. Nobody said yes to it, and its time is over. Take it on: {url}"
    if missed is None or missed.kind is BookingKind.REDELIVERY:
        subject = f"Promise missed: {parcel}"
        return subject, f"{subject}. The new delivery did not happen. Take it on: {url}"
    if missed.confirmed_at is None:
        subject = f"Pickup never confirmed: {parcel}"
        ready = f"Nobody said that it was ready at {missed.place}"
        return subject, f"{subject}. {ready}, and its time is over. Take it on: {url}"
    subject = f"Not picked up: {parcel}"
    return subject, f"{subject}. It waited at {missed.place}. Take it on: {url}"


_NO_NUMBER = {
    CaseKind.FAILED: "The delivery of {} failed",
    CaseKind.REFUSED: "{} was not accepted at the door",
    CaseKind.RETURNED: "{} is on its way back to you",
    CaseKind.LOST: "{} cannot be found",
    CaseKind.DAMAGED: "{} was damaged on the way",
    CaseKind.HELD: "{} waits to be collected",
}


def ask_for_number(case: Case, why: str, url: str) -> tuple[str, str]:
    """Subject and text for the shipper: what happened, and that nobody can be reached about it."""
    parcel = case.parcel.label
    happened = _NO_NUMBER[case.kind].format(parcel)
    if case.reason == NOT_RECEIVED:
        happened = f"{parcel} is marked delivered, and the recipient does not have it"
    if case.call_only:
        return f"A mobile number for {parcel}?", (
            f"{happened}. The recipient's number can only be called ({why}), so somebody calls "
            f"them. If you have a mobile number, please give it here, and we write to them: {url}"
        )
    text = (
        f"{happened}, and we have no number that reaches the recipient ({why}). "
        f"Please give us one here: {url}"
    )
    return f"We cannot reach the recipient of {parcel}", text


def to_confirm(case: Case, booking: Booking, by: datetime | None, url: str) -> tuple[str, str]:
    """Subject and text of a call for a booking: what goes where and when, enough to say yes.

    Of the recipient only what stands on the parcel's label; a gate code waits behind the link.
    `by` is the hour that is asked for; None when it has passed.
    """
    parcel, when = case.parcel.label, _when(booking)
    if booking.state is not BookingState.STANDING:
        subject = f"Not wanted any more: {parcel}, {when}"
        return (
            subject,
            f"{subject}. The courier may still have it. Please see that it is off: {url}",
        )
    until = f" by {_moment(by, booking.zone)}" if by else ""
    if booking.kind is BookingKind.PICKUP:
        what = ", ".join(filter(None, (_short(case.parcel.name), f"{when} at {booking.place}")))
    else:
        what = ", ".join(filter(None, (when, _short(case.parcel.name), booking.address)))
    if booking.confirmed_at:
        subject = f"Will it go out? {parcel}"
        asks = f"Will {parcel} go out? {what}"
        return subject, f"{asks}. No scan says so yet. Please look{until}: {url}"
    subject = f"Please confirm: {parcel}"
    return subject, f"Please confirm {parcel}, {what}. Yes or no{until}: {url}"


def off(case: Case, booking: Booking, instead: Booking | None, url: str) -> tuple[str, str]:
    """Subject and text for who confirmed a booking that is off; `instead` is what stands now."""
    subject = f"Off: {case.parcel.label}, {_when(booking)}"
    why = "it is not wanted any more"
    if instead:
        why = f"the customer changed it to {_when(instead)}"
    text = f"{subject}. You had confirmed it; {why}. Please see that nobody carries it out: {url}"
    return subject, text


def _when(booking: Booking) -> str:
    """`Sat 29 Nov, 08:00-11:00`; of a pickup the time from which it is ready."""
    if booking.kind is BookingKind.PICKUP:
        return f"ready {_moment(booking.starts_at, booking.zone)}"
    ends = dates.say(clock.local(booking.ends_at, booking.zone), "time")
    return f"{_moment(booking.starts_at, booking.zone)}-{ends}"


def _moment(at: datetime, zone: str) -> str:
    return dates.say(clock.local(at, zone), "short")


def _short(name: str | None) -> str:
    """`Kim D.` of `Kim Doe`."""
    first, *others = (name or "").split() or [""]
    return f"{first} {others[-1][0]}." if others else first
