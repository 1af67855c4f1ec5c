"""What a dispatcher reads on the phone: enough to act, in one text message."""

from __future__ import annotations

from datetime import datetime

from app import clock, plain
from app.booking.missed import How
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


def hint(task: Task, concerned: Booking | None) -> str:
    """How to answer a call by text message; `replies.read` reads what comes."""
    code = rules.code_of(task.id)
    if task.kind is TaskKind.HANDOVER:
        if concerned is None or concerned.state is not BookingState.STANDING:
            return f"Or reply 1-{code} when it is off."
        return f"Or reply 1-{code} for yes, 2-{code} for no."
    return f"Or reply 1-{code} to take it, 2-{code} to pass it on."


def taken(case: Case, url: str) -> tuple[str, str]:
    """Subject and text for somebody who took a task on by telephone: where everything stands."""
    subject = f"You have it: {case.parcel.label}"
    return subject, f"{subject}. Everything you need: {url}"


def so_far(task: Task, zone: str) -> str:
    """What a call begins with where others were called before; empty for the first calls."""
    if task.exhausted_at:
        since = dates.say(clock.local(task.exhausted_at, zone), "short")
        return f"Nobody has taken it on since {since}. "
    if task.went_back_at:
        until = dates.say(clock.local(task.went_back_at, zone), "time")
        return f"{task.had_by} had it until {until} and did not finish it. "
    return ""


def call(
    case: Case, task: Task, url: str, missed: Booking | None = None, *, personal: bool = True
) -> tuple[str, str]:
    """Subject and text of a call: enough to act without opening anything.

    The subject names the parcel only. `missed` is the booking that was not kept, where the call is
    for that; without `personal` the text says neither name nor street.
    """
    subject, detail, act = _said(case, task, missed)
    who = f" {who_and_where(case)}." if personal and who_and_where(case) else ""
    return subject, f"{subject}{detail}.{who}{_deadline(case, task)} {act}: {url}"


def _said(  # noqa: PLR0911 - one per kind
    case: Case, task: Task, missed: Booking | None
) -> tuple[str, str, str]:
    """The subject, what is said besides, and what to do."""
    parcel = case.parcel.label
    if task.kind is TaskKind.RECOVERY:
        return f"Unhappy customer: {parcel}", "", "Please call and make it good"
    if task.kind is TaskKind.PROMISE and task.about:
        detail = ". The customer waits for news"
        return f"Nobody has moved it: {parcel}", detail, "Please take it on"
    if task.kind is TaskKind.PROMISE:  # only ever of a parcel that can still be delivered
        return *_missed(parcel, missed), "Take it on"
    if task.kind is TaskKind.QUESTION:
        return f"Customer asks about {parcel}", "", "Please read and answer"
    if task.kind is TaskKind.HANDOVER:  # its booking is gone
        return f"Please confirm: {parcel}", "", "See here"
    if task.kind is TaskKind.DECISION:
        detail = f". {case.shipper.name} has not decided"
        return f"Decision missing: {parcel}", detail, "Please ask"
    if case.reason == NOT_RECEIVED:
        detail = ". It is marked delivered, the customer has not got it"
        return f"Parcel not received: {parcel}", detail, "Take it on"
    subject = f"{_WHAT[case.kind]}: {parcel}"
    return subject, f" ({reason(case)}){reached(case)}", "Take it on"


def reason(case: Case) -> str:
    """Why it failed, in the courier's own words where it said any."""
    held = case.parcel.held if case.kind is CaseKind.HELD else None
    said = (held and held.place) or case.words.strip() or case.reason.replace("_", " ")
    said = said.rstrip(".")
    return plain.cut(said, 60)


def who_and_where(case: Case) -> str:
    """`Kim D., 2695 E Katella Ave, Anaheim`, as far as known."""
    address = case.parcel.address or {}
    place = [str(address[part]) for part in ("line1", "city") if address.get(part)]
    return ", ".join(filter(None, (_short(case.parcel.name), *place)))


def in_short(case: Case, *, personal: bool = True) -> str:
    """One parcel among several: `nobody home, Kim D., 2695 E Katella Ave, Anaheim`."""
    return ", ".join(filter(None, (reason(case), who_and_where(case) if personal else "")))


def _deadline(case: Case, task: Task) -> str:
    if not task.kind.of_delivery or case.act_by is None:
        return ""
    return f" Act by {_moment(case.act_by, case.depot.zone)}."


def reached(case: Case) -> str:
    """What whoever is called should know of how the recipient is reached; mostly nothing."""
    if case.contact_phone:
        return ""
    if not case.call_only:
        return ". No number reaches the recipient"
    if case.contact_email:
        return ". We write to the recipient by e-mail; their number can only be called"
    return ". No text message reaches the recipient: please call them"


def to_call(case: Case, url: str) -> tuple[str, str]:
    """Subject and text for whoever is called for a case: now there is a number, to be called."""
    subject = f"Please call the recipient of {case.parcel.label}"
    return subject, f"{subject}: there is a number now, and no text message reaches it: {url}"


def _missed(parcel: str, missed: Booking | None) -> tuple[str, str]:
    pickup = missed is not None and missed.kind is BookingKind.PICKUP
    match missed and missed.missed:
        case How.TRIED:
            detail = ". The courier came and could not hand it over"
            return f"Delivery failed again: {parcel}", detail
        case How.NOT_CONFIRMED if missed and pickup:
            ready = f"Nobody said that it was ready at {missed.place}"
            return f"Pickup never confirmed: {parcel}", f". {ready}, and its time is over"
        case How.NOT_CONFIRMED:
            detail = ". Nobody said yes to it, and its time is over"
            return f"Delivery never confirmed: {parcel}", detail
        case How.NOT_COLLECTED if missed:
            return f"Not picked up: {parcel}", f". It waited at {missed.place}"
    return f"Promise missed: {parcel}", ". The new delivery did not happen"


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
