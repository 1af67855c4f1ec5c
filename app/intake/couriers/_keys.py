"""Public keys that a courier publishes as a JWKS document, kept in this process.

A key id that is not in the cache makes the set be fetched again, since the courier may have
changed its keys, but at most every `RETRY_SECONDS`: a forger must not make us fetch for every
message. One thread of its own fetches; the request that asked for it waits a few seconds at most,
others that need the key at the same moment are told to come again. When the address is down the
cached keys go on being used. Only machines that may be asked are asked, and a redirect is not
followed.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

import requests
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    RSAPublicNumbers,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from urllib3.exceptions import HTTPError

from app import json_body
from app.contact.lookup import guard
from app.contact.lookup.guard import PrivateTarget
from app.errors import Problem
from app.intake.event import KeysUnavailable, SignatureRefused

log = structlog.get_logger(__name__)

RETRY_SECONDS = 60.0
"""Not sooner than this is the same address asked again."""
FRESH_SECONDS = 6 * 3600.0
"""After this the set is fetched again even if nothing is missing, so that a key the courier
has withdrawn does not stay valid here."""
_TIMEOUT = (2.0, 3.0)
"""To connect and to answer: the courier itself waits for us meanwhile."""
_SLOWEST_SECONDS = 5.0
"""For the whole answer, from the name's address to its last byte: nobody waits longer."""
_LARGEST = 256 * 1024
_SMALLEST_KEY_BITS = 2048


@dataclass(slots=True)
class _KeySet:
    keys: dict[str, RSAPublicKey] = field(default_factory=dict)
    fetched: float = float("-inf")
    tried: float = float("-inf")
    reachable: bool = False
    fetching: Event | None = None
    """Set when the fetch that is under way has ended."""


_sets: dict[str, _KeySet] = {}
_lock = Lock()
"""Held to look and to note, never while anything is fetched."""


def find(address: str, key_id: str) -> RSAPublicKey:
    """The public key of this id at this address.

    Raises:
        KeysUnavailable: the address does not answer, and no cached key has this id.
        SignatureRefused: the address answers, and has no such key.
    """
    known = _sets.setdefault(address, _KeySet())
    key = known.keys.get(key_id)
    if key is None or monotonic() - known.fetched > FRESH_SECONDS:
        _refresh(known, address)
        key = known.keys.get(key_id)
    if key is not None:
        return key
    if known.fetching is not None or not known.reachable:
        raise KeysUnavailable("The address of the courier's public keys does not answer.")
    raise SignatureRefused("unknown_key", "The courier has no public key of this id.")


def forget() -> None:
    """Drop every cached key."""
    _sets.clear()


def _refresh(known: _KeySet, address: str) -> None:
    """Have the set fetched again, and wait for it, unless that was just tried by anybody."""
    with _lock:
        if known.fetching is not None or monotonic() - known.tried <= RETRY_SECONDS:
            return
        known.tried = monotonic()
        known.fetching = done = Event()
    Thread(target=_fetch_into, args=(known, address, done), name="keys", daemon=True).start()
    done.wait(_SLOWEST_SECONDS)


def _fetch_into(known: _KeySet, address: str, done: Event) -> None:
    try:
        keys = _fetch(address)
    except (requests.RequestException, PrivateTarget, Problem, OSError, HTTPError) as error:
        log.warning("keys_not_fetched", error=type(error).__name__)
        keys = {}
    with _lock:
        known.reachable = bool(keys)
        if keys:
            known.keys = keys
            known.fetched = known.tried
        known.fetching = None
    done.set()


def _fetch(address: str) -> dict[str, RSAPublicKey]:
    until = monotonic() + _SLOWEST_SECONDS
    raw = b""
    plain = {"Accept-Encoding": "identity"}  # what is small packed can be large unpacked
    with (
        guard.session() as session,
        session.get(
            address, headers=plain, timeout=_TIMEOUT, stream=True, allow_redirects=False
        ) as answer,
    ):
        if answer.status_code != 200:
            raise requests.HTTPError(f"status {answer.status_code}")
        while chunk := answer.raw.read1(64 * 1024):
            raw += chunk
            if len(raw) > _LARGEST or monotonic() > until:
                raise requests.Timeout("the key set is too large or too slow")
    document = json_body.parse(raw)
    entries = document.get("keys") if isinstance(document, dict) else None
    found = (_key(entry) for entry in entries) if isinstance(entries, list) else ()
    return dict(filter(None, found))


def _key(entry: Any) -> tuple[str, RSAPublicKey] | None:
    """Id and key of an RSA entry; None for other kinds of key and for what is no key."""
    if not isinstance(entry, dict) or entry.get("kty") != "RSA":
        return None
    key_id, modulus, exponent = entry.get("kid"), entry.get("n"), entry.get("e")
    if not isinstance(key_id, str) or not isinstance(modulus, str) or not isinstance(exponent, str):
        return None
    try:
        key = RSAPublicNumbers(_number(exponent), _number(modulus)).public_key()
    except (binascii.Error, ValueError):
        return None
    return (key_id, key) if key.key_size >= _SMALLEST_KEY_BITS else None


def _number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def new_key() -> str:
    """A fresh private key in PEM, to play the courier with."""
    key = generate_private_key(public_exponent=65537, key_size=_SMALLEST_KEY_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@lru_cache(maxsize=16)
def private_key(pem: str) -> RSAPrivateKey:
    """The private key in a PEM.

    Raises:
        TypeError, ValueError: it is no RSA key.
    """
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("not an RSA private key")
    return key


@lru_cache(maxsize=16)
def key_id(pem: str) -> str:
    """The id under which `key_set` publishes this key."""
    modulus = private_key(pem).public_key().public_numbers().n
    return sha256(f"{modulus:x}".encode()).hexdigest()[:32]


def key_set(*pems: str) -> dict[str, Any]:
    """The JWKS document of these private keys' public halves."""
    return {"keys": [_entry(pem) for pem in pems]}


def _entry(pem: str) -> dict[str, str]:
    numbers = private_key(pem).public_key().public_numbers()
    return {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": key_id(pem),
        "n": _text(numbers.n),
        "e": _text(numbers.e),
    }


def _text(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
