"""Notices to the customer: by which channels they go, and what the case remembers of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from app.booking import service as booking
from app.cases import own_page, speech
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import CustomerTold
from app.cases.timeline.kinds import Topic
from app.chain import service as chain
from app.chain.policy import Policy
from app.chain.step import Step
from app.channels import customer, exempt, refusals
from app.channels import service as channels
from app.channels.service import UNCOUNTED, Draft, Route, Weight
from app.channels.states import NotSent
from app.contact.refusal import exemption
from app.customer import outlook
from app.customer.parts import RenderedMessage
from app.customer.texts import SORRY
from app.customer.understood import lists
from app.customer.understood import store as offered
from app.customer.understood import texts as said_back
from app.customer.understood.lists import Listed
from app.customer.understood.store import Offer
from app.customer.wanted import exempt as exempt_texts
from app.db.connection import Connection
from app.locality import quiet
from app.promises import service as promises
from app.promises.service import Kind, Promise, Wanted

GIVE_NEWS = "give_news"
"""The step that gives the news which was promised."""


def page_url(case: Case) -> str:
    """The address of the customer's page of this case."""
    return own_page.url(case)


def routes(case: Case, topic: str = "", *, turn: int = 0) -> list[Route]:
    """The customer's channels in order; `turn` 1 begins with the second one, for a reminder."""
    return _from(turn, customer.routes(case, topic))


def _from(turn: int, ways: list[Route]) -> list[Route]:
    return ways[turn:] + ways[:turn] if turn < len(ways) else ways


def _key(case: Case, key: str, turn: int) -> str:
    """The idempotency key: what was told at an old number is told at a new one too."""
    ways = _from(turn, customer.usual(case))
    return f"case-{case.id}:{key}:{ways[0].recipient if ways else 'nobody'}"


def draft(
    case: Case,
    policy: Policy,
    topic: str,
    key: str,
    message: RenderedMessage,
    *,
    turn: int = 0,
    calendar: str | None = None,
    needs_case: str = "open",
    not_after: datetime | None = None,
    weight: Weight = Weight.NEEDED,
) -> Draft:
    """A message to the customer; `key` tells it from all others of this case.

    What they asked for goes at any hour, where the policy says so of its topic.
    """
    house = policy.body["quiet_hours"]
    ways = routes(case, topic, turn=turn)
    rings = bool(ways) and ways[0].channel == "voice"  # a telephone in the night wakes everybody
    exempt = weight is Weight.ASKED and topic in (house or {}).get("any_hour", ()) and not rings
    return Draft(
        case_id=case.id,
        audience="customer",
        topic=topic,
        idempotency_key=_key(case, key, turn),
        routes=ways,
        subject=message.subject,
        text=message.text,
        hint=message.hint or None,
        calendar=calendar,
        needs_case=needs_case,
        not_after=not_after,
        quiet_hours=None if exempt else case.quiet_hours(house),
        weight=weight,
        allowance=outlook.allowance(policy, case.parcel.address),
        room_at=case.news_by and case.news_by - policy.seconds("news_margin"),
        language=speech.of(case).code,
        request_id=case.request_id,
    )


class CustomerNotice(NamedTuple):
    """A message that a step has for the customer, and by when it promises the next news.

    `write` gets that promise, once it is made. None promises no other hour than what the customer
    was told before. `call_by` is promised too: the next call to the depot, which `write` gets as
    `call`.
    """

    step: Step
    topic: Topic
    key: str
    write: Callable[..., RenderedMessage]
    news_by: datetime | None = None
    turn: int = 0
    calendar: str | None = None
    not_after: datetime | None = None
    needs_case: str = "open"
    weight: Weight = Weight.NEEDED
    call_by: datetime | None = None
    offers: bool = False
    """Whether it says what can be chosen, each with the number that answers it."""


def enqueue(conn: Connection, notices: Sequence[CustomerNotice], now: datetime) -> None:
    """Queue the notices that are new, note them, and give their steps the cases as they are then.

    A notice that was queued before, or that reaches nobody, promises nothing.
    """
    keys = [_key(notice.step.case, notice.key, notice.turn) for notice in notices]
    said = channels.said(conn, keys)
    fresh = [notice for notice, key in zip(notices, keys, strict=True) if key not in said]
    rooms = exempt.rooms(conn, [notice.step.case for notice in fresh])
    unheard = _unheard(conn, fresh) | {
        notice.step.case.id: NotSent.EXEMPTION_USED for notice in fresh if _last(notice, rooms, 0)
    }
    fresh = [
        notice._replace(news_by=None, call_by=None) if _last(notice, rooms, 1) else notice
        for notice in fresh
    ]
    fresh = _one_hour(conn, fresh, now)
    heard = [notice for notice in fresh if notice.step.case.id not in unheard]
    promised = _promise(conn, heard, now)
    listed = _listed(conn, [one for one in fresh if one.step.case.id not in rooms], now)
    written = [_draft(notice, promised) for notice in fresh]
    drafts = [
        replace(
            one,
            never=unheard.get(notice.step.case.id),
            hint=_hint(notice, listed) or one.hint,
        )
        for notice, one in zip(fresh, written, strict=True)
    ]
    new = channels.enqueue(conn, drafts, now)
    told = [
        (notice, one)
        for notice, one in zip(fresh, drafts, strict=True)
        if one.idempotency_key in new and one.routes and not one.never
    ]
    offered.offer(conn, _offers(told, listed, now))
    informed = cases.informed(conn, [(n.step.case, n.news_by) for n, _ in told], now)
    for (notice, _), case in zip(told, informed, strict=True):
        notice.step.case = case
    _keep(conn, [notice for notice, _ in told], now)
    notes = [
        cases.Entry(one.case_id, CustomerTold(topic=notice.topic, sorry=_apologises(notice, one)))
        for notice, one in told
    ]
    cases.note(conn, notes, now)


