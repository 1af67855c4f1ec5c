"""What the customer reads about what the shipper decided."""

from __future__ import annotations

from datetime import datetime

from app import clock
from app.cases.model import Case
from app.customer.outlook import Otherwise
from app.customer.texts import RenderedMessage, without_you
from app.decisions.model import Choice, Decision
from app.theme import dates


def decided(
    case: Case, decision: Decision, url: str, otherwise: Otherwise | None, now: datetime
) -> RenderedMessage:
    """What was decided, in the words of what was done."""
    who, parcel = case.shipper.name, case.parcel.label
    note = decision.note_to_customer
    words = f" They write: {note}" if note else ""
    match decision.decision:
        case Choice.REPLACEMENT:
            what = f"{who} sent you a replacement for parcel {parcel} {_day(case, decision, now)}"
            then = f" You don't have to do anything.{_reach(case)}"
        case Choice.REFUND:
            what = f"{who} refunded your parcel {parcel} {_day(case, decision, now)}"
            nothing = "You don't have to do anything; your bank may take a few days to show it."
            then = f" {nothing}{_reach(case)}"
        case Choice.SEND_AGAIN:
            what = f"{who} sends your parcel {parcel} again"
            then = f" Choose when or where it suits you: {url} {without_you(case, otherwise)}"
        case _:
            what = f"{who} settles the matter of your parcel {parcel} with you"
            then = f" You don't have to do anything.{_reach(case)}"
    return RenderedMessage(what, f"{what}.{words}{then}")


def _day(case: Case, decision: Decision, now: datetime) -> str:
    at = clock.local(decision.decided_at or now, case.depot.zone)
    today = clock.local(now, case.depot.zone).date()
    return "today" if at.date() == today else f"on {dates.say(at, 'date')}"


def _reach(case: Case) -> str:
    reach = " or ".join(filter(None, (case.shipper.email, case.shipper.phone)))
    return f" You reach them at {reach}." if reach else ""
