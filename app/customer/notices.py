"""Notices to the customer: by which channels they go, and what the case remembers of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.access import links
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import CustomerTold
from app.cases.timeline.kinds import Topic
from app.chain.policy import Policy
from app.chain.step import Step
from app.channels import service as channels
from app.channels.service import Draft, Route
from app.customer.texts import RenderedMessage
from app.db.connection import Connection


def page_url(case: Case) -> str:
    """The address of the customer's page of this case."""
    return links.url("case", case.id)


def routes(case: Case, *, turn: int = 0) -> list[Route]:
    """The customer's channels in order; `turn` 1 begins with the second one, for a reminder."""
    ways = []
    if case.contact_phone:
        ways.append(Route("sms", case.contact_phone))
    if case.contact_email:
        ways.append(Route("email", case.contact_email))
    return ways[turn:] + ways[:turn] if turn < len(ways) else ways


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
) -> Draft:
    """A message to the customer; `key` tells it from all others of this case.

    The recipient is part of the key: whoever supplies a new number or address is told there
    what was told at the old one.
    """
    quiet = policy.body["quiet_hours"]
    ways = routes(case, turn=turn)
    return Draft(
        case_id=case.id,
        audience="customer",
        topic=topic,
        idempotency_key=f"case-{case.id}:{key}:{ways[0].recipient if ways else 'nobody'}",
        routes=ways,
        subject=message.subject,
        text=message.text,
        calendar=calendar,
        needs_case=needs_case,
        not_after=not_after,
        quiet_hours={**quiet, "zone": case.depot.zone} if quiet else None,
        request_id=case.request_id,
    )


class CustomerNotice(NamedTuple):
    """A message that a step has for the customer, and by when it promises the next news.

    None promises no other hour than what the customer was told before.
    """

    step: Step
    draft: Draft
    news_by: datetime | None = None


def enqueue(conn: Connection, notices: Sequence[CustomerNotice], now: datetime) -> None:
    """Queue the notices that are new, note them, and give their steps the cases as they are then.

    A notice that was queued before, or that reaches nobody, promises nothing.
    """
    new = channels.enqueue(conn, [notice.draft for notice in notices], now)
    told = [n for n in notices if n.draft.idempotency_key in new and n.draft.routes]
    informed = cases.informed(conn, [(n.step.case, n.news_by) for n in told], now)
    for notice, case in zip(told, informed, strict=True):
        notice.step.case = case
    notes = [cases.Entry(n.draft.case_id, CustomerTold(topic=Topic(n.draft.topic))) for n in told]
    cases.note(conn, notes, now)
