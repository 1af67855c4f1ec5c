"""Who sends: RFC 8292, a short token under the key of this installation.

The key is derived from SECRET_KEY, so there is nothing to make, keep or lose: with another
SECRET_KEY the browsers' addresses could not be read either, and they are asked anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from app.access.secret import derive
from app.channels.providers.webpush.encryption import pack, point

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
_LASTS = timedelta(hours=12)  # 24 at most


def public_key() -> str:
    """Our public key, as a browser wants it when it is asked to take messages."""
    return pack(point(_key(derive("web push")).public_key()))


def authorization(endpoint: str, contact: str, now: datetime) -> str:
    """The header by which the push service knows us; `contact` is a `https:` or `mailto:` address.

    `now` is machine time.
    """
    place = urlsplit(endpoint)
    said = {
        "aud": f"{place.scheme}://{place.netloc}",
        "exp": int((now + _LASTS).timestamp()),
        "sub": contact,
    }
    signed = f"{_part({'typ': 'JWT', 'alg': 'ES256'})}.{_part(said)}"
    der = _key(derive("web push")).sign(signed.encode(), ec.ECDSA(SHA256()))
    signature = b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(der))
    return f"vapid t={signed}.{pack(signature)}, k={public_key()}"


@cache
def _key(seed: bytes) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(seed, "big") % (_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def _part(said: Mapping[str, object]) -> str:
    return pack(orjson.dumps(said))
