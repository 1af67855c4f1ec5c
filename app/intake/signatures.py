"""What courier signatures have in common. Every comparison is in constant time.

Signatures are compared as the text that was sent, never decoded first: a decoder forgives
(the last bits of base64, the case of hex), and what forgives can be forged.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from app.intake.event import Account, Incoming, SignatureRefused

TOLERANCE_SECONDS = 300
"""How far a signed time may be from ours: the five minutes that Standard Webhooks,
ShipEngine and Shippo all name."""


def same(expected: str, given: str) -> bool:
    """Whether two texts are equal, in constant time, whatever characters came in."""
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def require(headers: Mapping[str, str], name: str) -> str:
    """The value of a header that must be there.

    Raises:
        SignatureRefused: it is missing or empty.
    """
    value = headers.get(name)
    if not value:
        raise SignatureRefused("missing_signature", f"The header {name} is missing.")
    return value


def secrets(account: Account) -> list[str]:
    """The account's secrets; an empty one would let anybody sign and is left out.

    Raises:
        SignatureRefused: there is none.
    """
    usable = [secret for secret in account.secrets if secret]
    if not usable:
        raise SignatureRefused("no_secret", "This account has no secret to verify with.")
    return usable


def hexadecimal(digest: bytes) -> str:
    """Lower-case hex."""
    return digest.hex()


def base64_text(digest: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(digest).decode("ascii")


def check_hmac(
    account: Account,
    incoming: Incoming,
    header: str,
    *,
    algorithm: str = "sha256",
    encode: Callable[[bytes], str] = hexadecimal,
    key: Callable[[str], bytes] = str.encode,
    prefix: str = "",
) -> None:
    """Check a header that holds the HMAC of the raw body under one of the secrets.

    Raises:
        SignatureRefused: it is missing or matches none of them.
    """
    given = require(incoming.headers, header)
    for secret in secrets(account):
        try:
            digest = hmac.digest(key(secret), incoming.raw, algorithm)
        except ValueError:  # a secret that is not in the courier's form signs nothing
            continue
        if same(prefix + encode(digest), given):
            return
    raise wrong(header)


def hmac_header(
    account: Account,
    raw: bytes,
    header: str,
    *,
    algorithm: str = "sha256",
    encode: Callable[[bytes], str] = hexadecimal,
    key: Callable[[str], bytes] = str.encode,
    prefix: str = "",
) -> dict[str, str]:
    """The header that `check_hmac` with the same arguments accepts."""
    return {header: prefix + encode(hmac.digest(key(account.secrets[0]), raw, algorithm))}


def wrong(header: str) -> SignatureRefused:
    """The refusal of a signature that matches no secret."""
    return SignatureRefused("wrong_signature", f"{header} does not match the body.")


def check_fresh(signed_at: datetime | None, received_at: datetime) -> None:
    """Check that a signed time is near enough to ours.

    Raises:
        SignatureRefused: it cannot be read, or is more than `TOLERANCE_SECONDS` away.
    """
    if signed_at is None:
        raise SignatureRefused("bad_timestamp", "The signed time cannot be read.")
    if abs((received_at - signed_at).total_seconds()) > TOLERANCE_SECONDS:
        raise SignatureRefused("stale_timestamp", "The signed time is too far from now.")


def check_static_headers(account: Account, incoming: Incoming) -> None:
    """Check the agreed headers of a sender that signs nothing.

    Raises:
        SignatureRefused: none were agreed, or one is missing or different.
    """
    valid = [
        agreed for agreed in (account.headers, *account.former_headers) if any(agreed.values())
    ]
    if not valid:
        raise SignatureRefused("no_secret", "This account has no headers to verify with.")
    for agreed in valid:
        good = True
        for name, expected in agreed.items():
            good &= same(expected, incoming.headers.get(name) or "")
        if good:
            return
    raise SignatureRefused("wrong_signature", "The agreed headers do not match.")


def digest_of(parts: Iterable[str]) -> str:
    """A short, stable name for a long list of texts."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
