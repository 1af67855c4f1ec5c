"""Write back by the way they wrote, at once."""

from __future__ import annotations

from datetime import datetime

from app.booking.service import Booking, BookingKind
from app.cases import speech
from app.cases.model import Case
from app.channels import service as channels
from app.channels.heard import Reply
from app.channels.service import Draft, Route
from app.customer import notices
from app.customer.parts import RenderedMessage
from app.customer.understood import store
from app.customer.understood.lists import Listed
from app.customer.understood.store import Offer
from app.db.connection import Connection
from app.promises import service as promises
from app.promises.service import Kind, Promise

_TOPIC = "reply"


def tell(
    conn: Connection,
    case: Case,
    fact: Reply,
    message: RenderedMessage,
    now: datetime,
    *,
    others: bool = True,
) -> str:
    """Write back by the way they wrote, at any hour: they are awake, and wait.

    Where that fails it goes by the `others` of the recipient.
    """
    key = f"case-{case.id}:{_TOPIC}:{fact.provider}:{fact.provider_id}"
    draft = Draft(
        case_id=case.id,
        audience="customer",
        topic=_TOPIC,
        idempotency_key=key,
        routes=[Route(fact.channel, fact.sender), *(notices.routes(case) if others else ())],
        subject=message.subject,
        text=message.text,
        hint=message.hint or None,
        needs_case="any",
        language=speech.of(case).code,
        request_id=case.request_id,
    )
    channels.enqueue(conn, [draft], now)
    return key


def offer(
    conn: Connection,
    case: Case,
    fact: Reply,
    message: RenderedMessage,
    listed: Listed,
    now: datetime,
) -> None:
    """Write back what can be chosen by number, and remember which number was what."""
    key = tell(conn, case, fact, message, now)
    if listed.choices:
        store.offer(conn, [Offer(case.id, key, "choices", listed.choices, "", now)])


def hour(conn: Connection, of: Booking) -> Promise:
    """By when what is booked comes, or is ready."""
    kind = Kind.READY if of.kind is BookingKind.PICKUP else Kind.WINDOW
    made = promises.of_case(conn, of.case_id)
    return next(p for p in reversed(made) if p.kind is kind and p.about == of.id)
