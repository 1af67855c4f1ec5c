"""What a case becomes when something happens to it. Pure: nothing here is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from app.cases.model import Case, CaseKind, CaseState, Contact, Report, ReturnClock

_CHOOSE_AGAIN = timedelta(days=1)


def contact_checked(case: Case, contact: Contact, choose_by: datetime) -> Case:
    """It is known how the recipient can be reached, and until when they can choose."""
    return replace(
        case,
        contact_phone=contact.phone,
        contact_line=contact.line,
        contact_email=contact.email,
        contact_fault=contact.fault,
        contact_call=contact.call,
        channel=contact.channel or case.channel,
        choose_by=choose_by,
    )


def informed(case: Case, news_by: datetime | None, now: datetime) -> Case:
    """The customer was told something; None promises no other hour than before."""
    return replace(
        case,
        state=CaseState.INFORMED if case.state is CaseState.OPEN else case.state,
        informed_at=case.informed_at or now,
        news_by=news_by or case.news_by,
    )


def new_round(case: Case, now: datetime) -> Case:
    """Nothing is booked and nobody answers any more; the customer can choose for a day.

    A courier that acts by itself or sends the parcel back sooner leaves half of the time until
    then. Whom no message ever reached was not informed and promised nothing.
    """
    choose_by = now + _CHOOSE_AGAIN
    if case.act_by and case.act_by > now:
        choose_by = min(choose_by, case.act_by - (case.act_by - now) / 2)
    return replace(
        case,
        state=CaseState.INFORMED if case.informed_at else CaseState.OPEN,
        round=case.round + 1,
        choose_by=choose_by,
        news_by=case.news_by if case.informed_at else None,
        acknowledged_at=None,
        acknowledged_by=None,
    )


def return_clock_set(case: Case, hours: ReturnClock) -> Case:
    """It is known what the courier does by itself; if not when it returns, the policy says it."""
    return replace(
        case,
        courier_act=hours.act,
        courier_acts_at=hours.at,
        change_by=hours.change_by,
        return_by=hours.return_by or case.return_by,
    )


def begun(case: Case, return_by: datetime, now: datetime) -> Case:
    """What was set aside begins: its times count from now."""
    return replace(case, opened_at=now, return_by=return_by, aside_until=None)


def choose_again(case: Case, news_by: datetime, now: datetime) -> Case:
    """What was booked is not to be had: the customer chooses anew, and hears by `news_by`."""
    anew = new_round(case, now)
    return replace(
        case,
        state=anew.state,
        choose_by=anew.choose_by,
        news_by=news_by if case.informed_at else None,
    )


def sent_again(case: Case, return_by: datetime, now: datetime) -> Case:
    """The shipper has it brought once more: the customer chooses again, and has time for it.

    What the courier would have done by itself is off; its next news says what it does now.
    """
    later = max(case.return_by, return_by) if case.return_by else return_by
    off = return_clock_set(case, ReturnClock(None, None, None, later))
    return new_round(replace(off, kind=CaseKind.FAILED), now)


def reported(case: Case, report: Report, now: datetime) -> Case:
    """The courier reports something else of the parcel; where it cannot come, nobody chooses."""
    after = replace(
        case, kind=report.kind, reason=report.reason, fault=report.fault, words=report.words
    )
    return after if after.deliverable else replace(after, choose_by=now)
