"""Chain steps that tell the customer how a booking stands, with an invitation for the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from urllib.parse import urlsplit

from app.booking import service as booking
from app.booking.service import Booking, BookingKind, BookingState
from app.cases import service as cases
from app.cases import speech
from app.cases.model import Case
from app.cases.timeline.kinds import Topic
from app.chain import policy
from app.chain import service as chain
from app.chain.step import BOOKED, UNBOOKED, Done, Effect, Plain, Result, Step, StepType
from app.channels import service as channels
from app.channels.service import Weight
from app.customer import news, notices, outlook, viewing
from app.customer.bookings import texts
from app.customer.notices import CustomerNotice
from app.customer.understood import store as answered
from app.customer.understood.store import Act
from app.customer.understood.texts import said_back, undo
from app.db.connection import Connection
from app.handover import service as handover
from app.languages.language import mark
from app.languages.said import aloud_of
from app.locality import quiet
from app.promises import service as promises
from app.promises.service import Kind, Promise

_ASKED = "booked:"
"""How the keys of messages begin that say by when it is known whether it is certain."""


class Confirmed(StrEnum):
    """What came of telling the customer that something is booked."""

    CONFIRMED = "confirmed"
    NOTHING_STANDING = "nothing_standing"


def schedule(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Confirmed]]:
    """See that what stands booked is handed over, and tell by when it is certain.

    One handler for `schedule_redelivery` and `schedule_pickup`: the booking says which it is.
    """
    queued: list[CustomerNotice] = []
    booked: list[Case] = []
    results: list[Result[Confirmed]] = []
    standing = booking.standings(conn, [step.case.id for step in steps])
    answers = answered.by_bookings(conn, [stands.id for stands in standing.values()])
    wanted = [(s.case, standing[s.case.id], s.policy) for s in steps if s.case.id in standing]
    begun = handover.begin_all(conn, wanted, now)
    for step in steps:
        stands = standing.get(step.case.id)
        if stands is None:  # changed or dropped meanwhile; what replaced it has its own step
            results.append(Done(Confirmed.NOTHING_STANDING))
            continue
        booked.append(step.case)
        answer = answers.get(stands.id)
        notice = _standing(step, stands, begun[stands.id], now, late=False, answer=answer)
        if not _heard(notice, stands):
            queued.append(notice)
        results.append(Done(Confirmed.CONFIRMED))
    handover.look_after(conn, booked, now)
    notices.enqueue(conn, queued, now)
    return results


def _heard(notice: CustomerNotice, stands: Booking) -> bool:
    """Whether they heard it in the call in which they chose: they are called when it is certain."""
    ways = notices.routes(notice.step.case, notice.topic)
    called = bool(ways) and ways[0].channel == "voice"
    chose = stands.chosen_by is booking.ChosenBy.CUSTOMER
    return called and chose and notice.key.startswith(_ASKED)


def tell_booking(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Tell what became of a booking: confirmed, refused, or not known by the promised hour."""
    queued = []
    for step in steps:
        last = booking.latest(conn, step.case.id)
        if last is not None and last.state is BookingState.STANDING:
            begun = handover.begin(conn, step.case, last, step.policy, now)
            queued.append(_standing(step, last, begun, now, late=True))
        elif last is not None and last.state is BookingState.REFUSED and not step.case.booked:
            handover.ask_days(conn, [step.case], now)
            queued.append(_refused(conn, step, last, now))
        elif last is not None and last.state is BookingState.DROPPED and not step.case.booked:
            queued.append(_cancelled(conn, step, last, now))
    notices.enqueue(conn, queued, now)
    return [Done(Plain.DONE) for _ in steps]


def _standing(
    step: Step,
    stands: Booking,
    begun: handover.Begun,
    now: datetime,
    *,
    late: bool,
    answer: Act | None = None,
) -> CustomerNotice:
    """That it is confirmed, or by when that is known; `late` when it should have been by now.

    What was booked on an `answer` is said back with how to undo it.
    """
    case, link = step.case, notices.page_url(step.case)
    when, weight = hour(stands, begun.promises), _weight(stands, now)
    invited = stands.kind is not BookingKind.RETURN  # nobody waits for that
    if begun.promise is None:
        message, once = texts.confirmed(case, stands, when, link), f"confirmed:{stands.id}"
    elif late:
        message = texts.late(case, stands, when, begun.promise, link)
        once, weight, invited = f"late:{begun.promise.id}", Weight.NEEDED, False
    else:
        courier = bool(begun.courier)
        message = texts.asked(case, stands, when, begun.promise, link, courier=courier)
        once = f"{_ASKED}{stands.id}"
    calendar = _invitation(case, stands, link, now) if invited else None
    if answer:
        text = said_back(case, message.text, undone=answer.restores)
        message = message._replace(text=text, hint="" if answer.restores else undo(case))
    return CustomerNotice(
        step,
        Topic.BOOKING,
        once,
        news.says(message),
        calendar=calendar,
        weight=weight,
    )


