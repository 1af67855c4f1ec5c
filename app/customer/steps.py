"""Chain steps that write to the customer: news, choices, broken promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from app.booking import service as booking
from app.booking.missed import How, Missed
from app.booking.sources import CHOOSE
from app.cases import service as cases
from app.cases.model import Case, CaseKind, CaseState, Report
from app.cases.timeline.facts import PromiseBroken
from app.cases.timeline.kinds import Topic
from app.chain import service as chain
from app.chain.step import (
    BOOKED,
    STAYS,
    UNBOOKED,
    WAIT_FOR_PLACE,
    Again,
    Done,
    Effect,
    Phase,
    Plain,
    Result,
    Step,
    StepType,
)
from app.channels import service as channels
from app.channels.rules import room_at
from app.customer import decision, news, notices, outlook, store, texts
from app.db.connection import Connection
from app.dispatch import in_vain_store as dispatch
from app.handover import service as handover
from app.languages.language import mark
from app.promises import service as promises


class Notified(StrEnum):
    """What came of telling the customer."""

    TOLD = "told"
    UNREACHABLE = "unreachable"
    BOOKED = "booked"
    """Something is booked already: its confirmation is the news."""


class News(StrEnum):
    """Why there is no more news to give."""

    NOTHING_PROMISED = "nothing_promised"


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
    """Tell what happened, what is being done, when the next news comes, and where to choose.

    A courier that changes its word again and again is told of once in a while: what is true then.
    Whoever counts on an hour that we said hears in time that it has changed.
    """
    queued = []
    results: list[Result[Notified]] = []
    ahead = _ahead(conn, steps, Notified.TOLD, now)
    sent = channels.unasked(conn, [step.case.id for step in steps], now)
    told = store.told(conn, [step.case.id for step in steps])
    waits_until = _heard_enough(conn, steps, sent, now)
    for step, waits in zip(steps, ahead, strict=True):
        case = step.case
        if case.booked:  # a new number of somebody who chose: the booking is the news
            results.append(Done(Notified.BOOKED))
            continue
        if case.id in waits_until:
            results.append(Again(waits_until[case.id], step.data))
            continue
        queued.append(news.first(step, waits, told[case.id], sent[case.id], now))
        results.append(Done(Notified.TOLD if notices.routes(case) else Notified.UNREACHABLE))
    notices.enqueue(conn, queued, now)
    handover.ask_days(conn, [notice.step.case for notice in queued], now)
    return results


def _heard_enough(
    conn: Connection, steps: Sequence[Step], sent: Mapping[int, Sequence[datetime]], now: datetime
) -> dict[int, datetime]:
    """Until when what there is to say can wait, by case, where the customer heard enough.

    By an hour of news that we said it is told, and what they make time for and was called off is
    told at once.
    """
    room = {}
    for case, policy in ((step.case, step.policy) for step in steps):
        at = room_at(sent[case.id], outlook.allowance(policy, case.parcel.address), now)
        if case.news_by:
            at = min(at, case.news_by - policy.seconds("news_margin"))
        if case.informed_at and at > now:
            room[case.id] = at
    promised = promises.of_cases(conn, list(room)) if room else {}
    for case_id, hours in promised.items():
        if outlook.called_off(hours, sent[case_id]):
            del room[case_id]
    return room


def _ahead(
    conn: Connection, steps: Sequence[Step], outcome: str, now: datetime
) -> list[dict[str, chain.Waiting]]:
    """What the cases wait for once these steps have ended so."""
    return chain.ahead(conn, [(step.case, step.name, outcome) for step in steps], now)


def remind_customer(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Ask once more, by the next channel, while there is something to choose.

    Not soon after another word has come: what was told at night is read in the morning, and what
    could not leave for hours is read when it can.
    """
    queued = []
    results: list[Result[Plain]] = []
    came = channels.came(conn, [step.case.id for step in steps], now)
    for step, waits in zip(steps, _ahead(conn, steps, Plain.DONE, now), strict=True):
        case = step.case
        if case.state is not CaseState.INFORMED or not case.kind.deliverable:
            results.append(Done(Plain.DONE))
            continue
        at = outlook.reminds_at(case, step.policy, came.get(case.id), now)
        if at > now:
            results.append(Again(at, step.data))
            continue
        message = texts.reminder(case, notices.page_url(case), outlook.otherwise(case, waits))
        once = f"reminder:{case.kind}:{case.round}"
        notice = notices.CustomerNotice(
            step,
            Topic.REMINDER,
            once,
            news.says(message),
            turn=1,
            not_after=_until_next_word(step, now),
            weight=channels.Weight.SPARE,
            offers=True,
        )
        queued.append(notice)
        results.append(Done(Plain.DONE))
    notices.enqueue(conn, queued, now)
    return results


