"""Courier accounts as intake needs them: unsealed, and remembered for a few seconds."""

from __future__ import annotations

import time

import orjson

from app.access import vault
from app.db.connection import connection
from app.directory import store
from app.intake.event import Account

_KEEP = 5.0  # seconds until a changed secret is known everywhere

_known: dict[str, tuple[float, Account]] = {}


def find(slug: str) -> Account | None:
    """The account with this slug; None if there is none.

    Raises:
        psycopg.OperationalError: the database is away and the account is not remembered.
        VaultLocked: SECRET_KEY is not the one its secrets were stored with.
    """
    known = _known.get(slug)
    if known is not None and time.monotonic() - known[0] < _KEEP:
        return known[1]
    row = store.account(connection(), slug)
    if row is None:
        _known.pop(slug, None)
        return None
    account = Account(
        id=row["id"],
        slug=row["slug"],
        courier=row["courier"],
        shipper_id=row["shipper_id"],
        depot_id=row["depot_id"],
        secrets=tuple(vault.unseal(secret) for secret in row["secrets"]),
        headers=orjson.loads(vault.unseal(row["headers"])) if row["headers"] else {},
        config=row["config"],
        timezone=row["timezone"],
    )
    _known[slug] = (time.monotonic(), account)
    return account


def forget() -> None:
    """Forget all of them, for a process that changes accounts itself."""
    _known.clear()
