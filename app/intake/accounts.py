"""Courier accounts as intake needs them: unsealed, and remembered for a few seconds."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import structlog

from app import clock
from app.access import vault
from app.db.connection import connection
from app.directory import accounts_store
from app.errors import Problem
from app.intake import mapping
from app.intake.event import Account

log = structlog.get_logger(__name__)

_KEEP = 5.0  # seconds until a changed secret is known everywhere


class _Known(NamedTuple):
    account: Account
    since: float
    ends: datetime | None
    """When the first of its credentials drops out; business time."""


_known: dict[str, _Known] = {}


def remembered(slug: str) -> Account | None:
    """The account with this slug, if it was found within the last seconds."""
    known = _known.get(slug)
    if known is not None and time.monotonic() - known.since < _KEEP:  # noqa: SIM102 - cheap first
        if known.ends is None or clock.now() < known.ends:
            return known.account
    return None


def find(slug: str) -> Account | None:
    """The account with this slug; None if there is none.

    Raises:
        psycopg.OperationalError: the database is away and the account is not remembered.
        VaultLocked: SECRET_KEY is not the one its secrets were stored with.
    """
    if (known := remembered(slug)) is not None:
        return known
    row = accounts_store.account(connection(), slug)
    if row is None:
        _known.pop(slug, None)
        return None
    former = accounts_store.former(connection(), row["id"], clock.now())
    account = unsealed(row, former)
    _known[slug] = _Known(
        account, time.monotonic(), min((f["until"] for f in former), default=None)
    )
    return account


def get(slug: str) -> Account:
    """The account with this slug, for one who posts to its address.

    Raises:
        Problem: 404, there is none; 503, its secrets cannot be read now.
        psycopg.OperationalError: the database is away and the account is not remembered.
    """
    try:
        account = find(slug) if slug.isprintable() else None
    except vault.VaultLocked as error:  # an operator's mistake: the courier must keep trying
        log.error("vault_locked", account=slug, error=str(error))  # noqa: TRY400
        detail = "Nothing was kept. Please send this again."
        raise Problem(503, "vault_locked", detail, headers={"Retry-After": "5"}) from error
    if account is None:
        raise Problem(404, "unknown_account", f"There is no courier account {slug!r}.")
    return account


def unusable() -> dict[str, str]:
    """By slug, the accounts whose couriers are turned away through no fault of theirs: why."""
    conn = connection()
    found = {}
    for listed in accounts_store.accounts(conn):
        row = accounts_store.account(conn, listed["slug"])
        if row is None:
            continue
        try:
            account = unsealed(row, accounts_store.former(conn, row["id"], clock.now()))
            if account.courier == "custom":
                mapping.of(account.config)
        except vault.VaultLocked:
            found[listed["slug"]] = "SECRET_KEY is not the one its secrets were stored with"
        except Problem:
            found[listed["slug"]] = "its mapping cannot be used: see `reknock courier map`"
    return found


def unsealed(row: dict[str, Any], former: list[dict[str, Any]]) -> Account:
    """An account's row as it is read, with what is valid beside its secrets."""
    return Account(
        id=row["id"],
        slug=row["slug"],
        courier=row["courier"],
        shipper_id=row["shipper_id"],
        depot_id=row["depot_id"],
        secrets=tuple(map(vault.unseal, [*row["secrets"], *_of_kind("secret", former)])),
        headers=_headers(row["headers"]) if row["headers"] else {},
        config=row["config"],
        timezone=row["timezone"],
        former_headers=tuple(map(_headers, _of_kind("headers", former))),
    )


def _of_kind(kind: str, former: list[dict[str, Any]]) -> list[bytes]:
    return [credential["sealed"] for credential in former if credential["kind"] == kind]


def _headers(sealed: bytes) -> dict[str, str]:
    headers: dict[str, str] = orjson.loads(vault.unseal(sealed))
    return headers


def forget() -> None:
    """Forget all of them, for a process that changes accounts itself."""
    _known.clear()
