"""Chain steps that write to the customer: news, choices, confirmations, promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app.booking import service as booking
from app.booking.service import Booking
from app.cases import service as cases
from app.cases.model import CaseKind, CaseState, Report, Resolution
from app.cases.timeline.facts import DecisionRequested, HandedOver, PromiseBroken
from app.chain.engine import Again, Done, Result, Step
from app.channels import service as channels
from app.customer import notices, texts
from app.db.connection import Connection
from app.shipments.reachable import check_email


def notify_customer(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result]:
    """Tell what happened, what is being done, when the next news comes, and where to choose."""
    queued = []
    results: list[Result] = []
    for step in steps:
        case, policy = step.case, step.policy
        if case.booked:  # a new number of somebody who chose: the booking is the news
            results.append(Done("booked"))
            continue
        news_by = now + policy.seconds("news_every")
        message = texts.failure(case, notices.page_url(case), news_by)
        once = f"{case.kind}:{case.round}"  # a parcel lost after a failed attempt is news again
        draft = notices.draft(case, policy, "failure", once, message)
        queued.append(notices.CustomerNotice(step, draft, news_by))
        results.append(Done("told" if notices.routes(case) else "unreachable"))
    notices.enqueue(conn, queued, now)
    return results


def remind_customer(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result]:
    """Ask once more, by the next channel, while there is something to choose."""
    queued = []
    for step in steps:
        case = step.case
        if case.state is CaseState.INFORMED and case.kind.deliverable:
            message = texts.reminder(case, notices.page_url(case))
            once = f"reminder:{case.kind}:{case.round}"
            draft = notices.draft(
                case, step.policy, "reminder", once, message, turn=1, not_after=case.choose_by
            )
            queued.append(notices.CustomerNotice(step, draft))
    notices.enqueue(conn, queued, now)
    return [Done() for _ in steps]


def give_news(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result]:
    """Before the promised hour passes without news, say that we are still working on it."""
    queued = []
    results: list[Result] = []
    for step in steps:
        case, policy = step.case, step.policy
        margin = policy.seconds("news_margin")
        if case.booked or case.news_by is None or not notices.routes(case):
            results.append(Done("nothing_promised"))
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


_DECIDE_EVERY = timedelta(days=1)
_DECIDE_TIMES = 3


def confirm(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result]:
    """Confirm what stands booked, with an invitation for the calendar.

    One handler for `schedule_redelivery` and `schedule_pickup`: the booking says which it is.
    """
    queued = []
    results: list[Result] = []
    for step in steps:
        case = step.case
        stands = booking.standing(conn, case.id)
        if stands is None:  # changed or dropped meanwhile; what replaced it has its own step
            results.append(Done("nothing_standing"))
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
        results.append(Done("confirmed"))
    notices.enqueue(conn, queued, now)
    return results


def choose_default(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result]:
    """Book the policy's default for a customer who did not choose; `confirm` tells them.

    What only the shipper can decide (a parcel lost, damaged, refused or going back) is asked
    of the shipper, a few days long, and then handed over with the customer being told.
    """
    results: list[Result] = []
    for step in steps:
        case = step.case
        if case.booked:
            results.append(Done("booked"))
        elif case.kind is CaseKind.FAILED and (made := booking.choose_default(conn, case, now)):
            step.case = made.case
            results.append(Done("booked"))
        else:
            results.append(_ask_shipper(conn, step, now))
    return results


def _ask_shipper(conn: Connection, step: Step, now: datetime) -> Result:
    case, asked = step.case, step.data.get("asked", 0)
    if asked >= _DECIDE_TIMES:
        message = texts.handed_over(case)
        draft = notices.draft(
            case, step.policy, "handed_over", "handed_over", message, needs_case="any"
        )
        channels.enqueue(conn, [draft], now)
        cases.note(conn, [cases.Entry(case.id, HandedOver())], now)
        cases.close(conn, case, Resolution.HANDED_TO_SHIPPER, "reknock", now)
        return Done("handed_over")
    email = check_email(case.shipper.email)
    parcel = case.parcel.label
    channels.enqueue(
        conn,
        [
            channels.Draft(
                case_id=case.id,
                audience="shipper",
                topic="decision",
                idempotency_key=f"case-{case.id}:decision:{step.id}:{asked}",
                routes=[channels.Route("email", email)] if email else [],
                subject=f"Please decide: {parcel} ({case.kind})",
                text=(
                    f"The parcel {parcel} is reported {case.kind}, and no new delivery can be "
                    f"booked. Please send a replacement or a refund and tell your customer. "
                    f"What we know: {notices.page_url(case)}"
                ),
                request_id=case.request_id,
            )
        ],
        now,
    )
    cases.note(conn, [cases.Entry(case.id, DecisionRequested())], now)
    return Again(now + _DECIDE_EVERY, {"asked": asked + 1})


def keep_promise(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result]:
    """The promised time is over and nothing was delivered: say so, and begin a new round."""
    late: list[tuple[Step, Booking | None]] = []
    results: list[Result] = []
    for step in steps:
        held = booking.settle(conn, step.case, booking.BookingState.BROKEN, now)
        if held is None and not step.case.booked:
            results.append(Done("nothing_standing"))
            continue
        late.append((step, held))
        results.append(Done("broken"))
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


def hear_courier(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result]:
    """A further failure of a parcel whose case is open: what does it mean for the chain?

    A failed attempt after a booking breaks the promise; a parcel lost, damaged, refused or
    sent back, or found again, changes what can be offered; the rest is noted and changes
    nothing.
    """
    worse: list[tuple[Step, Report]] = []
    results: list[Result] = []
    for step in steps:
        case, heard = step.case, step.data
        kind, at = CaseKind(heard["kind"]), datetime.fromisoformat(heard["at"])
        found = case.kind is CaseKind.LOST  # a lost parcel that is tried was found
        if kind is CaseKind.FAILED and not found:
            stands = booking.standing(conn, case.id)
            missed = stands is not None and at > stands.created_at
            results.append(Done("promise_broken" if missed else "noted"))
            continue
        if kind is case.kind:
            results.append(Done("noted"))
            continue
        booking.settle(conn, case, booking.BookingState.DROPPED, now)
        worse.append((step, Report(kind, heard["reason"], heard["fault"], heard["words"])))
        results.append(Done("worse"))
    anew = cases.reported_anew(conn, [(step.case, report) for step, report in worse], now)
    for (step, _), case in zip(worse, anew, strict=True):
        step.case = case
    return results