def _one_hour(
    conn: Connection, notices: Sequence[CustomerNotice], now: datetime
) -> list[CustomerNotice]:
    """The same; where an earlier word still waits for the morning, they promise its hour.

    Both are read in one message, and what of it is left out may be what says the later one.
    """
    read = {n.step.case.id: at for n in notices if (at := _read_later(n, now))}
    came = channels.came(conn, sorted(read), now) if read else {}
    wait = [case_id for case_id, at in came.items() if at == now]
    said = {
        promise.case_id: promise.due_at
        for found in (promises.of_cases(conn, wait) if wait else {}).values()
        for promise in found
        if promise.open and promise.kind is Kind.NEWS and promise.due_at > read[promise.case_id]
    }
    return [
        notice._replace(news_by=min(notice.news_by, said[notice.step.case.id]))
        if notice.news_by and notice.step.case.id in said
        else notice
        for notice in notices
    ]


def _read_later(notice: CustomerNotice, now: datetime) -> datetime | None:
    """When somebody who is asleep reads what promises them news."""
    step = notice.step
    if notice.news_by is None or step.name == GIVE_NEWS:
        return None
    return quiet.until(now, step.case.quiet_hours(step.policy.body["quiet_hours"]))


def _listed(
    conn: Connection, notices: Sequence[CustomerNotice], now: datetime
) -> dict[int, Listed]:
    """What those that say so offer, by case."""
    cases_of = {n.step.case.id: n.step.case for n in notices if n.offers}
    found = {}
    for case_id, case in cases_of.items():
        slots = lists.a_few(booking.options(conn, case, now).slots, case.zone)
        if slots:
            found[case_id] = lists.numbered(case, slots)
    return found


def _hint(notice: CustomerNotice, listed: Mapping[int, Listed]) -> str | None:
    case = notice.step.case
    return said_back.hint(case, listed[case.id]) if notice.offers and case.id in listed else None


def _offers(
    told: Sequence[tuple[CustomerNotice, Draft]], listed: Mapping[int, Listed], now: datetime
) -> list[Offer]:
    return [
        Offer(one.case_id, one.idempotency_key, "choices", listed[one.case_id].choices, "", now)
        for notice, one in told
        if notice.offers and one.case_id in listed
    ]


def _unheard(conn: Connection, notices: Sequence[CustomerNotice]) -> dict[int, NotSent]:
    """Whom no way is left to, by case: they are promised nothing that they would not hear."""
    cases_of = {notice.step.case.id: notice.step.case for notice in notices}
    ways = {one.id: (one.shipper_id, routes(one)) for one in cases_of.values()}
    return refusals.unheard(conn, ways)


def _last(notice: CustomerNotice, rooms: Mapping[int, int], left: int) -> bool:
    """Whether they may get no more than so many messages that they did not ask for."""
    case = notice.step.case
    capped = case.id in rooms and case.contact_email is None
    return capped and notice.weight not in UNCOUNTED and rooms[case.id] <= left


def _keep(conn: Connection, told: Sequence[CustomerNotice], now: datetime) -> None:
    """Whoever was promised news hears by then, whatever the policy lets follow.

    The step that gives news comes back by itself.
    """
    arms = []
    for notice in told:
        step = notice.step
        if notice.news_by and step.name != GIVE_NEWS:
            at = max(now, notice.news_by - step.policy.seconds("news_margin"))
            arms.append(chain.NewStep(step.case.id, GIVE_NEWS, at, {}))
    if arms:
        chain.arm(conn, arms)


def _apologises(notice: CustomerNotice, draft: Draft) -> bool:
    return speech.about(notice.step.case)(SORRY) in draft.text


def _promise(
    conn: Connection, notices: Sequence[CustomerNotice], now: datetime
) -> dict[tuple[int, Kind], Promise]:
    """Promise the hours of those notices that are going to be told, by case and kind."""
    wanted = [
        Wanted(n.step.case.id, kind, by)
        for n in notices
        for kind, by in ((Kind.NEWS, n.news_by), (Kind.CALL, n.call_by))
        if by and routes(n.step.case)
    ]
    return {(p.case_id, p.kind): p for p in promises.make(conn, wanted, now, by="message")}


def _draft(notice: CustomerNotice, promised: Mapping[tuple[int, Kind], Promise]) -> Draft:
    case = notice.step.case
    message = _message(notice, promised)
    if allowed := exemption.of(case):
        message = exempt_texts.shortened(case, message, page_url(case), allowed)
    return draft(
        case,
        notice.step.policy,
        notice.topic,
        notice.key,
        message,
        turn=notice.turn,
        calendar=notice.calendar,
        not_after=notice.not_after,
        needs_case=notice.needs_case,
        weight=notice.weight,
    )


def _message(
    notice: CustomerNotice, promised: Mapping[tuple[int, Kind], Promise]
) -> RenderedMessage:
    case = notice.step.case
    more = {"call": promised.get((case.id, Kind.CALL))} if notice.call_by else {}
    return notice.write(promised.get((case.id, Kind.NEWS)), **more)
