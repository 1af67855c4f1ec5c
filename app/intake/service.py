"""The courier's door: verify, read, keep. Nothing authentic is lost, nothing else is kept."""

from __future__ import annotations

import hashlib
from datetime import datetime

import psycopg
import structlog

from app import clock, json_body
from app.chain import wake
from app.db import connection as db
from app.intake import codes, store
from app.intake.couriers import adapter
from app.intake.event import Account, Event, Incoming, Unreadable
from app.intake.store import Taken

log = structlog.get_logger(__name__)

# What a replay needs beside the body; signatures and tokens are never among it.
_HEADERS = ("webhook-id", "webhook-timestamp", "content-type", "as-webhook-version")
RANK = {"accepted": 0, "duplicate": 1, "ignored": 2}


def receive(account: Account, incoming: Incoming, request_id: str) -> Taken:
    """Take one webhook; what is answered is committed.

    Raises:
        SignatureRefused: it is not from the courier; nothing was kept.
        Problem: 400, it is not JSON.
        psycopg.OperationalError: the database is away; the courier shall try again.
    """
    adapter(account.courier).verify(account, incoming)
    return take(account, incoming, request_id)


def take(account: Account, incoming: Incoming, request_id: str) -> Taken:
    """The same for what is known to be the courier's."""
    body = json_body.parse(incoming.raw)
    try:
        events = adapter(account.courier).translate(body, account, incoming)
    except Unreadable as error:
        return _quarantine(account, incoming, request_id, str(error))
    except Exception as error:  # an adapter's mistake must not lose the courier's words
        log.exception("adapter_failed", courier=account.courier)
        return _quarantine(account, incoming, request_id, f"adapter failed: {error!r}")
    now = clock.now()
    try:
        taken = again_if_broken(account, events, incoming.raw, now, request_id)
    except (psycopg.DataError, UnicodeError) as error:
        return _quarantine(account, incoming, request_id, f"cannot be stored: {error}")
    if taken.outcome == "accepted":
        wake.soon()
    if taken.outcome != "duplicate":
        codes.count(account, events)
    return taken


def again_if_broken(
    account: Account, events: list[Event], raw: bytes, now: datetime, request_id: str
) -> Taken:
    """Take the events; once more when the connection was stale or another was first.

    A single event goes with those of other threads, or alone when that fails. Safe to repeat: an
    event that was committed before its answer got lost is a duplicate.
    """
    if len(events) == 1:
        taken = store.take_together(account, events[0], raw, now, request_id)
        if taken is not None:
            return taken
    try:
        return _take(account, events, raw, now, request_id)
    except (psycopg.OperationalError, psycopg.errors.UniqueViolation):
        return _take(account, events, raw, now, request_id)


def _take(
    account: Account, events: list[Event], raw: bytes, now: datetime, request_id: str
) -> Taken:
    conn = db.connection()
    if len(events) == 1:
        return store.take(conn, account, events[0], raw, now, request_id)
    if not events:
        return store.keep(conn, account, digest(raw), raw, "ignored", now, request_id)
    with db.transaction() as conn:
        taken = [store.take(conn, account, event, raw, now, request_id) for event in events]
    return min(taken, key=lambda one: RANK[one.outcome])


def _quarantine(account: Account, incoming: Incoming, request_id: str, fault: str) -> Taken:
    log.warning("quarantined", account=account.slug, courier=account.courier, fault=fault)
    also = getattr(adapter(account.courier), "headers_read", lambda _: ())(account)
    headers = {name: value for name in (*_HEADERS, *also) if (value := incoming.headers.get(name))}
    return store.keep(
        db.connection(),
        account,
        digest(incoming.raw),
        incoming.raw,
        "quarantined",
        clock.now(),
        request_id,
        storable(fault),
        headers,
    )


def storable(fault: str) -> str:
    """Why a body is in quarantine, as the database can hold it, whatever stood in the body."""
    return fault[:500].replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def digest(raw: bytes) -> str:
    """The key of a body that names no event."""
    return "sha256:" + hashlib.sha256(raw).hexdigest()
