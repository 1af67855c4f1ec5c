"""Verbs on API keys: the same for pages and terminal, each remembered. A key is shown once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.access import keys, store
from app.db.connection import Connection
from app.directory.changes import By, record
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.managing import keys_store
from app.managing.faults import wrong_fields
from app.managing.keys_store import Key

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A key that is to be; of a shipper, of a person, or of a machine."""

    role: str
    name: str
    """What it is for: it is shown as who acted."""
    shipper_id: int | None = None
    person_id: int | None = None
    depots: Sequence[int] | None = None
    """Whose cases a machine's key opens; None: every depot's."""
    lasts: timedelta | None = None
    """None: for good."""


def create(conn: Connection, who: By, new: New, now: datetime) -> str:
    """Make a key and return it: it cannot be read again.

    Raises:
        Problem: 422, with what is wrong by field.
    """
    _check(new)
    ends_at = now + new.lasts if new.lasts else None
    text = keys.create(
        *(conn, new.role, new.name.strip(), new.shipper_id, new.person_id, now),
        *(ends_at, new.depots),
    )
    made = keys_store.by_digest(conn, keys.digest(text))
    record(conn, who, "key", _subject(made), None, {}, _facts(made), now)
    return text


def revoke(conn: Connection, who: By, key_id: int, now: datetime) -> bool:
    """End a key and every session begun with it; False when it had been revoked before.

    Raises:
        Problem: 404, there is no such key.
    """
    key = find(conn, key_id)
    if not store.revoke_keys(conn, now, key_id=key_id):
        return False
    was, became = {"valid": _facts(key)["valid"]}, {"valid": mark("revoked")}
    return record(conn, who, "key", _subject(key), None, was, became, now)


def rotate(conn: Connection, who: By, key_id: int, keep: timedelta, now: datetime) -> str:
    """Make a key that may do the same and return it; the former is valid for `keep`.

    Raises:
        Problem: 404, there is no such key; 409, it is valid no more.
    """
    key = find(conn, key_id)
    text = keys.rotate(conn, key_id, keep, now)
    made, former = keys_store.by_digest(conn, keys.digest(text)), find(conn, key_id)
    record(conn, who, "key", _subject(key), None, _facts(key), _facts(former), now)
    facts = _facts(made) | {mark("instead of"): f"number {key_id}"}
    record(conn, who, "key", _subject(made), None, {}, facts, now)
    return text


def find(conn: Connection, key_id: int) -> Key:
    """A key, locked until the transaction ends.

    Raises:
        Problem: 404, there is none.
    """
    key = keys_store.by_id(conn, key_id) if store.lock_key(conn, key_id) else None
    if key is None:
        raise Problem(
            404,
            "no_such_key",
            sentence("There is no key {key_id}; see `reknock key list`.", key_id=key_id),
        )
    return key


def _check(new: New) -> None:
    faults = {}
    if not 0 < len(new.name.strip()) <= LONGEST_NAME:
        faults["name"] = sentence(
            "Say what the key is for, in 1 to {most} characters.", most=LONGEST_NAME
        )
    if new.role not in keys.ROLES:
        faults["role"] = mark("There is no such role.")
    if (new.role == "shipper") != (new.shipper_id is not None):
        faults["shipper"] = mark(
            "A shipper's key opens one shipper's cases, and no other key does."
        )
    if new.person_id is not None and new.role == "shipper":
        faults["person"] = mark("A shipper's key is nobody's own.")
    if new.depots is not None and (new.person_id or new.role in {"shipper", "admin"}):
        faults["depot"] = mark("Only machines that do a dispatcher's work are kept to some depots.")
    if faults:
        raise wrong_fields("key_unusable", faults)


def _subject(key: Key) -> tuple[int, str]:
    return key.id, f"{key.name} ({key.id})"


def _facts(key: Key) -> dict[str, str]:
    return {
        mark("role"): key.role,
        mark("opens the cases of"): opens(key),
        mark("valid"): f"until {key.expires_at:%Y-%m-%d %H:%M} UTC"
        if key.expires_at
        else mark("for good"),
    }


def opens(key: Key) -> str:
    """Whose cases a key opens, in words."""
    depots = mark("no depot") if key.depots == [] else ", ".join(key.depots or ())
    return key.shipper or (
        sentence("{person} sees", person=key.person)
        if key.person
        else depots or mark("every depot")
    )
