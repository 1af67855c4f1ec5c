"""What the customer reads. Factual, short, blames nobody, says when the next news comes.

Text messages carry one link and never ask for money or data. Times are on the clocks of the
delivery's own place. The reason is said once, in the first message; later ones hold only what is
new. An hour that binds us is said from a `Promise`, and from nothing else: so none is said without
a row that somebody keeps. What happens without the customer is said from `Otherwise`, which comes
from the step that will do it.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from app import clock, plain
from app.booking.service import Booking, BookingKind, Slot
from app.cases.model import NOT_RECEIVED, Case, CaseKind, Holding
from app.customer.outlook import Act, Otherwise
from app.customer.reasons import sentence
from app.dispatch.store import InVain
from app.promises.service import Promise
from app.shipments import opening
from app.theme import dates

SORRY = "We're sorry."
"""The one apology of a case: a second one would only make it worse."""

_HAPPENED = {
    CaseKind.FAILED: "could not be delivered",
    CaseKind.REFUSED: "was reported as refused at the door",
    CaseKind.RETURNED: "is on its way back to the sender",
    CaseKind.LOST: "cannot be found by the courier",
    CaseKind.DAMAGED: "was damaged on the way",
    CaseKind.HELD: "waits to be collected",
}


class RenderedMessage(NamedTuple):
    """A message as it is read: its subject (where the channel has one) and its text."""

    subject: str
    text: str


def at(moment: datetime, zone: str) -> str:
    """`Tue 24 Nov, 15:00` on the clocks of `zone`."""
    return dates.say(clock.local(moment, zone), "short")


def hour(promise: Promise, zone: str) -> str:
    """The hour that we promise, as `Tue 24 Nov, 15:00`."""
    return at(promise.due_at, zone)


def window(booking: Booking, promise: Promise) -> str:
    """`Tue 24 Nov, 09:00-12:00`, or for a pickup `from … until …`; `promise` is the booking's.

    With a plain hyphen: one typographic character doubles the price of a text message.

    Raises:
        ValueError: something else was promised.
    """
    if promise.about != booking.id:
        raise ValueError("this booking's hour was not promised")
    if booking.kind is BookingKind.PICKUP:
        return f"from {hour(promise, booking.zone)} until {at(booking.ends_at, booking.zone)}"
    ends = dates.say(clock.local(promise.due_at, booking.zone), "time")
    return f"{at(booking.starts_at, booking.zone)}-{ends}"


def parcel(case: Case) -> str:
    """Whose parcel it is, and which."""
    return f"Your {case.shipper.name} parcel {case.parcel.label}"


def next_news(case: Case, news: Promise | None) -> str:
    """By when the customer hears from us."""
    return f"Next news by {hour(news, case.depot.zone)}." if news else ""


def without_you(  # noqa: PLR0911 - one per act
    case: Case, otherwise: Otherwise | None
) -> str:
    """What happens if the customer does nothing, and by when."""
    if otherwise is None and case.kind is CaseKind.HELD and not case.booked:
        return "Please collect it soon: the courier did not say how long they keep it."
    if otherwise is None:
        return "You don't have to do anything."
    until = at(otherwise.at, case.depot.zone)
    match otherwise.act:
        case Act.BOOK:
            return f"If you don't choose by {until}, we'll book for you."
        case Act.PASS_ON:
            return f"We keep it for you until {until}; then the next one gets it."
        case Act.GO_BACK:
            return f"Collect it by {last_day(case)}, or it goes back to {case.shipper.name}."
        case Act.ASK if case.kind.deliverable:
            return f"If you don't choose by {until}, we'll ask {case.shipper.name} what comes next."
        case Act.ASK:
            return (
                f"You don't have to do anything: by {until} we'll ask {case.shipper.name} for a "
                "new parcel or your money back."
            )


def joined(*parts: str) -> str:
    """Sentences as one text; empty ones are left out."""
    return " ".join(filter(None, parts))


def failure(
    case: Case,
    url: str,
    news: Promise | None,
    otherwise: Otherwise | None,
    *,
    asked: bool = False,
    sorry: bool = False,
) -> RenderedMessage:
    """The first message: what happened and why, what is being done, when the next news comes."""
    happened = _HAPPENED[case.kind]
    if case.reason == NOT_RECEIVED:
        happened = "is marked delivered, and you don't have it: the depot is looking for it"
    what = f"{parcel(case)} {happened}"
    doing = f"All we know: {url}"
    if case.kind is CaseKind.FAILED:
        why = sentence(case.reason, case.kind).replace("’", "'")
        doing = f"{why} Choose a new delivery or a pickup: {url}"
    elif case.kind is CaseKind.REFUSED:
        doing = f"If that is not right, choose a new delivery: {url}"
    elif case.kind is CaseKind.HELD:
        doing = f"{where_held(case)} {doing}"
    elif asked:
        doing = f"We've asked {case.shipper.name} for a new parcel or your money back. {doing}"
    without = without_you(case, otherwise)
    if last_day(case):
        without = f"Then it goes back to {case.shipper.name}."
    text = joined(f"{what}.", SORRY if sorry else "", doing, without, next_news(case, news))
    return RenderedMessage(what, text)


def where_held(case: Case) -> str:
    """Where a parcel waits, when it is open and until when, as far as the courier said so."""
    held, said = case.parcel.held or Holding(), case.words.strip().rstrip(".")
    where = ", ".join(filter(None, (held.place, held.address)))
    quoted = f"The courier says: {plain.cut(said, 120)}. " if said and not held.place else ""
    parts = [f"You can collect it at {where}" if where else "You can collect it"]
    if held.hours:
        parts.append(f"open {held.hours}")
    if until := last_day(case):
        parts.append(f"until {until}")
    return f"{quoted}{', '.join(parts)}."


def last_day(case: Case) -> str:
    """The last day on which a parcel can be collected; empty when the courier did not say."""
    held = case.parcel.held
    if case.kind is not CaseKind.HELD or held is None or held.until is None:
        return ""
    return dates.say(opening.last_day(held.hours, held.until, case.depot.zone), "date")


def place_free(case: Case, slot: Slot, otherwise: Otherwise, url: str) -> RenderedMessage:
    """A place became free and is kept for a while for the customer who waits."""
    zone = case.depot.zone
    what = f"{parcel(case)}: a place is free"
    window = f"{at(slot.starts_at, zone)}-{dates.say(clock.local(slot.ends_at, zone), 'time')}"
    kept = without_you(case, otherwise)
    return RenderedMessage(what, f"{what}, {window}. {kept} Choose it here: {url}")


def reminder(case: Case, url: str, otherwise: Otherwise | None) -> RenderedMessage:
    """Nothing was chosen yet."""
    what = f"{parcel(case)} is waiting for your choice"
    return RenderedMessage(what, joined(f"{what}: {url}", without_you(case, otherwise)))


def still_working(
    case: Case, url: str, news: Promise | None, otherwise: Otherwise | None
) -> RenderedMessage:
    """The promised hour comes and there is nothing new to report."""
    what = f"{parcel(case)}: we are still working on it"
    text = joined(f"{what}, there is nothing new yet.", without_you(case, otherwise))
    return RenderedMessage(what, joined(text, next_news(case, news), url))


def still_held(case: Case, url: str, otherwise: Otherwise | None) -> RenderedMessage:
    """A parcel that was not collected yet, a day before it goes back."""
    what = f"{parcel(case)} still waits for you"
    return RenderedMessage(what, joined(f"{what}.", without_you(case, otherwise), url))


def stalled(
    case: Case,
    url: str,
    news: Promise | None,
    otherwise: Otherwise | None,
    calls: InVain | None,
    call: Promise | None = None,
) -> RenderedMessage:
    """Nobody has acted, though the customer was told twice how it stands: that is said openly."""
    what = f"{parcel(case)}: we have called the person in charge"
    text = f"{what} at {case.depot.name}, because nobody there has moved it on yet."
    text = joined(text, _tried(case, calls, call) if calls else "", without_you(case, otherwise))
    return RenderedMessage(what, joined(text, next_news(case, news), url))


def nobody_yet(
    case: Case,
    url: str,
    news: Promise | None,
    otherwise: Otherwise | None,
    calls: InVain,
    call: Promise | None = None,
) -> RenderedMessage:
    """The promised hour comes, and nobody at the depot has it: what is tried, and when again."""
    moved = "moved it on" if case.acknowledged_at else "taken it on"
    what = f"{parcel(case)}: nobody at {case.depot.name} has {moved} yet"
    text = joined(f"{what}.", _tried(case, calls, call), without_you(case, otherwise))
    return RenderedMessage(what, joined(text, next_news(case, news), url))


def _tried(case: Case, calls: InVain, call: Promise | None) -> str:
    zone = case.depot.zone
    then = f"call again by {hour(call, zone)}" if call else "keep calling until somebody does"
    since = at(calls.since, zone)
    return f"We've called them {often(calls.rings)} since {since} and {then}."


def often(times: int) -> str:
    """`once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(times, f"{times} times")


def deciding(case: Case, url: str, news: Promise | None, *, late: bool) -> RenderedMessage:
    """Only the sender can decide: who that is, and when the next word comes."""
    who = case.shipper.name
    if late:
        what = f"{parcel(case)}: {who} has not decided yet"
        text = f"{what}. A person at {case.depot.name} is called to ask them."
    else:
        what = f"{parcel(case)}: {who} is deciding what comes next"
        text = f"{what}, a new parcel or your money back. We remind them until they do."
    return RenderedMessage(what, joined(text, without_you(case, None), next_news(case, news), url))


def promise_broken(
    case: Case, url: str, news: Promise | None, otherwise: Otherwise | None, *, sorry: bool
) -> RenderedMessage:
    """What was promised did not happen; the customer is told before they have to ask."""
    what = f"{parcel(case)} did not arrive as promised"
    text = joined(f"{what}.", SORRY if sorry else "", f"We're calling {case.depot.name} about it.")
    text = joined(text, f"You can choose again: {url}", without_you(case, otherwise))
    return RenderedMessage(what, joined(text, next_news(case, news)))


def not_collected(
    case: Case, url: str, news: Promise | None, otherwise: Otherwise | None
) -> RenderedMessage:
    """A pickup's time is nearly over."""
    what = f"{parcel(case)} was not picked up yet"
    text = joined(f"{what}. Choose what suits you: {url}", without_you(case, otherwise))
    return RenderedMessage(what, joined(text, next_news(case, news)))


def pickup_not_confirmed(
    case: Case, url: str, news: Promise | None, otherwise: Otherwise | None
) -> RenderedMessage:
    """A pickup's time is nearly over, and nobody ever said that the parcel was there."""
    what = f"{parcel(case)}: your pickup was not confirmed"
    text = f"{what}, so we cannot say that it was ready. We're calling {case.depot.name} about it."
    text = joined(text, f"You can choose again: {url}", without_you(case, otherwise))
    return RenderedMessage(what, joined(text, next_news(case, news)))


def _reach(case: Case) -> str:
    ways = " or ".join(filter(None, (case.shipper.email, case.shipper.phone)))
    return f"You reach them at {ways}." if ways else ""


def back_at_sender(case: Case) -> RenderedMessage:
    """The courier brought the parcel back to its sender."""
    what = f"{parcel(case)} went back to {case.shipper.name}"
    text = f"{what} and will not be delivered. They know it, too; you don't have to do anything."
    return RenderedMessage(what, joined(text, _reach(case)))


def handed_over(case: Case) -> RenderedMessage:
    """Only the sender can decide now; the customer is told who answers."""
    what = f"{parcel(case)}: {case.shipper.name} takes it from here"
    text = (
        f"{what} and will contact you about a replacement or refund. You don't have to do anything."
    )
    return RenderedMessage(what, joined(text, _reach(case)))
