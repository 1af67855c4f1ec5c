"""A message encrypted for one browser: RFC 8291, in the coding `aes128gcm` of RFC 8188.

The push service in between reads nothing. A message is one record, and what is left of 4096 bytes
is more than any message of ours needs.
"""

from __future__ import annotations

import base64
import os
import struct
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_CURVE = ec.SECP256R1()
_RECORD = 4096  # bytes: what every push service takes (RFC 8030, 7.2)
_OVERHEAD = 16 + 4 + 1 + 65 + 1 + 16  # salt, record size, length and key; delimiter and tag
LARGEST = _RECORD - _OVERHEAD
_AUTH = 16  # bytes of the browser's own secret
_LAST = b"\x02"  # delimiter of the last record


@dataclass(frozen=True, slots=True)
class Browser:
    """What a browser gave us to encrypt for it."""

    key: ec.EllipticCurvePublicKey
    auth: bytes = field(repr=False)

    @classmethod
    def read(cls, p256dh: str, auth: str) -> Browser:
        """The same from what `PushSubscription.toJSON()` says.

        Raises:
            ValueError: it is no key, or no secret.
        """
        secret = unpack(auth)
        if len(secret) != _AUTH:
            raise ValueError("the secret has not 16 bytes")
        return cls(ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, unpack(p256dh)), secret)


def encrypt(
    words: bytes,
    browser: Browser,
    *,
    own: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of the request. A key of our own and a salt are made anew for each message.

    Raises:
        ValueError: there are too many words.
    """
    if len(words) > LARGEST:
        raise ValueError("too long for one record")
    own = own or ec.generate_private_key(_CURVE)
    salt = salt or os.urandom(16)
    ours, theirs = point(own.public_key()), point(browser.key)
    shared = own.exchange(ec.ECDH(), browser.key)
    secret = _derived(shared, browser.auth, b"WebPush: info\0" + theirs + ours, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + struct.pack("!IB", _RECORD, len(ours)) + ours
    return header + AESGCM(key).encrypt(nonce, words + _LAST, None)


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as it is sent: 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def pack(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpack(text: str) -> bytes:
    """The bytes of base64url, with or without padding.

    Raises:
        ValueError: it is none.
    """
    bare = text.rstrip("=")
    return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)
