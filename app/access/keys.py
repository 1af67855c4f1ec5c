"""API keys: made once, shown once, kept only as a digest."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import g, request

from app.access import store
from app.db.connection import Connection, connection
from app.errors import Problem

ROLES = ("shipper", "dispatcher", "admin")
_PREFIX = "rk_"

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, by the key that was shown."""

    role: str
    name: str
    shipper_id: int | None
    person_id: int | None


def digest(key: str) -> bytes:
    """What is stored of a key; keys have 256 random bits, so a plain digest suffices."""
    return hashlib.sha256(key.encode()).digest()


def create(
    conn: Connection,
    role: str,
    name: str,
    shipper_id: int | None,
    person_id: int | None,
    now: datetime,
) -> str:
    """Make a key and return it; it cannot be read again later."""
    key = _PREFIX + secrets.token_urlsafe(32)
    store.add_key(conn, digest(key), role, name, shipper_id, person_id, now)
    return key


def find(conn: Connection, key: str) -> Caller | None:
    """Who a key belongs to; None when it is unknown or revoked."""
    row = store.caller_by_digest(conn, digest(key))
    return Caller(**row) if row else None


def row_id(conn: Connection, key: str) -> int | None:
    """The id of a key's row, for a session to remember; None when it is unknown or revoked."""
    return store.key_id(conn, digest(key))


def by_row(conn: Connection, key_id: int) -> Caller | None:
    """Who the key in this row belongs to; None when it is gone or revoked."""
    row = store.caller_by_id(conn, key_id)
    return Caller(**row) if row else None


def require(*roles: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only these roles call a view; an admin's key opens everything.

    The view finds the caller with `caller()`.

    Raises:
        Problem: 401 without a valid key, 403 with one of another role.
    """

    def wrap(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            scheme, _, key = request.headers.get("Authorization", "").partition(" ")
            found = find(connection(), key.strip()) if scheme.lower() == "bearer" else None
            if found is None:
                raise Problem(
                    401,
                    "key_needed",
                    "Send a valid API key as `Authorization: Bearer …`.",
                    headers={"WWW-Authenticate": "Bearer"},
                )
            if found.role != "admin" and found.role not in roles:
                raise Problem(
                    403, "not_allowed", f"This needs a key with the role {' or '.join(roles)}."
                )
            g.caller = found
            return view(*args, **kwargs)

        return guarded

    return wrap


def caller() -> Caller:
    """Who is calling; only inside a view guarded by `require`."""
    found: Caller = g.caller
    return found
