"""API keys: made once, shown once, kept only as a digest."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import g, request

from app import clock
from app.access import limits, scope, sessions_store, store
from app.access.scope import Sees
from app.db.connection import Connection, connection
from app.errors import Problem
from app.languages.sentence import sentence

ROLES = ("shipper", "dispatcher", "supervisor", "admin")
_ABOVE = {"dispatcher": ("supervisor", "admin"), "supervisor": ("admin",), "shipper": ("admin",)}
"""Who else may do what a role may."""
_PREFIX = "rk_"

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, by the key that was shown or the session that was begun."""

    key_id: int | None
    """None for somebody who signed in without one."""
    role: str
    name: str
    shipper_id: int | None
    person_id: int | None
    depots: list[int] | None
    """Whose cases they see and act on; None: every depot's."""
    session_id: int | None = None
    language: str = ""
    """The code of what they read; empty where they have not said."""

    @property
    def sees(self) -> Sees:
        """Whose things are theirs to see and to act on."""
        return Sees(self.depots, self.shipper_id)

    @property
    def signs(self) -> str:
        """As what they do is remembered: people by name, a shipper's system as the shipper."""
        return self.role if self.shipper_id and not self.person_id else self.name

    def may(self, *roles: str) -> bool:
        """Whether one of these roles, or one above it, is theirs."""
        return self.role in roles or any(self.role in _ABOVE.get(role, ()) for role in roles)


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
    expires_at: datetime | None = None,
    depots: Sequence[int] | None = None,
) -> str:
    """Make a key and return it; it cannot be read again later.

    With `depots` a machine's key opens only the cases of these.
    """
    key = _PREFIX + secrets.token_urlsafe(32)
    store.add_key(conn, digest(key), role, name, shipper_id, person_id, now, expires_at, depots)
    return key


def rotate(conn: Connection, key_id: int, keep: timedelta, now: datetime) -> str:
    """Make a key that may do the same as this one, which stays valid for `keep`.

    One that ends makes one that ends: after as long as this one was made for.

    Raises:
        Problem: 404 there is no such key; 409 it is valid no more.
    """
    row = store.lock_key(conn, key_id)
    if row is None:
        raise Problem(
            404,
            "no_such_key",
            sentence("There is no key {key_id}; see `reknock key list`.", key_id=key_id),
        )
    if row["revoked_at"] or (row["expires_at"] and row["expires_at"] <= now):
        raise Problem(
            409,
            "key_over",
            sentence("Key {key_id} is valid no more: create a new one.", key_id=key_id),
        )
    ends_at = now + (row["expires_at"] - row["created_at"]) if row["expires_at"] else None
    store.expire_key(conn, key_id, now + keep)
    who = row["role"], row["name"], row["shipper_id"], row["person_id"]
    return create(conn, *who, now, ends_at, row["depots"])


def revoke_of_person(conn: Connection, person_id: int, now: datetime) -> int:
    """End all keys of somebody, and what was begun with them; how many there were."""
    return store.revoke_keys(conn, now, person_id=person_id)


def find(conn: Connection, key: str) -> Caller | None:
    """Who a key belongs to; None when it is unknown, revoked or expired."""
    row = store.caller_by_digest(conn, digest(key), clock.now())
    return Caller(**_without_use(row)) if row else None


def use(conn: Connection, key: str) -> Caller | None:
    """The same for somebody who acts with it: that it was used is remembered."""
    return used_by(conn, store.caller_by_digest(conn, digest(key), clock.now()))


def used_by(conn: Connection, row: dict[str, Any] | None) -> Caller | None:
    """The caller of a row that was found; its use is remembered once a minute."""
    if row is None:
        return None
    caller = Caller(**_without_use(row))
    if row["use_is_news"] and caller.key_id is not None:
        store.key_used(conn, caller.key_id, clock.now())
    if row["use_is_news"] and caller.session_id is not None:
        sessions_store.seen(conn, caller.session_id, clock.machine_now())
    return caller


def _without_use(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "use_is_news"}


def require(*roles: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only these roles, and those above them, call a view.

    The view finds the caller with `caller()`. What its address names is theirs.

    Raises:
        Problem: 401 without a valid key, 403 with one of another role, 404 for what is others',
            429 when the key has used up its requests.
    """

    def wrap(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            scheme, _, key = request.headers.get("Authorization", "").partition(" ")
            found = use(connection(), key.strip()) if scheme.lower() == "bearer" else None
            if found is None:
                raise Problem(
                    401,
                    "key_needed",
                    "Send a valid API key as `Authorization: Bearer …`.",
                    headers={"WWW-Authenticate": "Bearer"},
                )
            if found.key_id is not None:
                limits.spend(found.key_id)
            if not found.may(*roles):
                raise Problem(
                    403, "not_allowed", f"This needs a key with the role {' or '.join(roles)}."
                )
            scope.check_address(found.sees, kwargs)
            g.caller = found
            return view(*args, **kwargs)

        guarded.roles = roles  # type: ignore[attr-defined] # a test asks every view
        return guarded

    return wrap


def caller() -> Caller:
    """Who is calling; only inside a view guarded by `require`."""
    found: Caller = g.caller
    return found
