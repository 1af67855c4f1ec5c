"""Verbs on who is who. They run inside the caller's transaction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.access import keys, vault
from app.db.connection import Connection
from app.directory import accounts_store, rotation, store
from app.directory.rotas import store as rotas
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence

_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")


def add_account(
    conn: Connection,
    *,
    slug: str,
    courier: str,
    shipper_id: int,
    depot_id: int,
    secrets: Sequence[str],
    headers: dict[str, str],
    config: dict[str, Any],
    timezone: str,
    now: datetime,
) -> int:
    """Connect a courier: its events come to `/webhooks/<slug>`. Idempotent by slug.

    An existing account gets the new values, so that set-up can be run again, and nothing former
    is valid any more; `rotation` replaces a secret gently. Returns its id.

    Raises:
        Problem: 422, the slug cannot stand in an address, or there is no such time zone.
    """
    check_zone(timezone)
    check_slug(slug)
    account_id = accounts_store.put(
        conn,
        slug=slug,
        courier=courier,
        shipper_id=shipper_id,
        depot_id=depot_id,
        secrets=[vault.seal(secret) for secret in secrets],
        headers=vault.seal(rotation.headers_text(headers)),
        config=config,
        timezone=timezone,
        now=now,
    )
    accounts_store.forget_former(conn, account_id)
    return account_id


def change_account(
    conn: Connection, slug: str, *, shipper_id: int, depot_id: int, timezone: str
) -> None:
    """Let an account belong to these; its credentials and its config stay.

    Raises:
        Problem: 404, there is no such account; 422, there is no such time zone.
    """
    check_zone(timezone)
    if not accounts_store.set_owner(
        conn, slug, shipper_id=shipper_id, depot_id=depot_id, timezone=timezone
    ):
        raise _unknown(slug)


def set_credentials(
    conn: Connection, slug: str, secrets: Sequence[str], headers: dict[str, str]
) -> None:
    """Let these, and nothing former, be valid at once; `rotation` replaces gently.

    Raises:
        Problem: 404, there is no such account.
    """
    account_id = accounts_store.set_credentials(
        conn,
        slug,
        [vault.seal(secret) for secret in secrets],
        vault.seal(rotation.headers_text(headers)),
    )
    if account_id is None:
        raise _unknown(slug)
    accounts_store.forget_former(conn, account_id)


def person(
    conn: Connection,
    name: str,
    phone: str | None,
    email: str,
    channels: Sequence[str],
    now: datetime,
) -> int:
    """The id of the person with this e-mail address, who is added if there is nobody."""
    added = store.add_person(conn, name, phone, email, channels, now)
    found = store.person_id(conn, email) if added is None else added
    assert found is not None  # noqa: S101 - people are never deleted
    return found


def check_slug(slug: str) -> None:
    """Whether a name can stand in an address.

    Raises:
        Problem: 422, it cannot.
    """
    if not _SLUG.fullmatch(slug):
        raise Problem(422, "bad_slug", mark("A slug has lower-case letters, digits and hyphens."))


def check_zone(name: str) -> None:
    """Whether there are clocks for it: every later step of a case reads them.

    Raises:
        Problem: 422, it is no time zone of the IANA database.
    """
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Problem(
            422,
            "bad_zone",
            sentence(
                "There is no time zone {name}. Write its IANA name, like Europe/Berlin or UTC.",
                name=repr(name),
            ),
        ) from None


def set_config(conn: Connection, slug: str, config: dict[str, Any]) -> None:
    """Let an account be read by this config from now on; checking it is the caller's.

    Raises:
        Problem: 404, there is no such account.
    """
    if not accounts_store.set_config(conn, slug, config):
        raise _unknown(slug)


def _unknown(slug: str) -> Problem:
    return Problem(
        404, "unknown_account", sentence("There is no courier account {it}.", it=repr(slug))
    )


def remove_person(conn: Connection, person_id: int, now: datetime) -> int:
    """Let somebody be called no more, and act no more; how many keys that ended.

    Raises:
        Problem: 404 there is nobody with this id; 409 a depot would be left without a last level.
    """
    if store.person(conn, person_id) is None:
        raise Problem(
            404,
            "no_such_person",
            sentence("There is nobody with the id {it}.", it=person_id),
        )
    if depots := store.catch_all_of(conn, person_id):
        raise Problem(
            409,
            "is_catch_all",
            f"This person is the last level of {', '.join(depots)}. Give each of them another "
            "catch-all first: `reknock courier add … --catch-all ADDRESS`.",
        )
    rotas.forget_person(conn, person_id)
    store.remove_person(conn, person_id, now)
    return keys.revoke_of_person(conn, person_id, now)
