"""Genuine failed deliveries of every courier, to try things out: demo, tests, bench.

README.md says where each body comes from.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from app.intake.couriers import adapter
from app.intake.event import Account
from app.intake.mapping import EXAMPLE
from app.intake.samples.recipes import RECIPES, Recipe

_HERE = Path(__file__).parent
EVENT_SPREAD = 600
"""Couriers without event ids tell events apart by their time: a sample of another event is
up to this many of the format's own units (milliseconds or seconds) earlier."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an account of a courier needs so that its samples are accepted."""

    secrets: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)


def failure(
    account: Account,
    at: datetime,
    *,
    shipment: str | None = None,
    event: str | None = None,
    contact: Mapping[str, str] | None = None,
) -> tuple[bytes, dict[str, str]]:
    """A failed delivery as the courier would post it at `at`: raw body and headers.

    Args:
        account: whose courier, secrets and headers are used.
        at: when it is signed and, with `shipment`, when it happened.
        shipment: the shipment's number, so that it opens a case of its own; without one the
            sample is the file as it is, byte for byte.
        event: tells several events of one shipment apart; the same one at the same time is
            the same event. Plain numbers below 600 never collide.
        contact: the recipient's `phone` and `email`, for a courier that tells them, with
            `shipment`.
    """
    raw = _file(account.courier)
    if shipment is not None or event is not None:
        raw = _varied(account.courier, at, shipment, event, contact or {}, delivered=False)
    return raw, _headers(account, raw, at)


def delivered(
    account: Account,
    at: datetime,
    *,
    shipment: str | None = None,
    event: str | None = None,
    contact: Mapping[str, str] | None = None,
) -> tuple[bytes, dict[str, str]]:
    """The delivery of the same shipment afterwards; see `failure`.

    Raises:
        LookupError: there is no recipe for this courier's deliveries.
    """
    if not RECIPES[account.courier].delivered:
        raise LookupError(f"{account.courier} has no sample of a delivery")
    raw = _varied(
        account.courier, at, shipment, event or "delivered", contact or {}, delivered=True
    )
    return raw, _headers(account, raw, at)


def credentials(courier: str) -> Credentials:
    """Fresh secrets, headers and config in the form this courier uses.

    For `rsa` the secret is a private key that only the samples' sender has; what verifies it
    is `jwks` of that key, served at an address that the caller puts into config's `jwks_url`.
    """
    able = adapter(courier)
    match able.KEY_FORM:
        case "text":
            made: tuple[str, ...] = (secrets.token_urlsafe(24),)
        case "hex":
            made = (secrets.token_hex(32),)
        case "whsec":
            made = ("whsec_" + base64.b64encode(secrets.token_bytes(24)).decode(),)
        case "rsa":
            from app.intake.couriers import _keys  # noqa: PLC0415 - slow to import

            made = (_keys.new_key(),)
        case _:
            made = ()
    fixed = RECIPES[courier].headers
    return Credentials(
        secrets=made,
        config=dict(EXAMPLE) if courier == "custom" else {},
        headers={name: fixed.get(name) or secrets.token_urlsafe(24) for name in able.HEADERS},
    )


def jwks(*private_keys: str) -> dict[str, Any]:
    """The JWKS document with the public halves of these PEM keys."""
    from app.intake.couriers import _keys  # noqa: PLC0415 - slow to import

    return _keys.key_set(*private_keys)


@cache
def _file(courier: str) -> bytes:
    return (_HERE / f"{courier}.json").read_bytes()


def _headers(account: Account, raw: bytes, at: datetime) -> dict[str, str]:
    signed = adapter(account.courier).sign(account, raw, at)
    return {"Content-Type": "application/json"} | signed


def _varied(
    courier: str,
    at: datetime,
    shipment: str | None,
    event: str | None,
    contact: Mapping[str, str],
    *,
    delivered: bool,
) -> bytes:
    recipe: Recipe = RECIPES[courier]
    body = json.loads(_file(courier))
    if delivered:
        for path, value in recipe.delivered.items():
            _put(body, path, value)
    if shipment is not None:
        for path, template in recipe.shipment.items():
            _put(body, path, template.format(shipment))
    for path, way in recipe.contact.items():
        if way in contact:
            _put(body, path, contact[way])
    name = event if event is not None else "0"
    for path, template in recipe.event.items():
        _put(body, path, template.format(f"{shipment or 'sample'}-{name}"))
    units = (int(name) if name.isdigit() else crc32(name.encode())) % EVENT_SPREAD
    for path, write in recipe.times.items():
        _put(body, path, write(at.astimezone(UTC), units))
    return json.dumps(body, indent=2, ensure_ascii=False).encode()


def _put(body: Any, path: str, value: object) -> None:
    """Set what stands at a dotted path; lists by position."""
    *way, last = (int(key) if key.lstrip("-").isdigit() else key for key in path.split("."))
    for key in way:
        body = body[key]
    body[last] = value
