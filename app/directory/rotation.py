"""A courier's credential replaced without losing a message: the former stays valid for a while.

A credential is a secret, or the static headers of a sender that signs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson

from app.access import vault
from app.db.connection import Connection
from app.directory import accounts_store
from app.errors import Problem

LONGEST = timedelta(days=90)
"""A secret that is kept longer was not replaced."""


def rotate_secret(conn: Connection, slug: str, secret: str, keep: timedelta, now: datetime) -> bool:
    """Let `secret` be the newest; what was valid before stays so for `keep`, never longer.

    Run again it changes nothing, except that a shorter `keep` counts; False then.

    Raises:
        Problem: 404, there is no such account.
        VaultLocked: SECRET_KEY is not the one its secrets were stored with.
    """
    row = _lock(conn, slug)
    fresh = _replace(conn, row["id"], "secret", row["secrets"], secret, keep, now)
    if fresh:
        accounts_store.set_secrets(conn, row["id"], [vault.seal(secret)])
    return fresh


def rotate_headers(
    conn: Connection, slug: str, headers: Mapping[str, str], keep: timedelta, now: datetime
) -> bool:
    """The same for static headers; those that are not among `headers` stay as they are."""
    row = _lock(conn, slug)
    sealed = [row["headers"]] if row["headers"] else []
    before = orjson.loads(vault.unseal(sealed[0])) if sealed else {}
    after = headers_text(before | dict(headers))
    fresh = _replace(conn, row["id"], "headers", sealed if before else [], after, keep, now)
    if fresh:
        accounts_store.set_headers(conn, row["id"], vault.seal(after))
    return fresh


def headers_text(headers: Mapping[str, str]) -> str:
    """Static headers as they are sealed; the same headers are the same text."""
    return orjson.dumps(dict(headers), option=orjson.OPT_SORT_KEYS).decode()


def _lock(conn: Connection, slug: str) -> dict[str, Any]:
    row = accounts_store.lock(conn, slug)
    if row is None:
        raise Problem(404, "unknown_account", f"There is no courier account {slug!r}.")
    return row


def _replace(
    conn: Connection,
    account_id: int,
    kind: str,
    valid: list[bytes],
    fresh: str,
    keep: timedelta,
    now: datetime,
) -> bool:
    """Retire what is `valid`, unless it is `fresh` itself; whether `fresh` is new."""
    until = now + keep
    accounts_store.shorten_former(conn, account_id, kind, until)
    texts = [vault.unseal(sealed) for sealed in valid]
    for text, sealed in zip(texts, valid, strict=True):
        if text != fresh:
            accounts_store.add_former(conn, account_id, kind, sealed, until)
    # What is valid for good again needs no end, and what has ended need not be kept.
    for row in accounts_store.former_of_kind(conn, account_id, kind):
        if row["until"] <= now or vault.unseal(row["sealed"]) == fresh:
            accounts_store.delete_former(conn, row["id"])
    return texts != [fresh]
