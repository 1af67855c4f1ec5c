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
from app.customer.returns import texts
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
            mail = texts.wanted(step.case, links.url("contact", step.case.id))
            drafts.append(_draft(step.case, _key(step.case, stands.id), mail))
        elif last and channels.said(conn, [_key(step.case, last)]) and not step.case.closed:
            mail = texts.off(step.case, links.url("contact", step.case.id))
            drafts.append(_draft(step.case, f"{_key(step.case, last)}:off", mail))
    channels.enqueue(conn, drafts, now)
    return [Done(Plain.DONE) for _ in steps]


def _key(case: Case, booking_id: int) -> str:
    return f"case-{case.id}:return:{booking_id}"


def _draft(case: Case, key: str, mail: shipper.Mail) -> channels.Draft:
    return shipper.about(case, "return", key, mail, "any")


DECLARED = (
    StepType(
        name=TELL_OF_RETURN,
        handler=tell_shipper_of_return,
        outcomes=Plain,
        after_close=True,
        label=mark("tell the shipper whether the customer sends it back"),
    ),
)
