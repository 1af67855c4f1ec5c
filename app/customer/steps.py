"""Chain steps that write to the customer: news, choices, confirmations, broken promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from app.booking import service as booking
from app.booking.service import Booking
from app.booking.sources import CHOOSE
from app.cases import service as cases
from app.cases.model import CaseKind, CaseState
from app.cases.timeline.facts import PromiseBroken
from app.chain.step import (
    BOOKED,
    STAYS,
    UNBOOKED,
    Again,
    Done,
    Effect,
    Phase,
    Plain,
    Result,
    Step,
    StepType,
)
from app.customer import decision, notices, texts
from app.db.connection import Connection


class Notified(StrEnum):
    """What came of telling the customer."""

    TOLD = "told"
    UNREACHABLE = "unreachable"
    BOOKED = "booked"
    """Something is booked already: its confirmation is the news."""


class News(StrEnum):
    """Why there is no more news to give."""

    NOTHING_PROMISED = "nothing_promised"


class Confirmed(StrEnum):
    """What came of confirming a booking."""

    CONFIRMED = "confirmed"
    NOTHING_STANDING = "nothing_standing"


class Defaulted(StrEnum):
    """What came of choosing for the customer."""

    BOOKED = "booked"
    HANDED_OVER = "handed_over"


class Kept(StrEnum):
    """What came of looking after a promise; one that is kept ends with the case."""

    BROKEN = "broken"
    NOTHING_STANDING = "nothing_standing"


def notify_customer(
    conn: Connection, steps: Sequence[Step], now: datetime
) -> list[Result[Notified]]:
    """Tell what happened, what is being done, when the next news comes, and where to choose."""
    queued = []
    results: list[Result[Notified]] = []
    for step in steps:
        case, policy = step.case, step.policy
        if case.booked:  # a new number of somebody who chose: the booking is the news
            results.append(Done(Notified.BOOKED))
            continue
        news_by = now + policy.seconds("news_every")
        message = texts.failure(case, notices.page_url(case), news_by)
        once = f"{case.kind}:{case.round}"  # a parcel lost after a failed attempt is news again
        draft = notices.draft(case, policy, "failure", once, message)
        queued.append(notices.CustomerNotice(step, draft, news_by))
        results.append(Done(Notified.TOLD if notices.routes(case) else Notified.UNREACHABLE))
    notices.enqueue(conn, queued, now)
    return results


def remind_customer(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Ask once more, by the next channel, while there is something to choose."""
    queued = []
    for step in steps:
        case = step.case
        if case.state is CaseState.INFORMED and case.deliverable:
            message = texts.reminder(case, notices.page_url(case))
            once = f"reminder:{case.kind}:{case.round}"
            draft = notices.draft(
                case, step.policy, "reminder", once, message, turn=1, not_after=case.choose_by
            )
            queued.append(notices.CustomerNotice(step, draft))
    notices.enqueue(conn, queued, now)
    return [Done(Plain.DONE) for _ in steps]


def give_news(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[News]]:
    """Before the promised hour passes without news, say that we are still working on it."""
    queued = []
    results: list[Result[News]] = []
    for step in steps:
        case, policy = step.case, step.policy
        margin = policy.seconds("news_margin")
        if case.booked or case.news_by is None or not notices.routes(case):
            results.append(Done(News.NOTHING_PROMISED))
            continue
        if case.news_by - margin > now:  # another message has promised a later hour
            results.append(Again(case.news_by - margin, {}))
            continue
        news_by = now + policy.seconds("news_every")
        message = texts.still_working(case, notices.page_url(case), news_by)
        once = f"news:{case.news_by.timestamp():.0f}"
        draft = notices.draft(case, policy, "news", once, message)
        queued.append(notices.CustomerNotice(step, draft, news_by))
        results.append(Again(news_by - margin, {}))
    notices.enqueue(conn, queued, now)
    return results


def confirm(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Confirmed]]:
    """Confirm what stands booked, with an invitation for the calendar.

    One handler for `schedule_redelivery` and `schedule_pickup`: the booking says which it is.
    """
    queued = []
    results: list[Result[Confirmed]] = []
    for step in steps:
        case = step.case
        stands = booking.standing(conn, case.id)
        if stands is None:  # changed or dropped meanwhile; what replaced it has its own step
            results.append(Done(Confirmed.NOTHING_STANDING))
            continue
        link = notices.page_url(case)
        message = texts.booked(case, stands, link)
        invitation = booking.calendar(
            stands,
            uid_host=urlsplit(link).hostname or "reknock",
            summary=message.subject,
            description=link,
            now=now,
        )
        once = f"booked:{stands.id}"
        draft = notices.draft(case, step.policy, "booking", once, message, calendar=invitation)
        queued.append(notices.CustomerNotice(step, draft))
        results.append(Done(Confirmed.CONFIRMED))
    notices.enqueue(conn, queued, now)
    return results


