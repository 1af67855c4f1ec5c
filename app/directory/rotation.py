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
from app.errors import Problem

LONGEST = timedelta(days=90)
"""A secret that is kept longer was not replaced."""


def rotate_secret(conn: Connection, slug: str, secret: str, keep: timedelta, now: datetime) -> None:
    """Let `secret` be the newest; what was valid before stays so for `keep`, never longer.

    Run again it changes nothing, except that a shorter `keep` counts.

    Raises:
        Problem: 404, there is no such account.
        VaultLocked: SECRET_KEY is not the one its secrets were stored with.
    """
    row = _lock(conn, slug)
    if _replace(conn, row["id"], "secret", row["secrets"], secret, keep, now):
        conn.execute(
            "UPDATE courier_accounts SET secrets = %s WHERE id = %s",
            [[vault.seal(secret)], row["id"]],
        )


def rotate_headers(
    conn: Connection, slug: str, headers: Mapping[str, str], keep: timedelta, now: datetime
) -> None:
    """The same for static headers; those that are not among `headers` stay as they are."""
    row = _lock(conn, slug)
    sealed = [row["headers"]] if row["headers"] else []
    before = orjson.loads(vault.unseal(sealed[0])) if sealed else {}
    after = headers_text(before | dict(headers))
    if _replace(conn, row["id"], "headers", sealed if before else [], after, keep, now):
        conn.execute(
            "UPDATE courier_accounts SET headers = %s WHERE id = %s",
            [vault.seal(after), row["id"]],
        )


def headers_text(headers: Mapping[str, str]) -> str:
    """Static headers as they are sealed; the same headers are the same text."""
    return orjson.dumps(dict(headers), option=orjson.OPT_SORT_KEYS).decode()


def former(conn: Connection, account_id: int, now: datetime) -> list[dict[str, Any]]:
    """What is still valid besides the newest: `kind, sealed, until`, the newest first."""
    return conn.execute(
        """SELECT kind, sealed, until FROM former_credentials
            WHERE account_id = %s AND until > %s ORDER BY until DESC, id DESC""",
        [account_id, now],
    ).fetchall()


def former_until(conn: Connection, now: datetime) -> dict[int, datetime]:
    """By account id: until when something former is valid, where there is such a thing."""
    rows = conn.execute(
        """SELECT account_id, max(until) AS until FROM former_credentials
            WHERE until > %s GROUP BY account_id""",
        [now],
    )
    return {row["account_id"]: row["until"] for row in rows}


def forget_former(conn: Connection, account_id: int) -> None:
    """Nothing former is valid any more."""
    conn.execute("DELETE FROM former_credentials WHERE account_id = %s", [account_id])


def _lock(conn: Connection, slug: str) -> dict[str, Any]:
    row = conn.execute(
        "SELECT id, secrets, headers FROM courier_accounts WHERE slug = %s FOR UPDATE", [slug]
    ).fetchone()
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
    conn.execute(
        """UPDATE former_credentials SET until = least(until, %s)
            WHERE account_id = %s AND kind = %s""",
        [until, account_id, kind],
    )
    texts = [vault.unseal(sealed) for sealed in valid]
    for text, sealed in zip(texts, valid, strict=True):
        if text != fresh:
            conn.execute(
                """INSERT INTO former_credentials (account_id, kind, sealed, until)
                   VALUES (%s, %s, %s, %s)""",
                [account_id, kind, sealed, until],
            )
    # What is valid for good again needs no end, and what has ended need not be kept.
    rows = conn.execute(
        "SELECT id, sealed, until FROM former_credentials WHERE account_id = %s AND kind = %s",
        [account_id, kind],
    ).fetchall()
    for row in rows:
        if row["until"] <= now or vault.unseal(row["sealed"]) == fresh:
            conn.execute("DELETE FROM former_credentials WHERE id = %s", [row["id"]])
    return texts != [fresh]
