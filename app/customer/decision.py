"""Asking the shipper for what only they can decide: a replacement, or the money back."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.cases import service as cases
from app.cases.model import CaseKind, Resolution
from app.cases.timeline.facts import DecisionRequested, HandedOver
from app.chain import service as chain
from app.chain.step import Again, Step
from app.channels import service as channels
from app.customer import notices, texts
from app.db.connection import Connection
from app.promises import service as promises
from app.shipments.reachable import check_email

_EVERY = timedelta(days=1)
_TIMES = 3


def ask(conn: Connection, step: Step, now: datetime) -> Again | None:
    """Ask the shipper once more, and when to come back; None once it was handed over to them."""
    case, asked = step.case, step.data.get("asked", 0)
    if case.kind is CaseKind.HELD and case.return_by is not None and now < case.return_by:
        return Again(case.return_by, {"asked": asked})  # until then the customer can collect it
    if asked >= _TIMES:
        message = texts.handed_over(case)
        draft = notices.draft(
            case, step.policy, "handed_over", "handed_over", message, needs_case="any"
        )
        channels.enqueue(conn, [draft], now)
        cases.note(conn, [cases.Entry(case.id, HandedOver())], now)
        promises.keep(conn, [case.id], promises.Kind.NEWS, "handed_over", now)
        chain.close(conn, case, Resolution.HANDED_TO_SHIPPER, "reknock", now)
        return None
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
    return Again(now + _EVERY, {"asked": asked + 1})
