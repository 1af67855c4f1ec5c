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
    """A message about a case, and until when news had been promised before it."""

    case: Case
    draft: Draft
    before: datetime | None


def enqueue(conn: Connection, notices: Sequence[CustomerNotice], now: datetime) -> None:
    """Queue the notices that are new; only they are noted, and only they promise news."""
    new = channels.enqueue(conn, [notice.draft for notice in notices], now)
    told = []
    for case, draft, before in notices:
        if draft.idempotency_key in new and draft.routes:
            told.append((case, draft.topic))
        else:
            case.news_by = before
    _note(conn, told, now)


def _note(conn: Connection, told: Sequence[tuple[Case, str]], now: datetime) -> None:
    """Remember what the customers were told and until when news is promised: `(case, topic)`."""
    if not told:
        return
    conn.execute(
        """UPDATE cases c SET news_by = r.news_by, informed_at = coalesce(c.informed_at, %s),
                  choose_by = r.choose_by,
                  state = CASE WHEN c.state = 'open' THEN 'informed' ELSE c.state END,
                  updated_at = %s
             FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[])
                  AS r(id, news_by, choose_by)
            WHERE c.id = r.id""",
        [
            now,
            now,
            [case.id for case, _ in told],
            [case.news_by for case, _ in told],
            [case.choose_by for case, _ in told],
        ],
    )
    notes = [cases.Entry(case.id, CustomerTold(topic=Topic(topic))) for case, topic in told]
    cases.note(conn, notes, now)
