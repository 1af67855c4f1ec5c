"""Verbs on courier accounts: the same for pages and terminal, each remembered.

In the caller's transaction. What a courier signs with, and what its connector signs in with, is
never remembered: that it changed is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import orjson

from app import clock
from app.booking import terms
from app.db.connection import Connection
from app.directory import accounts_store, rotation, service
from app.directory.changes import By, record
from app.errors import Problem
from app.handover import accounts as handover
from app.intake import accepts, couriers, mapping
from app.intake.event import Account as Reader
from app.languages.language import mark
from app.languages.sentence import again, sentence
from app.managing import accounts_store as store
from app.managing.accounts_store import Account
from app.managing.faults import wrong_fields
from app.shipments.returning import rules as returning
from app.shipments.returning import store as returning_store

CONFIG: Mapping[str, tuple[str, ...]] = {
    "shippo": ("mode", "token"),
    "shipengine": ("jwks_url", "key_id"),
}
"""What else couriers' adapters ask for; `custom` has its mapping there."""
RULES = {
    "attempts": mark("Attempts in all"),
    "held_days": mark("Days it is kept"),
    "tries_again_after_hours": mark("Tries again after (hours)"),
    "no_change_hours": mark("No wishes before it acts (hours)"),
    "days": mark("Days that count"),
}
"""What a courier does with what was not delivered, by the names of the rules."""
SECRET = frozenset({"token"})
"""Those of them that are never shown."""
_KEPT = mark("kept secret")


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """An account that is to be."""

    slug: str
    courier: str
    shipper_id: int
    depot_id: int
    timezone: str
    secrets: Sequence[str] = ()
    """Newest first."""
    headers: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Any] | None = None


def add(conn: Connection, who: By, new: New, now: datetime) -> Account:
    """Connect a courier: its events come to `/webhooks/<slug>`.

    Raises:
        Problem: 422, with what is wrong by field; 409, there is one of this slug.
    """
    if store.lock(conn, new.slug) is not None:
        detail = sentence(
            "There is an account {slug} already. Choose another name for this one.",
            slug=repr(new.slug),
        )
        raise Problem(409, "account_exists", detail)
    read_by = Reader(
        *(0, new.slug, new.courier, 0, 0, tuple(new.secrets), dict(new.headers)),
        *(dict(new.config or {}), new.timezone),
    )
    check(read_by)
    service.add_account(
        conn,
        slug=new.slug,
        courier=new.courier,
        shipper_id=new.shipper_id,
        depot_id=new.depot_id,
        secrets=new.secrets,
        headers=dict(new.headers),
        config=dict(new.config or {}),
        timezone=new.timezone,
        now=now,
    )
    made = find(conn, new.slug)
    facts = _facts(made) | ({mark("secret"): _KEPT} if new.secrets or new.headers else {})
    record(conn, who, "account", (made.id, made.slug), [made.depot_id], {}, facts, now)
    return made


def check(account: Reader) -> None:
    """Refuse an account nobody could post to, or in whose name anybody could.

    Raises:
        Problem: 422, with what is wrong by field.
    """
    form = couriers.adapter(account.courier).KEY_FORM
    if account.courier == "custom":
        mapping.load(account.config)
    if form == "rsa":
        if not account.config.get("jwks_url"):
            raise _unusable(
                "jwks_url",
                sentence(
                    "{courier} signs with its own key: say where that can be read.",
                    courier=account.courier,
                ),
            )
    elif not account.secrets and not any(account.headers.values()):
        raise _unusable(
            "secret", mark("Without a secret anybody could post in the courier's name.")
        )
    for one in account.secrets:
        check_secret(account, one)


def check_secret(account: Reader, secret: str) -> None:
    """Refuse a secret that is not in the form that the courier, or its mapping, asks for.

    Raises:
        Problem: 422, nothing could be verified with it.
    """
    alone = Reader(
        *(account.id, account.slug, account.courier, 0, 0, (secret,), account.headers),
        *(account.config, account.timezone),
    )
    try:
        couriers.adapter(account.courier).sign(alone, b"{}", clock.machine_now())
    except (TypeError, ValueError) as error:
        detail = sentence(
            "This secret is not in {courier}'s form: {error}.", courier=account.courier, error=error
        )
        raise _unusable("secret", detail) from None


def find(conn: Connection, slug: str) -> Account:
    """An account, locked until the transaction ends.

    Raises:
        Problem: 404, there is none.
    """
    found = store.lock(conn, slug)
    if found is None:
        raise Problem(
            404, "unknown_account", sentence("There is no courier account {it}.", it=repr(slug))
        )
    return found


def set_owner(
    conn: Connection,
    who: By,
    slug: str,
    *,
    shipper_id: int,
    depot_id: int,
    timezone: str,
    now: datetime,
) -> bool:
    """Let an account belong to these; False when it does already.

    Raises:
        Problem: 404, there is no such account; 422, there is no such time zone.
    """
    before = find(conn, slug)
    service.change_account(conn, slug, shipper_id=shipper_id, depot_id=depot_id, timezone=timezone)
    return _record(conn, who, before, now)