def choose_default(
    conn: Connection, steps: Sequence[Step], now: datetime
) -> list[Result[Defaulted]]:
    """Book the policy's default for a customer who did not choose; `confirm` tells them.

    What only the shipper can decide (a parcel lost, damaged, refused or going back) is asked
    of the shipper, a few days long, and then handed over with the customer being told.
    """
    results: list[Result[Defaulted]] = []
    for step in steps:
        case = step.case
        if case.booked:
            results.append(Done(Defaulted.BOOKED))
        elif case.kind is CaseKind.FAILED and (made := booking.choose_default(conn, case, now)):
            step.case = made.case
            results.append(Done(Defaulted.BOOKED))
        else:
            asked = decision.ask(conn, step, now)
            results.append(asked or Done(Defaulted.HANDED_OVER))
    return results


def keep_promise(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Kept]]:
    """The promised time is over and nothing was delivered: say so, and begin a new round."""
    late: list[tuple[Step, Booking | None]] = []
    results: list[Result[Kept]] = []
    for step in steps:
        held = booking.settle(conn, step.case, booking.BookingState.BROKEN, now)
        if held is None and not step.case.booked:
            results.append(Done(Kept.NOTHING_STANDING))
            continue
        late.append((step, held))
        results.append(Done(Kept.BROKEN))
    broken = cases.promise_broken(conn, [step.case for step, _ in late], now)
    notes = [cases.Entry(case.id, PromiseBroken(round=case.round)) for case in broken]
    cases.note(conn, notes, now)
    queued = []
    for (step, held), case in zip(late, broken, strict=True):
        step.case = case
        news_by = now + step.policy.seconds("news_every")
        pickup = held is not None and held.kind is booking.BookingKind.PICKUP
        text = texts.not_collected if pickup else texts.promise_broken
        message = text(case, notices.page_url(case), news_by)
        draft = notices.draft(case, step.policy, "promise", f"broken:{case.round}", message)
        queued.append(notices.CustomerNotice(step, draft, news_by))
    notices.enqueue(conn, queued, now)
    return results


_NOTIFIES = Effect(UNBOOKED, ahead=frozenset({"news_by"}))
_CONFIRMS = {
    Confirmed.CONFIRMED: Effect(BOOKED, ahead=frozenset({"news_by"})),
    Confirmed.NOTHING_STANDING: Effect(UNBOOKED),
}

DECLARED = (
    StepType(
        name="notify_customer",
        handler=notify_customer,
        outcomes=Notified,
        effects={
            Notified.TOLD: _NOTIFIES,
            Notified.UNREACHABLE: _NOTIFIES,
            Notified.BOOKED: Effect(BOOKED),
        },
        label="tell the customer",
    ),
    StepType(
        name="remind_customer",
        handler=remind_customer,
        outcomes=Plain,
        label="remind the customer to choose",
    ),
    StepType(
        name="give_news",
        handler=give_news,
        outcomes=News,
        label="give the customer the promised news",
    ),
    StepType(
        name="choose_default",
        handler=choose_default,
        outcomes=Defaulted,
        effects={
            Defaulted.BOOKED: Effect(dict.fromkeys(STAYS, Phase.BOOKED), through=CHOOSE),
            Defaulted.HANDED_OVER: Effect(dict.fromkeys(UNBOOKED, Phase.CLOSED)),
        },
        label="choose for the customer, if they have not",
    ),
    StepType(
        name="schedule_redelivery",
        handler=confirm,
        outcomes=Confirmed,
        effects=_CONFIRMS,
        label="confirm the new delivery",
    ),
    StepType(
        name="schedule_pickup",
        handler=confirm,
        outcomes=Confirmed,
        effects=_CONFIRMS,
        label="confirm the pickup",
    ),
    StepType(
        name="keep_promise",
        handler=keep_promise,
        outcomes=Kept,
        effects={
            Kept.BROKEN: Effect(
                dict.fromkeys(BOOKED, Phase.CHOOSING), ahead=frozenset({"news_by", "choose_by"})
            ),
            Kept.NOTHING_STANDING: Effect(UNBOOKED),
        },
        label="see whether the promise was kept",
    ),
)
