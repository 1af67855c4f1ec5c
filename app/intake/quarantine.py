"""Replay of quarantined bodies: through the same door, without the signature check.

They were authentic when they came, and only what is authentic is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from werkzeug.datastructures import Headers

from app import clock
from app.chain import wake
from app.db.connection import connection, transaction
from app.errors import Problem
from app.intake import accounts, service, store
from app.intake.couriers import adapter
from app.intake.event import Incoming, Unreadable


def replay(event_id: int) -> str:
    """Read one again; what became of it, `quarantined` if it still cannot be read.

    Idempotent: one that was taken meanwhile stays as it is.

    Raises:
        Problem: 404, there is no such event.
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
        events = adapter(account.courier).translate(service.parse(raw), account, incoming)
    except (Unreadable, Problem) as error:
        with transaction() as conn:
            store.still_unreadable(conn, event_id, str(error))
        return "quarantined"
    with transaction() as conn:
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
                row["request_id"],
                event_id if number == 0 else None,
            ).outcome
            for number, event in enumerate(events)
        ]
    wake.soon()
    return min(outcomes, key=lambda outcome: service.RANK[outcome])
