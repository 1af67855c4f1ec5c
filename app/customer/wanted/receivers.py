"""Who took a refusal back, or asks what this is, is answered; unless their provider did that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from app.cases import service as cases
from app.cases import speech
from app.cases.model import Case
from app.channels import refusals
from app.channels import service as channels
from app.channels.heard import Fact, HelpWord, Incoming, OptInWord, Receiver
from app.channels.service import Draft, Route
from app.contact.refusal import reading
from app.contact.refusal.reading import Meaning
from app.customer import notices
from app.customer.parts import RenderedMessage
from app.customer.wanted import texts
from app.db.connection import Connection


def taken_back(conn: Connection, fact: Incoming) -> bool:
    """Whether a bare "yes" of somebody who wants no messages asks for them again."""
    if reading.read(fact.words, stopped=True) is not Meaning.START:
        return False
    return bool(refusals.standing(conn, [(fact.channel, fact.sender)]))


def helped(conn: Connection, fact: HelpWord, now: datetime) -> None:
    """Say who writes, about what, and how to end it."""
    _answer(conn, fact, "help", texts.what_this_is, now)


def wanted_again(conn: Connection, fact: OptInWord, now: datetime) -> None:
    """Say that messages come again."""
    _answer(conn, fact, "start", texts.again, now)


def _answer(
    conn: Connection,
    fact: Incoming,
    word: str,
    write: Callable[[Case, str], RenderedMessage],
    now: datetime,
) -> None:
    """By the way they wrote; the same message is answered once."""
    case_id = channels.case_of(conn, fact.channel, fact.sender)
    case = cases.by_ids(conn, [case_id]).get(case_id) if case_id else None
    if fact.answered or case is None:
        return
    message = write(case, notices.page_url(case))
    draft = Draft(
        case_id=case.id,
        audience="customer",
        topic="help",
        idempotency_key=f"{word}-{fact.provider}:{fact.provider_id}",
        routes=[Route(fact.channel, fact.sender)],
        subject=message.subject,
        text=message.text,
        needs_case="any",
        language=speech.of(case).code,
        request_id=case.request_id,
    )
    channels.enqueue(conn, [draft], now)


RECEIVERS: Mapping[type[Fact], Receiver] = {HelpWord: helped, OptInWord: wanted_again}
