"""What the forms about courier accounts say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from flask import request

from app.booking import terms
from app.db.connection import Connection
from app.directory.changes import By
from app.errors import Problem
from app.intake import accounts as readers
from app.intake import couriers, mapping, samples
from app.languages.language import mark
from app.languages.sentence import sentence
from app.managing import accounts, forms, people_store
from app.managing import accounts_store as store
from app.managing.faults import wrong_fields
from app.shipments.returning import rules


class Owner(TypedDict):
    """Whose an account is, and on whose clocks its courier writes."""

    shipper_id: int
    depot_id: int
    timezone: str


def new(conn: Connection, courier: str) -> tuple[accounts.New, dict[str, str]]:
    """The account that the form wants, and what was made for it, to be shown once.

    Raises:
        Problem: 422, with what is wrong by field.
    """
    if courier not in couriers.NAMES:
        raise _wrong("courier", mark("Choose one of the couriers."))
    secret, headers, made = _credentials(courier)
    wanted = accounts.New(
        slug=forms.words("slug").lower(),
        courier=courier,
        secrets=(secret,) if secret else (),
        headers=headers,
        config=config(courier, {}),
        **owner(conn),
    )
    return wanted, made


def owner(conn: Connection) -> Owner:
    """Whose the form says an account is.

    Raises:
        Problem: 422, with what is wrong by field.
    """
    shippers = {slug: shipper_id for shipper_id, slug, _ in store.shippers(conn)}
    depots = {slug: depot_id for depot_id, slug, _ in people_store.depots(conn, None)}
    shipper, depot = request.form.get("shipper", ""), request.form.get("depot", "")
    if shipper not in shippers:
        raise _wrong("shipper", mark("Choose one of the shippers."))
    if depot not in depots:
        raise _wrong("depot", mark("Choose one of the depots."))
    zone = forms.words("timezone") or "UTC"
    return {"shipper_id": shippers[shipper], "depot_id": depots[depot], "timezone": zone}


def _credentials(courier: str) -> tuple[str, dict[str, str], dict[str, str]]:
    """The secret, the headers, and those of them that were left empty and so are made here."""
    able = couriers.adapter(courier)
    if able.KEY_FORM == "rsa":
        return "", {}, {}
    fresh = samples.credentials(courier)
    secret = request.form.get("secret", "").strip()
    made = {}
    if not secret and fresh.secrets:
        secret = made[mark("Secret")] = fresh.secrets[0]
    headers = {}
    for name in able.HEADERS:
        headers[name] = request.form.get(f"header-{name}", "").strip()
        if not headers[name]:
            headers[name] = made[name.title()] = fresh.headers[name]
    return secret, headers, made


def rotate(conn: Connection, who: By, slug: str, now: datetime) -> tuple[bool, dict[str, str]]:
    """Replace what a courier signs with: whether it is new, and what was made, to be shown once.

    Raises:
        Problem: 404, there is no such account; 422, the secret is not in its courier's form.
    """
    account = readers.get(slug)
    if couriers.adapter(account.courier).KEY_FORM == "rsa":
        raise _wrong(
            "secret", mark("This courier signs with a key of its own: there is none of ours.")
        )
    secret, headers, made = _credentials(account.courier)
    if secret:
        accounts.check_secret(account, secret)
    keep = forms.keep()
    fresh = accounts.rotate(conn, who, slug, secret=secret, headers=headers, keep=keep, now=now)
    return fresh, made


def config(courier: str, before: Mapping[str, Any]) -> dict[str, Any]:
    """The config that the form says; what is secret and left empty stays.

    Raises:
        Problem: 422, the mapping cannot be used.
    """
    if courier == "custom":
        try:
            document = json.loads(request.form.get("mapping", ""))
        except (ValueError, RecursionError) as error:
            raise _wrong("mapping", sentence("This is not JSON: {error}.", error=error)) from error
        mapping.load(document)
        found: dict[str, Any] = document
        return found
    asked = accounts.CONFIG.get(courier, ())
    given = {name: forms.words(f"config-{name}", 500) for name in asked}
    stays = {name: value for name, value in before.items() if name not in asked}
    kept = {name: before[name] for name in accounts.SECRET if name in before}
    return stays | kept | {name: value for name, value in given.items() if value}


def rules_given() -> dict[str, Any]:
    """The rules of the return clock as the form says them; what is left empty is not known.

    Raises:
        Problem: 422, a number is none.
    """
    given: dict[str, Any] = {}
    for name in rules.NAMES:
        text = forms.words(name)
        if not text:
            continue
        if name == "days":
            given[name] = text
            continue
        try:
            value = float(text)
        except ValueError:
            raise _wrong(name, mark("This is a number, or left empty.")) from None
        given[name] = int(value) if value.is_integer() else value
    return given


def terms_given() -> dict[str, Any]:
    """What customers may choose as the form says it; what is left empty is as usual."""
    given = {name: forms.words(name) for name in terms.NAMES}
    return {
        name: int(text) if name in terms.NUMBERS and text.isdecimal() else text
        for name, text in given.items()
        if text
    }


def connector() -> tuple[str, dict[str, str]]:
    """The connector that the form names, and its values."""
    prefix = "value-"
    values = {
        name.removeprefix(prefix): text.strip()
        for name, text in request.form.items()
        if name.startswith(prefix) and text.strip()
    }
    return request.form.get("connector", ""), values


def _wrong(name: str, why: str) -> Problem:
    return wrong_fields("account_unusable", {name: why})