def _until_next_word(step: Step, now: datetime) -> datetime | None:
    """How long a reminder is worth sending: until they choose, or until the next word goes."""
    case = step.case
    news = case.news_by and case.news_by - step.policy.seconds("news_margin")
    return min((at for at in (case.choose_by, news) if at and at > now), default=case.choose_by)


def give_news(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[News]]:
    """Before the promised hour passes without news, say truly how it stands.

    Where nobody at the depot has taken it on, that is said, and when they are called again. That,
    or that we are still working on it, is said twice, if no person does anything meanwhile. Then
    the person in charge is called, and the customer is told so.
    """
    queued = []
    results: list[Result[News]] = []
    waiting = _ahead(conn, steps, "", now)
    ids = [step.case.id for step in steps]
    sent, told = channels.unasked(conn, ids, now), store.told(conn, ids)
    unanswered = dispatch.unanswered(conn, ids)
    for step, waits in zip(steps, waiting, strict=True):
        case = step.case
        margin = step.policy.seconds("news_margin")
        if case.booked or case.news_by is None or not notices.routes(case):
            results.append(Done(News.NOTHING_PROMISED))
            continue
        if case.news_by - margin > now:  # another message has promised a later hour
            results.append(Again(case.news_by - margin, {}))
            continue
        soon = now + _AT_ONCE
        if outlook.acts_by(case, waits, soon) and soon < case.news_by:
            results.append(Again(soon, {}))
            continue
        calls = unanswered.get(case.id)
        notice = news.next_word(step, waits, told[case.id], sent[case.id], calls, now)
        queued.append(notice)
        if notice.topic is Topic.STALLED:
            news.call_supervisor(conn, case, now)
        if notice.news_by is None:
            promises.keep(conn, [case.id], promises.Kind.NEWS, "message", now)
            results.append(Done(News.NOTHING_PROMISED))
        else:
            results.append(Again(notice.news_by - margin, {}))
    notices.enqueue(conn, queued, now)
    return results


_AT_ONCE = timedelta(minutes=1)
"""What happens by itself so soon is waited for, to be told in place of what is still ahead."""
_LOOK_AGAIN = timedelta(minutes=30)
"""What becomes free is offered at once; this is for what does so in no way that is known."""


