"""Replay of quarantined bodies: through the same door, without the signature check.

They were authentic when they came, and only what is authentic is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import psycopg
import structlog
from werkzeug.datastructures import Headers

from app import clock, json_body
from app.chain import wake
from app.db.connection import connection, transaction
from app.errors import Problem
from app.intake import accounts, service, store
from app.intake.couriers import adapter
from app.intake.event import Account, Event, Incoming, Unreadable

log = structlog.get_logger(__name__)


def replay(event_id: int) -> str:
    """Read one again; what became of it, `quarantined` if it still cannot be read.

    Idempotent, also when two do it at once: one that was taken meanwhile stays as it is.

    Raises:
        Problem: 404, there is no such event.
        VaultLocked: SECRET_KEY is not the one its account was stored with.
    """
    row = store.event(connection(), event_id)
    account = accounts.find(row["account"]) if row else None
    if row is None or account is None:
        raise Problem(404, "no_such_event", f"There is no event {event_id}.")
    if row["outcome"] != "quarantined":
        return str(row["outcome"])
    raw = bytes(row["body"])
    incoming = Incoming(
        headers=cast("Mapping[str, str]", Headers(row["headers"] or {})),
        query={},
        raw=raw,
        received_at=row["received_at"],
    )
    try:
        events = adapter(account.courier).translate(json_body.parse(raw), account, incoming)
        outcome = _again_if_broken(event_id, account, events, raw, row["request_id"])
    except (Unreadable, Problem) as error:
        return _stays(event_id, str(error))
    except (psycopg.DataError, UnicodeError) as error:
        return _stays(event_id, f"cannot be stored: {error}")
    except psycopg.Error:
        raise
    except Exception as error:  # an adapter's mistake in one body must not hold up the others
        log.exception("adapter_failed", courier=account.courier)
        return _stays(event_id, f"adapter failed: {error!r}")
    if outcome == "accepted":
        wake.soon()
    return outcome


def _again_if_broken(
    event_id: int, account: Account, events: list[Event], raw: bytes, request_id: str
) -> str:
    """Once more when the connection was stale or a webhook with the same event was first."""
    try:
        return _take(event_id, account, events, raw, request_id)
    except (psycopg.OperationalError, psycopg.errors.UniqueViolation):
        return _take(event_id, account, events, raw, request_id)


def _take(event_id: int, account: Account, events: list[Event], raw: bytes, request_id: str) -> str:
    with transaction() as conn:
        told = store.lock_event(conn, event_id)
        if told != "quarantined":
            return told
        if not events:
            store.set_aside(conn, event_id)
            return "ignored"
        # The first takes the quarantined row's place; a body of several adds rows for the rest.
        outcomes = [
            store.take(
                conn,
                account,
                event,
                raw,
                clock.now(),
                request_id,
                event_id if number == 0 else None,
            ).outcome
            for number, event in enumerate(events)
        ]
    return min(outcomes, key=lambda outcome: service.RANK[outcome])


def _stays(event_id: int, fault: str) -> str:
    with transaction() as conn:
        store.still_unreadable(conn, event_id, service.storable(fault))
    return "quarantined"
