"""What messages and opt-outs make of what providers tell.

Receipts may come twice and in any order; a message only moves forward. A reply is written
into its case once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import structlog

from app.cases import service as cases
from app.cases.timeline.facts import CustomerReply
from app.cases.timeline.kinds import Actor
from app.chain import service as chain
from app.channels import routing, service, store
from app.channels.heard import Fact, OptInWord, OptOutWord, Receipt, Receiver, Reply
from app.db.connection import Connection

log = structlog.get_logger(__name__)

_LONGEST = 1600  # characters; a provider joins no more into one text message


def receipt(conn: Connection, fact: Receipt, now: datetime) -> None:
    """The message moves forward, or goes another way."""
    message_id = fact.message_id
    if message_id is None and fact.provider_id is not None:
        message_id = store.by_provider(conn, fact.provider, fact.provider_id)
    if message_id is None:
        log.warning("receipt_without_message", provider=fact.provider)
        return
    update = routing.DeliveryUpdate(
        state=fact.state, why=fact.why, provider=fact.provider, provider_id=fact.provider_id
    )
    routing.settle(conn, message_id, update, now)


def opt_out(conn: Connection, fact: OptOutWord, now: datetime) -> None:
    """This person wants nothing more by this channel."""
    service.opt_out(conn, fact.channel, fact.sender, "reply", now)


def opt_in(conn: Connection, fact: OptInWord, now: datetime) -> None:  # noqa: ARG001
    """This person wants messages again."""
    service.opt_in(conn, fact.channel, fact.sender)


def reply(conn: Connection, fact: Reply, now: datetime) -> None:
    """Write a customer's words into the case they were written to about, once."""
    case_id = service.case_of(conn, fact.channel, fact.sender)
    case = cases.lock(conn, case_id) if case_id is not None else None
    if case is None:
        log.warning("reply_without_case", provider=fact.provider)
        return
    if store.reply_known(conn, case.id, fact.provider_id):
        return
    words = fact.words[:_LONGEST]
    facts = CustomerReply(words=words, channel=fact.channel, provider_id=fact.provider_id)
    cases.note(conn, [cases.Entry(case.id, facts, Actor.CUSTOMER)], now)
    if not case.closed:
        chain.follow(conn, [chain.Happened(case, "reply", "words")], now)
    log.info("reply", case_id=case.id, request_id=case.request_id)


RECEIVERS: Mapping[type[Fact], Receiver] = {
    Receipt: receipt,
    OptOutWord: opt_out,
    OptInWord: opt_in,
    Reply: reply,
}
