"""The one secret of this installation, and what is derived from it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache

_secret = b""


def configure(secret_key: str) -> None:
    """Say once per process which secret is meant (SECRET_KEY)."""
    global _secret  # noqa: PLW0603 - one installation per process is the point
    _secret = secret_key.encode()


def derive(purpose: str) -> bytes:
    """32 bytes for one purpose; one purpose's bytes tell nothing of another's.

    Raises:
        RuntimeError: `configure` was not called.
    """
    if not _secret:
        raise RuntimeError("the secret key is not configured")
    return _derived(_secret, purpose)


@lru_cache(maxsize=100)
def _derived(of: bytes, purpose: str) -> bytes:
    """There are few purposes, and one page alone derives for some of them many times."""
    return hmac.digest(of, f"reknock:{purpose}".encode(), hashlib.sha256)


def mac(purpose: str, said: bytes) -> bytes:
    """What only this installation can say of these bytes, for one purpose (HMAC-SHA256)."""
    made = _keyed(derive(purpose)).copy()
    made.update(said)
    return made.digest()


@lru_cache(maxsize=100)
def _keyed(key: bytes) -> hmac.HMAC:
    """Taking in the key is half of the work, and one page alone does it thirty times."""
    return hmac.new(key, digestmod=hashlib.sha256)


def derive_text(purpose: str) -> bytes:
    """The same as URL-safe base64, as Fernet wants its keys."""
    return base64.urlsafe_b64encode(derive(purpose))