def set_config(
    conn: Connection, who: By, slug: str, config: Mapping[str, Any], now: datetime
) -> bool:
    """Let an account be read by this config; checking it is the caller's. False: it is already."""
    before = find(conn, slug)
    service.set_config(conn, slug, dict(config))
    secret = [name for name in SECRET if before.config.get(name) != config.get(name)]
    return _record(conn, who, before, now, secret)


def set_test_events(conn: Connection, who: By, slug: str, now: datetime, *, on: bool) -> bool:
    """Let test events of a courier open cases, or not; False when it is so already.

    Raises:
        Problem: 404, there is no such account; 422, its mapping says that.
    """
    before = find(conn, slug)
    if before.courier == "custom":
        raise _unusable("accept_test", mark("What a test event is, the account's mapping says."))
    rest = {name: value for name, value in before.config.items() if name != "accept_test"}
    return set_config(conn, who, slug, rest | ({"accept_test": True} if on else {}), now)


def set_credentials(
    conn: Connection,
    who: By,
    slug: str,
    secrets: Sequence[str],
    headers: Mapping[str, str],
    now: datetime,
) -> None:
    """Let these be valid at once, and nothing else any more."""
    before = find(conn, slug)
    service.set_credentials(conn, slug, secrets, dict(headers))
    _record(conn, who, before, now, ["secret"])


def rotate(
    conn: Connection,
    who: By,
    slug: str,
    *,
    secret: str = "",
    headers: Mapping[str, str] | None = None,
    keep: timedelta,
    now: datetime,
) -> bool:
    """Replace the secret, or the headers; for `keep` the former is valid too.

    False where it is what was valid already.
    """
    before = find(conn, slug)
    if secret:
        fresh = rotation.rotate_secret(conn, slug, secret, keep, now)
    else:
        fresh = rotation.rotate_headers(conn, slug, headers or {}, keep, now)
    return _record(conn, who, before, now, ["secret"] if fresh else [])


def set_rules(
    conn: Connection, who: By, slug: str, rules: Mapping[str, Any], now: datetime
) -> bool:
    """Let a courier do so with what was not delivered; False when it does already.

    Raises:
        Problem: 422, a courier cannot do so.
    """
    try:
        returning.read(rules)
    except ValueError as error:
        name, _, why = str(error).partition(": ")
        raise _unusable(name, _not_between(name) if name in returning.BOUNDS else why) from error
    before = find(conn, slug)
    returning_store.set_rules(conn, slug, dict(rules))
    return _record(conn, who, before, now)


def set_terms(
    conn: Connection, who: By, slug: str, given: Mapping[str, Any], now: datetime
) -> bool:
    """Let customers choose so with a courier; False when they can already.

    Raises:
        Problem: 422, such terms are not known.
    """
    try:
        terms.read(given)
    except ValueError as error:
        name, _, why = str(error).partition(": ")
        raise _unusable(name, f"{name.replace('_', ' ').capitalize()} {why}.") from error
    before = find(conn, slug)
    accounts_store.set_terms(conn, slug, dict(given))
    return _record(conn, who, before, now)


def _not_between(rule: str) -> str:
    least, most = returning.BOUNDS[rule]
    return sentence(
        "{rule}: a number from {least} to {most}.",
        rule=partial(again, said=RULES[rule]),
        least=f"{least:g}",
        most=f"{most:g}",
    )


def connect(
    conn: Connection, who: By, slug: str, name: str, values: Mapping[str, str], now: datetime
) -> bool:
    """Let bookings reach the courier this way; every value is given again.

    Raises:
        Problem: 404, there is no such account; 422, the connector needs something else.
    """
    before = find(conn, slug)
    handover.connect(conn, slug, name, values)
    return _record(conn, who, before, now, [mark("sign-in of the connector")] if values else [])


def _record(
    conn: Connection, who: By, before: Account, now: datetime, secret: Sequence[str] = ()
) -> bool:
    """Remember how the account is now; of what is `secret` only that it changed."""
    after = find(conn, before.slug)
    was = _facts(before) | dict.fromkeys(secret, mark("the former"))
    became = _facts(after) | dict.fromkeys(secret, mark("changed"))
    depots = [before.depot_id, after.depot_id]
    return record(conn, who, "account", (after.id, after.slug), depots, was, became, now)


def _facts(account: Account) -> dict[str, Any]:
    facts = {
        mark("courier"): account.courier,
        mark("shipper"): account.shipper,
        mark("depot"): account.depot,
        mark("time zone"): account.timezone,
        mark("bookings go to"): account.connector or mark("the depot"),
        mark("test events"): mark("open cases")
        if accepts.yes(account.config.get("accept_test"))
        else mark("do not"),
    }
    facts |= {RULES[name]: value for name, value in account.rules.items()}
    facts |= {f"terms: {name.replace('_', ' ')}": value for name, value in account.terms.items()}
    config = {n: v for n, v in account.config.items() if n not in {"accept_test", *SECRET}}
    return facts | {f"config {name}": _text(value) for name, value in config.items()}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _unusable(name: str, why: str) -> Problem:
    return wrong_fields("account_unusable", {name: why})
