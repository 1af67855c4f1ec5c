"""Couriers' secrets are kept encrypted: a stolen database dump forges no webhook."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken

from app.access.secret import derive_text


class VaultLocked(RuntimeError):
    """What is stored was sealed with another SECRET_KEY."""


def seal(text: str) -> bytes:
    """Encrypt."""
    return Fernet(derive_text("vault")).encrypt(text.encode())


def unseal(token: bytes) -> str:
    """Decrypt.

    Raises:
        VaultLocked: SECRET_KEY is not the one it was sealed with.
    """
    try:
        return Fernet(derive_text("vault")).decrypt(bytes(token)).decode()
    except InvalidToken as error:
        raise VaultLocked(
            "stored secrets cannot be read: SECRET_KEY is not the one they were stored with"
        ) from error
