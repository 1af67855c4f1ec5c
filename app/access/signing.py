"""Standard Webhooks signatures, of what is sent to others' own systems and of what they send.

https://www.standardwebhooks.com: HMAC-SHA256 over `<id>.<timestamp>.<body>`, base64, after `v1,`.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

_ID, _TIME, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_PREFIX = "whsec_"
_TOLERANCE = timedelta(minutes=5)


def headers(secret: str, message_id: str, raw: bytes, now: datetime) -> dict[str, str]:
    """The headers that sign a message; `now` is machine time."""
    at = str(int(now.timestamp()))
    return {
        _ID: message_id,
        _TIME: at,
        _SIGNATURE: f"v1,{_sign(secret, message_id, at, raw)}",
    }


def verified(secrets: Iterable[str], said: Mapping[str, str], raw: bytes, now: datetime) -> bool:
    """Whether one of these secrets signed this, not long ago."""
    message_id, at = said.get(_ID, ""), said.get(_TIME, "")
    if not (message_id and at.isdecimal() and len(at) < 12):
        return False
    if abs(now.timestamp() - int(at)) > _TOLERANCE.total_seconds():
        return False
    given = [part[3:] for part in said.get(_SIGNATURE, "").split() if part.startswith("v1,")]
    good = [_sign(secret, message_id, at, raw) for secret in secrets if _key(secret)]
    return any(hmac.compare_digest(one.encode(), other.encode()) for one in given for other in good)


def usable(secret: str) -> bool:
    """Whether a secret has the form that it must have."""
    return bool(_key(secret))


def _sign(secret: str, message_id: str, at: str, raw: bytes) -> str:
    signed = f"{message_id}.{at}.".encode() + raw
    return base64.b64encode(hmac.digest(_key(secret), signed, "sha256")).decode()


def _key(secret: str) -> bytes:
    """The bytes that a secret stands for; none when it is no base64."""
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return b""
