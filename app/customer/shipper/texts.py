"""What the customer reads about what the shipper decided."""

from __future__ import annotations

from datetime import datetime

from app import clock
from app.cases import speech
from app.cases.model import Case
from app.customer.hours import at
from app.customer.outlook import Otherwise
from app.customer.parts import RenderedMessage, reach, stop, without_you
from app.decisions.model import Choice, Decision
from app.languages.said import joined


def decided(
    case: Case, decision: Decision, url: str, otherwise: Otherwise | None, now: datetime
) -> RenderedMessage:
    """What was decided, in the words of what was done."""
    say, then = speech.about(case), reach(case)
    match decision.decision:
        case Choice.REPLACEMENT:
            what = _replaced(case, decision, now)
            then = joined(say("You don't have to do anything."), then)
        case Choice.REFUND:
            what = _refunded(case, decision, now)
            bank = say("You don't have to do anything; your bank may take a few days to show it.")
            then = joined(bank, then)
        case Choice.SEND_AGAIN:
            what = say("{shipper} is sending your parcel {parcel} again")
            choose = say("Choose when or where it suits you: {url}", url=url)
            then = joined(without_you(case, otherwise), choose)
        case _:
            what = say("{shipper} will sort out your parcel {parcel} with you")
            then = joined(say("You don't have to do anything."), then)
    note = decision.note_to_customer
    words = say('They write: "{words}".', words=note.strip().rstrip(".")) if note else ""
    return RenderedMessage(what, joined(stop(say, what), words, then))


def _replaced(case: Case, decision: Decision, now: datetime) -> str:
    say, day = speech.about(case), _day(case, decision, now)
    if not day:
        return say("{shipper} sent you a replacement for parcel {parcel} today")
    return say("{shipper} sent you a replacement for parcel {parcel} on {day}", day=day)


def _refunded(case: Case, decision: Decision, now: datetime) -> str:
    say, day = speech.about(case), _day(case, decision, now)
    if not day:
        return say("{shipper} refunded your parcel {parcel} today")
    return say("{shipper} refunded your parcel {parcel} on {day}", day=day)


def _day(case: Case, decision: Decision, now: datetime) -> str:
    """The day it was done; empty when that is today."""
    done, zone = decision.decided_at or now, case.zone
    today = clock.local(done, zone).date() == clock.local(now, zone).date()
    return "" if today else at(case, done, "date")
