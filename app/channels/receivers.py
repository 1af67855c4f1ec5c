"""What messages and opt-outs make of what providers tell.

Receipts may come twice and in any order; a message only moves forward. What somebody writes is
remembered once by its provider's id, and of the words STOP and START the newest counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

import structlog

from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import CustomerWord
from app.cases.timeline.kinds import Actor, Word
from app.channels import (
    bounces,
    finding_store,
    heard,
    inbound_store,
    refusals,
    routing,
    rules,
    service,
    store,
)
from app.channels.heard import (
    AutomaticReply,
    Blocked,
    Fact,
    HelpWord,
    Incoming,
    MailReport,
    MaybeOptOut,
    OptInWord,
    OptOutWord,
    Receipt,
    Receiver,
)
from app.contact.refusal import reading
from app.contact.refusal.reading import Meaning
from app.db.connection import Connection

log = structlog.get_logger(__name__)


def receipt(conn: Connection, fact: Receipt, now: datetime) -> None:
    """The message moves forward, or goes another way."""
    message_id = fact.message_id
    if message_id is None and fact.provider_id is not None:
        message_id = finding_store.by_provider(conn, fact.provider, fact.provider_id)
    if message_id is None:
        log.warning("receipt_without_message", provider=fact.provider)
        return
    update = routing.DeliveryUpdate(
        state=fact.state, why=fact.why, provider=fact.provider, provider_id=fact.provider_id
    )
    routing.settle(conn, message_id, update, now)
    if fact.read:
        store.read(conn, message_id, now)
    if fact.price:
        store.priced(conn, message_id, *fact.price)


def opt_out(conn: Connection, fact: OptOutWord, now: datetime) -> None:
    """This person wants nothing more by this channel."""
    case = _case(conn, fact)
    if case is not None and case.booked and not fact.answered and _may_cancel(fact.words):
        heard.tell(conn, MaybeOptOut(**asdict(fact)), now)
        return
    if _remember(conn, fact, Word.OPT_OUT, now):
        refusals.refuse(conn, said(fact), now)


def said(fact: Incoming, *, unclear: bool = False) -> refusals.Said:
    """A refusal, as somebody wrote it."""
    return refusals.Said(
        channel=fact.channel,
        recipient=fact.sender,
        why="reply",
        unclear=unclear,
        words=fact.words,
        provider=fact.provider,
        provider_id=fact.provider_id,
        answered=fact.answered,
    )


def blocked(conn: Connection, fact: Blocked, now: datetime) -> None:
    """Their provider refuses for them: nothing more is tried that way."""
    said = refusals.Said(
        channel=fact.channel,
        recipient=fact.recipient,
        why="provider",
        provider=fact.provider,
        provider_id=fact.code,
        answered=True,
    )
    refusals.refuse(conn, said, now)


def _may_cancel(words: str) -> bool:
    """Whether this may be about the delivery that is booked."""
    return reading.read(words, booked=True) is Meaning.UNCLEAR


def opt_in(conn: Connection, fact: OptInWord, now: datetime) -> None:
    """This person wants messages again."""
    if _remember(conn, fact, Word.OPT_IN, now):
        refusals.lift(conn, fact.channel, fact.sender, "reply", now)


def asked_for_help(conn: Connection, fact: HelpWord, now: datetime) -> None:
    """It stands in the story and waits for nobody."""
    _remember(conn, fact, Word.HELP, now)


def automatic(conn: Connection, fact: AutomaticReply, now: datetime) -> None:
    """A machine wrote: remembered, so that it is heard once, and left alone."""
    if inbound_store.remember(conn, inbound(fact, "automatic", now), now) and fact.report:
        bounces.reported(conn, fact.report, now)


def _remember(conn: Connection, fact: Incoming, word: Word, now: datetime) -> bool:
    """Remember a word and write it into the case; whether it is new and the newest of its kind."""
    case = _case(conn, fact)
    written = inbound(fact, word, now)
    if not inbound_store.remember(conn, written, now):
        return False
    if case is not None:
        facts = CustomerWord(word=word, channel=fact.channel, provider_id=fact.provider_id)
        cases.note(conn, [cases.Entry(case.id, facts, Actor.CUSTOMER)], now)
    return inbound_store.is_newest_word(conn, written)


def _case(conn: Connection, fact: Incoming) -> Case | None:
    """The case, locked: of two deliveries of one message the second one sees the first."""
    case_id = service.case_of(conn, fact.channel, fact.sender)
    return cases.lock(conn, case_id) if case_id is not None else None


def inbound(fact: Incoming, meaning: str, now: datetime) -> inbound_store.Inbound:
    """How a message from somebody is remembered."""
    return inbound_store.Inbound(
        fact.provider,
        fact.provider_id,
        fact.channel,
        rules.normal(fact.channel, fact.sender),
        meaning,
        fact.at or now,
    )


RECEIVERS: Mapping[type[Fact], Receiver] = {
    Receipt: receipt,
    Blocked: blocked,
    MailReport: bounces.reported,
    OptOutWord: opt_out,
    OptInWord: opt_in,
    HelpWord: asked_for_help,
    AutomaticReply: automatic,
}
