"""What there is to say to a customer at each turn, and by when there is more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from app.booking.missed import How, Missed
from app.cases.model import Case, CaseKind
from app.cases.timeline.kinds import Topic
from app.chain import service as chain
from app.chain.service import Waiting
from app.chain.step import Step
from app.customer import notices, outlook, texts
from app.customer.notices import CustomerNotice
from app.customer.parts import RenderedMessage
from app.customer.returns import texts as returned
from app.customer.store import Told
from app.db.connection import Connection
from app.dispatch.in_vain_store import Unanswered
from app.dispatch.steps import CALL_SUPERVISOR
from app.promises import service as promises
from app.promises.service import Promise

BELIEVED = 2
"""So often "still working on it" is said without an act of a person in between."""
_OURS = (CaseKind.LOST, CaseKind.DAMAGED)
"""What nobody would say without saying sorry."""


def first(
    step: Step,
    waits: Mapping[str, Waiting],
    told: Told,
    sent: Sequence[datetime],
    now: datetime,
) -> CustomerNotice:
    """What happened, what is being done, when the next news comes, and where to choose."""
    case = step.case
    write = partial(
        texts.failure,
        case,
        notices.page_url(case),
        otherwise=outlook.as_read(case, step.policy, waits, now),
        asked=outlook.asked(waits),
        sorry=case.kind in _OURS and not told.apologised,
    )
    news_by = (
        outlook.held_news(case, step.policy, now)
        if case.kind is CaseKind.HELD
        else outlook.next_news(case, step.policy, sent, now)
    )
    once = f"{case.kind}:{case.round}"  # a parcel lost after a failed attempt is news again
    return CustomerNotice(step, Topic.FAILURE, once, write, news_by, offers=True)


def next_word(
    step: Step,
    waits: Mapping[str, Waiting],
    told: Told,
    sent: Sequence[datetime],
    calls: Unanswered | None,
    now: datetime,
) -> CustomerNotice:
    """What is true when the promised hour comes: who has it, or that nobody has."""
    case, url = step.case, notices.page_url(step.case)
    otherwise = outlook.as_read(case, step.policy, waits, now)
    once = f"news:{case.news_by.timestamp():.0f}" if case.news_by else "news"
    if case.kind is CaseKind.HELD and not outlook.asked(waits):
        message = texts.still_held(case, url, otherwise)
        return CustomerNotice(step, Topic.REMINDER, once, says(message))
    news_by = outlook.next_news(case, step.policy, sent, now)
    if outlook.asked(waits):
        write = partial(texts.deciding, case, url, late=outlook.late(waits))
        return CustomerNotice(step, Topic.DECIDING, once, write, news_by)
    call_by = outlook.call_by(calls.again, now) if calls else None
    if told.nothing_new < BELIEVED and calls:
        write = partial(texts.nobody_yet, case, url, otherwise=otherwise, calls=calls.calls)
        return CustomerNotice(step, Topic.NOBODY, once, write, news_by, call_by=call_by)
    if told.nothing_new < BELIEVED:
        write = partial(texts.still_working, case, url, otherwise=otherwise)
        return CustomerNotice(step, Topic.NEWS, once, write, news_by)
    in_vain = calls.calls if calls else None
    write = partial(texts.stalled, case, url, otherwise=otherwise, calls=in_vain)
    news_by = outlook.next_news(case, step.policy, sent, now, every=2)
    return CustomerNotice(step, Topic.STALLED, once, write, news_by, call_by=call_by)


def missed(
    step: Step,
    waits: Mapping[str, Waiting],
    told: Told,
    sent: Sequence[datetime],
    now: datetime,
    *,
    what: Missed,
) -> CustomerNotice:
    """That what was booked did not happen, before the customer has to ask."""
    case, url = step.case, notices.page_url(step.case)
    otherwise = outlook.as_read(case, step.policy, waits, now)
    match what.how:
        case How.NOT_CONFIRMED if what.pickup:
            write = partial(texts.pickup_not_confirmed, case, url, otherwise=otherwise)
        case How.NOT_COLLECTED:
            write = partial(texts.not_collected, case, url, otherwise=otherwise)
        case How.NOT_CONFIRMED:
            write = partial(texts.not_confirmed, case, url, otherwise=otherwise)
        case How.TRIED:
            reason = what.reason
            write = partial(texts.tried_again, case, url, otherwise=otherwise, reason=reason)
        case How.NOT_BACK:
            write = partial(returned.not_back, case, url, otherwise=otherwise)
        case How.NOT_THERE:
            sorry = not told.apologised
            write = partial(texts.promise_broken, case, url, otherwise=otherwise, sorry=sorry)
    news_by = outlook.next_news(case, step.policy, sent, now)
    once = f"broken:{case.round}"
    return CustomerNotice(step, Topic.PROMISE, once, write, news_by, offers=True)


def says(message: RenderedMessage) -> Callable[[Promise | None], RenderedMessage]:
    """What says nothing of the next news."""
    return lambda _: message


def call_supervisor(conn: Connection, case: Case, now: datetime) -> None:
    """Call the person in charge about the promise that comes due with nothing to say.

    That is a rule of the house and in no policy, so it is armed here: a case that runs by an older
    one needs it as well.
    """
    promised = [p for p in promises.of_case(conn, case.id) if p.kind is promises.Kind.NEWS]
    data = {"about": promised[-1].id}
    chain.arm(conn, [chain.NewStep(case.id, CALL_SUPERVISOR.name, now, data)])