def aloud(conn: Connection, case: Case, stands: Booking, now: datetime) -> str:
    """How a booking stands, said in the call in which it was made."""
    begun = handover.begin(conn, case, stands, policy.get(conn, case.policy_id), now)
    when, link, courier = hour(stands, begun.promises), notices.page_url(case), bool(begun.courier)
    if begun.promise is None:
        said = texts.confirmed(case, stands, when, link)
    else:
        said = texts.asked(case, stands, when, begun.promise, link, courier=courier)
    return aloud_of(said.text, speech.of(case))


def _refused(conn: Connection, step: Step, last: Booking, now: datetime) -> CustomerNotice:
    case = step.case
    said, weight = viewing.refused(cases.timeline(conn, case.id)), _weight(last, now)
    waits = chain.ahead(conn, [(case, step.name, Plain.DONE)], now)[0]
    otherwise = (
        outlook.otherwise(case, waits)
        if weight is Weight.ASKED
        else outlook.as_read(case, step.policy, waits, now)
    )
    write = partial(
        texts.refused,
        case,
        last,
        hour(last, promises.of_case(conn, case.id)),
        notices.page_url(case),
        otherwise=otherwise,
        courier=bool(said and said.courier),
        answered=said is None or said.code != handover.UNCONFIRMED,
    )
    sent = channels.unasked(conn, [case.id], now)
    news_by = outlook.next_news(case, step.policy, sent[case.id], now)
    once = f"refused:{last.id}"
    return CustomerNotice(step, Topic.BOOKING, once, write, news_by, weight=weight)


def _weight(of: Booking, now: datetime) -> Weight:
    """Nobody asked for what the policy chose for them: word of it waits for the morning.

    So does word of what they chose so long ago that they may be asleep.
    """
    if of.chosen_by is booking.ChosenBy.POLICY:
        return Weight.NEEDED
    return Weight.ASKED if now - of.created_at < quiet.AWAKE else Weight.AWAITED


def _cancelled(conn: Connection, step: Step, last: Booking, now: datetime) -> CustomerNotice:
    case = step.case
    when = hour(last, promises.of_case(conn, case.id))
    waits = chain.ahead(conn, [(case, step.name, Plain.DONE)], now)[0]
    otherwise = outlook.otherwise(case, waits)
    link = notices.page_url(case)
    answer = answered.by_bookings(conn, [last.id]).get(last.id)
    undone = bool(answer and answer.undone_at)
    write = partial(texts.cancelled, case, last, when, link, otherwise=otherwise, undone=undone)
    sent = channels.unasked(conn, [case.id], now)
    news_by = outlook.next_news(case, step.policy, sent[case.id], now)
    once = f"cancelled:{last.id}"
    return CustomerNotice(step, Topic.BOOKING, once, write, news_by, weight=Weight.ASKED)


def hour(of: Booking, promised: Sequence[Promise]) -> Promise:
    """What was promised of the booking's own time, whatever became of it."""
    kind = Kind.READY if of.kind is BookingKind.PICKUP else Kind.WINDOW
    return next(p for p in reversed(promised) if p.kind is kind and p.about == of.id)


def _invitation(case: Case, stands: Booking, link: str, now: datetime) -> str:
    return booking.calendar(
        stands,
        uid_host=urlsplit(link).hostname or "reknock",
        summary=texts.entry(case, stands),
        description=link,
        now=now,
    )


_CONFIRMS = {
    Confirmed.CONFIRMED: Effect(BOOKED, ahead=frozenset({"news_by"})),
    Confirmed.NOTHING_STANDING: Effect(UNBOOKED),
}

DECLARED = (
    StepType(
        name="schedule_redelivery",
        handler=schedule,
        outcomes=Confirmed,
        effects=_CONFIRMS,
        label=mark("hand over the new delivery and tell the customer"),
    ),
    StepType(
        name="schedule_pickup",
        handler=schedule,
        outcomes=Confirmed,
        effects=_CONFIRMS,
        label=mark("hand over the pickup and tell the customer"),
    ),
    StepType(
        name="tell_booking",
        handler=tell_booking,
        outcomes=Plain,
        label=mark("tell the customer what became of the booking"),
    ),
)
