"""What couriers post: verified, read, committed. Nothing authentic is lost, nothing else kept."""

from __future__ import annotations

from functools import partial

import orjson
import psycopg
import structlog

from app import clock, json_body
from app.chain import wake
from app.errors import Problem
from app.intake import bodies, codes, other, returns, store
from app.intake.couriers import adapter
from app.intake.event import Account, Event, Incoming, Message, SignatureRefused, Unreadable
from app.intake.store import Taken

log = structlog.get_logger(__name__)

# What a replay needs beside the body; signatures and tokens are never among it.
_HEADERS = (
    *("webhook-id", "webhook-timestamp", "as-webhook-version"),
    *("content-type", "content-encoding"),
)

SMALL = 16 * 1024
"""Bytes of a body that is read in the event loop, where all others wait meanwhile."""

LIMIT = 256 * 1024
"""Bytes of a body that is read; a larger one is kept for people to look at."""


def receive(account: Account, incoming: Incoming, request_id: str) -> Taken:
    """Take one webhook; what is answered is committed.

    Raises:
        SignatureRefused: it is not from the courier; nothing was kept.
        Problem: 400, it is not JSON; 413, it is too large. It is kept all the same.
        psycopg.OperationalError: the database is away; the courier shall try again.
    """
    verify(account, incoming)
    if not incoming.raw:
        raise json_body.NotJson("it is empty")
    message = Message(account=account, incoming=incoming, request_id=request_id)
    taken = take(message)
    if message.refusal is not None:
        raise message.refusal
    return taken


def take(message: Message) -> Taken:
    """The same for what is known to be the courier's, also a quarantined body that is read again.

    Raises:
        psycopg.OperationalError: the database is away.
    """
    try:
        message.events = _read(message)
        now = clock.now()
        warn = None
        if any(event.reason == returns.REASON for event in message.events):
            warn = partial(returns.warn, account=message.account, events=message.events, now=now)
        taken = store.take(message, now, warn)
    except (Unreadable, Problem, psycopg.DataError, UnicodeError) as error:
        _set_aside(message, error)
        taken = store.take(message, clock.now())
    if taken.outcome == "accepted":
        wake.soon()
    if taken.outcome != "duplicate":
        codes.count(message.account, message.events)
    return taken


async def take_at_once(account: Account, incoming: Incoming, request_id: str) -> Taken | None:
    """Take in an event loop what needs nothing but to be written; most webhooks are such.

    None for everything else, which `receive` is to take: what is not believed, not read, not news,
    or would hold others up.
    """
    courier = adapter(account.courier)
    if len(incoming.raw) > SMALL or getattr(courier, "FETCHES_KEYS", False):
        return None
    message = Message(account=account, incoming=incoming, request_id=request_id)
    try:
        courier.verify(account, incoming)
        message.events = bodies.read(orjson.loads(incoming.raw), account, incoming)
        if len(message.events) != 1 or message.events[0].reason == returns.REASON:
            return None
        taken = await store.take_at_once(message, clock.now())
    except Exception:  # noqa: BLE001 - `receive` will say and count it
        return None
    if taken is None or taken.outcome not in {"accepted", "ignored"}:
        return None
    if taken.outcome == "accepted":
        wake.soon()
    codes.count(account, message.events)
    return taken


def _read(message: Message) -> list[Event]:
    account = message.account
    if len(message.incoming.raw) > LIMIT:
        raise Problem(413, "request_entity_too_large", f"A body may have {LIMIT} bytes at most.")
    incoming, body = bodies.opened(message.incoming)
    try:
        if events := bodies.read(body, account, incoming):
            return events
    except Unreadable:
        raise
    except Exception as error:  # an adapter's mistake must not lose the courier's words
        log.exception("adapter_failed", courier=account.courier)
        raise Unreadable(f"adapter failed: {error!r}") from error
    other.count(account, body)
    return []


def _set_aside(message: Message, error: Exception) -> None:
    """Mark the message for the quarantine, and say why in a form that the database can hold."""
    known = isinstance(error, Unreadable | Problem)
    fault = str(error) if known else f"cannot be stored: {error}"
    message.refusal = error if isinstance(error, Problem) else None
    account, given = message.account, message.incoming.headers
    log.warning("quarantined", account=account.slug, courier=account.courier, fault=fault)
    also = getattr(adapter(account.courier), "headers_read", lambda _: ())(account)
    message.events = []
    message.fault = fault[:500].replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    message.headers = {name: value for name in (*_HEADERS, *also) if (value := given.get(name))}


def verify(account: Account, incoming: Incoming) -> None:
    """Check that the courier sent it: some sign what they compressed, some sign it before.

    Raises:
        SignatureRefused: it cannot be shown.
    """
    try:
        adapter(account.courier).verify(account, incoming)
    except SignatureRefused:
        try:
            plain = bodies.unpacked(incoming)
        except Unreadable:
            plain = incoming
        if plain is incoming:
            raise
        adapter(account.courier).verify(account, plain)