def wait_for_place(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Tell a customer who waits that a place is free, and is kept for them."""
    queued = []
    results: list[Result[Plain]] = []
    for step in steps:
        case = step.case
        kept = booking.next_place(conn, case, now)
        if kept is None:
            results.append(Done(Plain.DONE))
        elif kept.slot is None or kept.until is None:
            results.append(Again(now + _LOOK_AGAIN, step.data))
        else:
            otherwise = outlook.Otherwise(outlook.Act.PASS_ON, kept.until)
            url = notices.page_url(case)
            message = texts.place_free(case, kept.slot, otherwise, url)
            notice = notices.CustomerNotice(
                step,
                Topic.PLACE,
                f"place:{kept.slot.id}:{kept.until.timestamp():.0f}",
                news.says(message),
                not_after=kept.until,
                weight=channels.Weight.ASKED,
            )
            queued.append(notice)
            results.append(Again(kept.until, step.data))
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
        elif made := _book_for(conn, step, now):
            step.case = made.case
            results.append(Done(Defaulted.BOOKED))
        else:
            asked = decision.ask(conn, step, now)
            results.append(asked or Done(Defaulted.HANDED_OVER))
    return results


def _book_for(conn: Connection, step: Step, now: datetime) -> booking.Booked | None:
    if step.case.kind is not CaseKind.FAILED or outlook.in_vain(step.data):
        return None
    return booking.choose_default(conn, step.case, now)


def keep_promise(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Kept]]:
    """The promised time is over and nothing was delivered: say so, and begin a new round."""
    late: list[tuple[Step, Missed]] = []
    results: list[Result[Kept]] = []
    booking.lock_ahead(conn, [step.case.id for step in steps])
    for step in steps:
        how = booking.miss(conn, step.case, now)
        if how is None:
            results.append(Done(Kept.NOTHING_STANDING))
            continue
        late.append((step, how))
        results.append(Done(Kept.BROKEN))
    broken = _begin_anew(conn, late, now)
    notes = [
        cases.Entry(
            case.id,
            PromiseBroken(round=case.round, how=how.how, pickup=how.pickup, reason=how.reason),
        )
        for case, (_, how) in zip(broken, late, strict=True)
    ]
    cases.note(conn, notes, now)
    queued = []
    ids = [case.id for case in broken]
    told, sent = store.told(conn, ids), channels.unasked(conn, ids, now)
    for (step, _), case in zip(late, broken, strict=True):
        step.case = case
    ahead = _ahead(conn, [step for step, _ in late], Kept.BROKEN, now)
    for (step, how), waits in zip(late, ahead, strict=True):
        case_id = step.case.id
        queued.append(news.missed(step, waits, told[case_id], sent[case_id], now, what=how))
    notices.enqueue(conn, queued, now)
    return results


_NOT_BACK = Report(CaseKind.RETURNED, "returned", "unknown", "")


def _begin_anew(conn: Connection, late: Sequence[tuple[Step, Missed]], now: datetime) -> list[Case]:
    """The next round of these, in order; what a customer sent back is not brought to them again."""
    lost = [(step.case, _NOT_BACK) for step, how in late if how.how is How.NOT_BACK]
    others = [step.case for step, how in late if how.how is not How.NOT_BACK]
    begun = [*cases.reported_anew(conn, lost, now), *cases.promise_broken(conn, others, now)]
    after = {case.id: case for case in begun}
    return [after[step.case.id] for step, _ in late]


_NOTIFIES = Effect(UNBOOKED, ahead=frozenset({"news_by"}))

DECLARED = (
    StepType(
        name=WAIT_FOR_PLACE,
        handler=wait_for_place,
        outcomes=Plain,
        label=mark("offer the customer a place that becomes free"),
    ),
    StepType(
        name="notify_customer",
        handler=notify_customer,
        outcomes=Notified,
        effects={
            Notified.TOLD: _NOTIFIES,
            Notified.UNREACHABLE: _NOTIFIES,
            Notified.BOOKED: Effect(BOOKED),
        },
        label=mark("tell the customer"),
    ),
    StepType(
        name="remind_customer",
        handler=remind_customer,
        outcomes=Plain,
        label=mark("remind the customer to choose"),
    ),
    StepType(
        name=notices.GIVE_NEWS,
        handler=give_news,
        outcomes=News,
        label=mark("give the customer the promised news"),
    ),
    StepType(
        name="choose_default",
        handler=choose_default,
        outcomes=Defaulted,
        effects={
            Defaulted.BOOKED: Effect(dict.fromkeys(STAYS, Phase.BOOKED), through=CHOOSE),
            Defaulted.HANDED_OVER: Effect(dict.fromkeys(UNBOOKED, Phase.CLOSED)),
        },
        label=mark("choose for the customer, if they have not"),
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
        label=mark("see whether the promise was kept"),
    ),
)
