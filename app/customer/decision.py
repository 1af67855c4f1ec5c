"""What only the shipper can decide: they are asked, and the customer knows who decides."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from app.cases import service as cases
from app.cases.model import CaseKind, Resolution
from app.cases.timeline.facts import HandedOver
from app.cases.timeline.kinds import Topic
from app.chain import service as chain
from app.chain.step import Again, Step
from app.channels import service as channels
from app.channels.rules import has_room
from app.customer import notices, outlook, texts
from app.db.connection import Connection
from app.decisions import service as decisions
from app.promises import service as promises

_AT_ONCE = timedelta(minutes=10)
"""Whoever was told what happened so shortly before was told who decides by the same message."""


def ask(conn: Connection, step: Step, now: datetime) -> Again | None:
    """Ask the shipper once more, and when to come back; None once there is no use in asking."""
    case = step.case
    if case.kind is CaseKind.HELD and case.return_by is not None and now < case.return_by:
        return Again(case.return_by, {})  # until then the customer can collect it
    asked = decisions.ask(conn, case, step.policy.body, now)
    if asked is None:
        message = texts.handed_over(case)
        draft = notices.draft(
            case, step.policy, "handed_over", "handed_over", message, needs_case="any"
        )
        channels.enqueue(conn, [draft], now)
        cases.note(conn, [cases.Entry(case.id, HandedOver())], now)
        promises.keep(conn, [case.id], promises.Kind.NEWS, "handed_over", now)
        chain.close(conn, case, Resolution.HANDED_TO_SHIPPER, "reknock", now)
        return None
    late = asked.decision.overdue_at is not None
    sent = channels.unasked(conn, [case.id], now)[case.id]
    just_told = bool(sent) and now - sent[-1] < _AT_ONCE
    room = has_room(
        sent, outlook.allowance(step.policy, case.parcel.address), now
    )  # else the next news says it
    otherwise = _read_otherwise(step)
    if asked.news and case.informed_at and (room or otherwise) and not just_told:
        notice = notices.CustomerNotice(
            step,
            Topic.DECIDING,
            f"deciding:{asked.decision.id}:{late}",
            partial(texts.deciding, case, notices.page_url(case), late=late),
            outlook.next_news(case, step.policy, sent, now),
        )
        notices.enqueue(conn, [notice], now)
    return Again(asked.next, {**step.data, "asked": asked.decision.asked, "late": late})


def _read_otherwise(step: Step) -> bool:
    """Whether the customer was told until now that we would book for them."""
    first = not step.data.get("asked")
    return first and step.case.kind is CaseKind.FAILED and not outlook.in_vain(step.data)
