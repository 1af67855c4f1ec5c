"""The chain step that tells a shipper that a customer sends a parcel back, or no longer does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.access import links
from app.booking import service as booking
from app.booking.service import BookingKind
from app.cases.model import Case
from app.chain.step import TELL_OF_RETURN, Done, Plain, Result, Step, StepType
from app.channels import service as channels
from app.channels import shipper
from app.db.connection import Connection
from app.languages.language import mark


def tell_shipper_of_return(
    conn: Connection, steps: Sequence[Step], now: datetime
) -> list[Result[Plain]]:
    """Tell it once each; that it is off only a shipper who was told that it is wanted."""
    drafts = []
    standing = booking.standings(conn, [step.case.id for step in steps])
    for step in steps:
        stands, last = standing.get(step.case.id), booking.last_return(conn, step.case.id)
        if stands and stands.kind is BookingKind.RETURN:
            drafts.append(_wanted(step.case, stands.id))
        elif last and channels.said(conn, [_key(step.case, last)]) and not step.case.closed:
            drafts.append(_off(step.case, last))
    channels.enqueue(conn, drafts, now)
    return [Done(Plain.DONE) for _ in steps]


def _wanted(case: Case, booking_id: int) -> channels.Draft:
    parcel = case.parcel.label
    text = (
        f"Your customer wants {parcel} sent back to you. We are asking for that, and you need not "
        "do anything for it. When they get their money is for you to decide: "
        f"{links.url('contact', case.id)}"
    )
    return _draft(case, _key(case, booking_id), f"Sent back by your customer: {parcel}", text)


def _off(case: Case, booking_id: int) -> channels.Draft:
    parcel = case.parcel.label
    text = (
        f"{parcel} is not being sent back to you after all. What stands now: "
        f"{links.url('contact', case.id)}"
    )
    return _draft(case, f"{_key(case, booking_id)}:off", f"Not sent back: {parcel}", text)


def _key(case: Case, booking_id: int) -> str:
    return f"case-{case.id}:return:{booking_id}"


def _draft(case: Case, key: str, subject: str, text: str) -> channels.Draft:
    return channels.Draft(
        case_id=case.id,
        audience="shipper",
        topic="return",
        idempotency_key=key,
        routes=shipper.routes(case.shipper),
        subject=subject,
        text=text,
        needs_case="any",
        request_id=case.request_id,
    )


DECLARED = (
    StepType(
        name=TELL_OF_RETURN,
        handler=tell_shipper_of_return,
        outcomes=Plain,
        after_close=True,
        label=mark("tell the shipper whether the customer sends it back"),
    ),
)
