"""Providers have copies of what was sent and heard; those that can forget them are asked to.

Each copy is a row with its own time, and a provider that does not answer is asked again, for days.
What a provider cannot forget is said in the proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog

from app import clock
from app.channels import providers
from app.channels.providers.base import Forgetting, Refused
from app.db.connection import Connection, connection, transaction
from app.forgetting import copies_store as store
from app.forgetting.copies_store import Copy

log = structlog.get_logger(__name__)

_AT_ONCE = 20
_LEASE = timedelta(minutes=10)
_WAITS = (
    *(timedelta(minutes=minutes) for minutes in (1, 5, 30)),
    *(timedelta(hours=hours) for hours in (2, 6, 12, 24, 24, 24)),
)
"""Between two tries; after the last one a person has to ask."""


def ask(
    conn: Connection, copies: Sequence[tuple[str, str, str]], others: Sequence[str]
) -> dict[str, Any]:
    """Have `(provider, channel, ref)` forgotten; what the proof says of it, by provider.

    `others` have copies too, by their nature: what they are called, without any id.
    """
    able = _able()
    told: dict[str, Any] = {}
    for name, _, _ in copies:
        whose = told.setdefault(name, {"asked": 0, "cannot": 0})
        whose["asked" if name in able else "cannot"] += 1
    store.ask(conn, [copy for copy in copies if copy[0] in able], clock.now())
    return told | {other: {"asked": 0, "cannot": 1} for other in others}


def some() -> bool:
    """Ask about a few; True when there may be more. Call it outside a transaction."""
    machine = clock.machine_now()
    with transaction() as conn:
        taken = store.take(conn, _AT_ONCE, clock.now(), machine, machine + _LEASE)
    able = _able()
    for copy in taken:
        _one(copy, able.get(copy.provider))
    return len(taken) == _AT_ONCE


def _one(copy: Copy, carrier: Forgetting | None) -> None:
    conn, now = connection(), clock.now()
    why = "provider_is_off"
    if carrier is not None:
        try:
            carrier.forget(copy.channel, copy.ref)
        except Refused as refused:
            why = refused.why
            if refused.permanent:
                _give_up(conn, copy, why)
                return
        else:
            store.forgotten(conn, copy.id, now)
            return
    if copy.tries > len(_WAITS):
        _give_up(conn, copy, why)
    else:
        store.again(conn, copy.id, why, now + _WAITS[copy.tries - 1])


def _give_up(conn: Connection, copy: Copy, why: str) -> None:
    log.error("provider_does_not_forget", provider=copy.provider, why=why)
    store.give_up(conn, copy.id, why, clock.now())


def _able() -> dict[str, Forgetting]:
    """The providers in use that can forget."""
    every = providers.all_chosen()
    return {one.provider.name: one.carrier for one in every if isinstance(one.carrier, Forgetting)}
