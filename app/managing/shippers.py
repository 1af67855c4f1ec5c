"""Verbs on shippers, each remembered. In the caller's transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.numbers import is_currency
from phonenumbers import SUPPORTED_REGIONS

from app.db.connection import Connection
from app.directory.changes import By, record
from app.directory.service import check_slug
from app.languages.language import mark
from app.managing import shippers_store as store
from app.managing.faults import wrong_fields
from app.managing.shippers_store import Shipper
from app.shipments.reachable import check_email, check_number

_AMOUNT = re.compile(r"(?=.*[1-9])\d{1,8}(\.\d{1,2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a shipper is to be called, and how it is reached."""

    name: str
    country: str
    """Two letters; of the numbers in its orders that have no prefix."""
    email: str = ""
    """Who is asked for what an order lacks, and for decisions."""
    phone: str = ""
    return_cost: str = ""
    """What a parcel that comes back costs it, such as `4.50 USD`; money saved is reckoned by it."""


def put(
    conn: Connection, who: By, slug: str, wanted: Wanted, policy_id: int, now: datetime
) -> bool:
    """Let a shipper be so; a new one's cases run by this policy. False when it is so already.

    Raises:
        Problem: 422, with what is wrong by field.
    """
    check_slug(slug)
    values = _checked(wanted)
    before = store.lock(conn, slug)
    if before is None:
        store.add(conn, slug, wanted.name, policy_id, now)
    store.update(conn, slug, values)
    after = store.lock(conn, slug)
    assert after is not None  # noqa: S101 - it was just written
    was: Mapping[str, Any] = _facts(before) if before else {}
    return record(conn, who, "shipper", (after.id, after.name), None, was, _facts(after), now)


def _checked(wanted: Wanted) -> dict[str, Any]:
    faults: dict[str, str] = {}
    email = check_email(wanted.email)
    number = check_number(wanted.phone, wanted.country)
    if not wanted.name.strip():
        faults["name"] = mark("A shipper needs a name: customers read it.")
    if wanted.country not in SUPPORTED_REGIONS:
        faults["country"] = mark("Write the country's two letters, like DE or US.")
    if wanted.email and email is None:
        faults["email"] = mark("No mail can be sent to this address.")
    if wanted.phone and not number.callable:
        faults["phone"] = mark("This number cannot be called. Write it in full, as +1714….")
    cost, _, currency = wanted.return_cost.partition(" ")
    if wanted.return_cost and not (_AMOUNT.fullmatch(cost) and is_currency(currency)):
        faults["return_cost"] = mark("Write an amount and its currency, such as 4.50 USD.")
    if faults:
        raise wrong_fields("shipper_unusable", faults)
    return {
        "name": wanted.name,
        "country": wanted.country,
        "email": email,
        "phone": number.full if wanted.phone else None,
        "cost": cost or None,
        "currency": currency or None,
    }


def _facts(shipper: Shipper) -> dict[str, Any]:
    return {
        mark("name"): shipper.name,
        mark("country"): shipper.country,
        mark("e-mail"): shipper.email,
        mark("phone"): shipper.phone,
        mark("cost of a return"): shipper.return_cost,
    }
