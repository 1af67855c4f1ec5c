"""Replay of quarantined bodies: taken as any webhook, but without the signature check.

They were authentic when they came, and only what is authentic is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from werkzeug.datastructures import Headers

from app.db.connection import connection
from app.errors import Problem
from app.intake import accounts, quarantine_store, service
from app.intake.event import Incoming, Message


def replay(event_id: int) -> str:
    """Read one again; what became of it, `quarantined` if it still cannot be read.

    Idempotent, also when two do it at once: one that was taken meanwhile stays as it is.

    Raises:
        Problem: 404, there is no such event.
        VaultLocked: SECRET_KEY is not the one its account was stored with.
    """
    row = quarantine_store.event(connection(), event_id)
    account = accounts.find(row["account"]) if row else None
    if row is None or account is None:
        raise Problem(404, "no_such_event", f"There is no event {event_id}.")
    if row["outcome"] != "quarantined":
        return str(row["outcome"])
    incoming = Incoming(
        headers=cast("Mapping[str, str]", Headers(row["headers"] or {})),
        query={},
        raw=bytes(row["body"]),
        received_at=row["received_at"],
    )
    message = Message(
        account=account, incoming=incoming, request_id=row["request_id"], replay_of=event_id
    )
    return service.take(message).outcome
