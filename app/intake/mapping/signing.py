"""How a courier without code shows that it is the courier."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping as Headers
from datetime import datetime

from app.intake import signatures, times
from app.intake.event import Account, Incoming
from app.intake.mapping.model import Signature

_ENCODE = {"hex": signatures.hexadecimal, "base64": signatures.base64_text}


def verify(rule: Signature, account: Account, incoming: Incoming) -> None:
    """Check one request; any of the account's secrets will do.

    Raises:
        SignatureRefused: it cannot be shown that the courier sent it.
    """
    given = signatures.require(incoming.headers, rule.header)
    if rule.timestamp:
        timestamp = signatures.require(incoming.headers, rule.timestamp)
        signatures.check_fresh(times.read(timestamp), incoming.received_at)
    for secret in signatures.secrets(account):
        expected = _expected(rule, secret, incoming.raw, incoming.headers)
        if expected is not None and signatures.same(expected, given):
            return
    raise signatures.wrong(rule.header)


def sign(rule: Signature, account: Account, raw: bytes, at: datetime) -> dict[str, str]:
    """The headers a genuine sender would send.

    Raises:
        ValueError: the secret is not in the form that the mapping says.
    """
    headers = {piece[8:-1].lower(): "sample" for piece in rule.signed if piece[:8] == "{header:"}
    if rule.timestamp:
        headers[rule.timestamp] = str(int(at.timestamp()))
    value = _expected(rule, account.secrets[0], raw, headers)
    if value is None:
        raise ValueError(f"the secret must be written in {rule.key}")
    return headers | {rule.header: value}


def _expected(rule: Signature, secret: str, raw: bytes, headers: Headers[str, str]) -> str | None:
    """What the header must hold; None if the secret cannot be a key."""
    if rule.scheme == "token":
        return rule.prefix + secret
    if rule.scheme == "basic":
        return "Basic " + signatures.base64_text(f"{rule.user}:{secret}".encode())
    key = _key(secret, rule.key)
    if not key:
        return None
    digest = hmac.digest(key, _signed(rule, raw, headers), rule.algorithm)
    return rule.prefix + _ENCODE[rule.encoding](digest)


def _signed(rule: Signature, raw: bytes, headers: Headers[str, str]) -> bytes:
    return b"".join(_piece(piece, rule, raw, headers) for piece in rule.signed)


def _piece(piece: str, rule: Signature, raw: bytes, headers: Headers[str, str]) -> bytes:
    if piece == "{body}":
        return raw
    if piece == "{timestamp}":
        piece = headers.get(rule.timestamp) or ""
    elif piece.startswith("{header:"):
        piece = headers.get(piece[8:-1].lower()) or ""
    return piece.encode("utf-8", "replace")


def _key(secret: str, form: str) -> bytes | None:
    try:
        match form:
            case "hex":
                return bytes.fromhex(secret)
            case "base64":
                return base64.b64decode(secret, validate=True)
            case _:
                return secret.encode()
    except (binascii.Error, ValueError):
        return None
