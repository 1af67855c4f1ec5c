"""What the customer reads. Factual, short, blames nobody, says when the next news comes.

Text messages carry one link and never ask for money or data. Times are on the clocks of
the delivery's own place.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from app import clock
from app.booking.service import Booking, BookingKind, ChosenBy
from app.cases.model import Case, CaseKind
from app.theme import dates

_HAPPENED = {
    CaseKind.FAILED: "could not be delivered",
    CaseKind.REFUSED: "was reported as refused at the door",
    CaseKind.RETURNED: "is on its way back to the sender",
    CaseKind.LOST: "cannot be found by the courier",
    CaseKind.DAMAGED: "was damaged on the way",
    CaseKind.HELD: "waits to be collected",
}
_DOING = {
    CaseKind.FAILED: "We are arranging a new delivery; you choose when or where",
    CaseKind.REFUSED: "If that is not right, choose a new delivery",
    CaseKind.RETURNED: "We are working with the sender on what comes next",
    CaseKind.LOST: "The courier is searching, and the sender is working on a solution",
    CaseKind.DAMAGED: "The sender is working on a solution",
    CaseKind.HELD: "You can collect it",  # said by `where_held`, with what is known
}


class RenderedMessage(NamedTuple):
    """A message as it is read: its subject (where the channel has one) and its text."""

    subject: str
    text: str


def moment(at: datetime, zone: str) -> str:
    """`Tue 24 Nov, 15:00` on the clocks of `zone`."""
    return dates.say(clock.local(at, zone), "short")


def window(booking: Booking, zone: str) -> str:
    """`Tue 24 Nov, 09:00-12:00`, or for a pickup `from … until …`.

    With a plain hyphen: one typographic character doubles the price of a text message.
    """
    if booking.kind is BookingKind.PICKUP:
        return f"from {moment(booking.starts_at, zone)} until {moment(booking.ends_at, zone)}"
    ends = dates.say(clock.local(booking.ends_at, zone), "time")
    return f"{moment(booking.starts_at, zone)}-{ends}"


def _parcel(case: Case) -> str:
    return f"Your {case.shipper.name} parcel {case.parcel.label}"


def _news(case: Case, news_by: datetime) -> str:
    return f"Next news by {moment(news_by, case.depot.zone)}."


def failure(case: Case, url: str, news_by: datetime) -> RenderedMessage:
    """The first message: what happened, what is being done, when the next news comes."""
    what = f"{_parcel(case)} {_HAPPENED[case.kind]}"
    if case.kind is CaseKind.HELD:
        return RenderedMessage(what, f"{what}. {where_held(case)} All we know: {url}")
    return RenderedMessage(what, f"{what}. {_DOING[case.kind]}: {url} {_news(case, news_by)}")


def where_held(case: Case) -> str:
    """Where a parcel waits and until when, as far as the courier said so."""
    until = f" until {moment(case.return_by, case.depot.zone)}" if case.return_by else ""
    said = case.words.strip().rstrip(".")
    where = f"The courier says: {said[:120]}. " if said else ""
    return f"{where}You can collect it{until}."


def reminder(case: Case, url: str) -> RenderedMessage:
    """Nothing was chosen yet."""
    by = (
        f"Until {moment(case.choose_by, case.depot.zone)} you choose; after that we book for you."
        if case.choose_by
        else ""
    )
    what = f"{_parcel(case)} is waiting for your choice"
    return RenderedMessage(what, f"{what}: {url} {by}")


def still_working(case: Case, url: str, news_by: datetime) -> RenderedMessage:
    """The promised hour comes and there is nothing new to report."""
    what = f"{_parcel(case)}: we are still working on it"
    return RenderedMessage(
        what, f"{what}, there is nothing new yet. All we know: {url} {_news(case, news_by)}"
    )


def booked(case: Case, booking: Booking, url: str) -> RenderedMessage:
    """A delivery or pickup is booked by the customer, or by the policy; the text tells which."""
    how = ""
    if booking.chosen_by is ChosenBy.POLICY:  # whoever was never asked has not failed to choose
        how = "You did not choose, so we" if case.informed_at else "We"
        how += " booked for you. "
    when = window(booking, case.depot.zone)
    if booking.kind is BookingKind.PICKUP:
        what = f"{_parcel(case)}: pickup booked"
        where = f"{booking.place}, {booking.address}, {when}"
    else:
        what = f"{_parcel(case)}: new delivery booked"
        where = when
    change = moment(booking.cutoff_at, case.depot.zone)
    return RenderedMessage(what, f"{how}{what}: {where}. You can change it until {change}: {url}")


def promise_broken(case: Case, url: str, news_by: datetime) -> RenderedMessage:
    """What was promised did not happen; the customer is told before they have to ask."""
    what = f"{_parcel(case)} did not arrive as promised, and we are sorry"
    return RenderedMessage(
        what, f"{what}. We are on it; you can choose again: {url} {_news(case, news_by)}"
    )


def not_collected(case: Case, url: str, news_by: datetime) -> RenderedMessage:
    """A pickup's time is nearly over."""
    what = f"{_parcel(case)} was not picked up yet"
    return RenderedMessage(
        what, f"{what}. Choose what suits you, before it goes back: {url} {_news(case, news_by)}"
    )


def back_at_sender(case: Case) -> RenderedMessage:
    """The courier brought the parcel back to its sender."""
    what = f"{_parcel(case)} went back to {case.shipper.name}"
    reach = " or ".join(filter(None, (case.shipper.email, case.shipper.phone)))
    at = f" You reach them at {reach}." if reach else ""
    return RenderedMessage(what, f"{what} and will not be delivered. They know it, too.{at}")


def handed_over(case: Case) -> RenderedMessage:
    """Only the sender can decide now; the customer is told who answers."""
    what = f"{_parcel(case)}: {case.shipper.name} takes it from here"
    reach = " or ".join(filter(None, (case.shipper.email, case.shipper.phone)))
    at = f" You reach them at {reach}." if reach else ""
    return RenderedMessage(what, f"{what} and will contact you about a replacement or refund.{at}")
