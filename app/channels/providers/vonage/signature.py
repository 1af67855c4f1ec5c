"""Vonage's signature: https://developer.vonage.com/en/getting-started/concepts/webhooks.

`Authorization: Bearer <JWT>`, HS256 with the account's signature secret; its `payload_hash` is the
SHA-256 of the body in hex.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

_FRESH = timedelta(minutes=5)


def fault(secret: str, authorization: str, body: bytes, now: datetime) -> str:
    """What is wrong with a request's signature; empty when Vonage signed it just now."""
    kind, _, token = authorization.partition(" ")
    parts = token.strip().split(".")
    if not secret or kind.lower() != "bearer" or len(parts) != 3:
        return "It is not signed."
    header, claims, signature = (_decoded(part) for part in parts)
    wanted = hmac.digest(secret.encode(), f"{parts[0]}.{parts[1]}".encode(), "sha256")
    if _object(header).get("alg") != "HS256" or not hmac.compare_digest(wanted, signature):
        return "The signature does not match: check VONAGE_SIGNATURE_SECRET."
    said = _object(claims)
    digest = hashlib.sha256(body).hexdigest()
    if not hmac.compare_digest(str(said.get("payload_hash")).lower().encode(), digest.encode()):
        return "The body is not the one that was signed."
    issued = said.get("iat")
    if not isinstance(issued, int | float) or isinstance(issued, bool):
        return "It does not say when it was signed."
    return "" if abs(now - _moment(issued)) <= _FRESH else "It was signed too long ago."


def _moment(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return datetime.fromtimestamp(0, UTC)


def _decoded(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part.encode() + b"=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        return b""


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
