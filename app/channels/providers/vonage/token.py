"""How Vonage knows an application: a short token under its private key.

https://developer.vonage.com/en/getting-started/concepts/authentication#jwts: RS256, with the
application's id, and over after fifteen minutes at most.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from requests import PreparedRequest
from requests.auth import AuthBase
from typing_extensions import override

from app import clock
from app.settings import SettingsError

_LASTS = timedelta(minutes=15)


class Token(AuthBase):
    """Signs each request by an application's key."""

    def __init__(self, application: str, key: str) -> None:
        self._application = application
        self._key = key
        _read(key)  # a wrong one is refused at the start

    @override
    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        token = make(self._application, self._key, clock.machine_now())
        request.headers["Authorization"] = f"Bearer {token}"
        return request


def auth(values: Mapping[str, str]) -> AuthBase | tuple[str, str]:
    """By the application, where one is set up; else by the account's key and secret."""
    if values["VONAGE_APPLICATION_ID"]:
        return Token(values["VONAGE_APPLICATION_ID"], values["VONAGE_PRIVATE_KEY"])
    return (values["VONAGE_API_KEY"], values["VONAGE_API_SECRET"])


def make(application: str, key: str, now: datetime) -> str:
    """A token for one request.

    Raises:
        SettingsError: there is no such private key.
    """
    claims = {
        "application_id": application,
        "iat": int(now.timestamp()),
        "exp": int((now + _LASTS).timestamp()),
        "jti": str(uuid.uuid4()),
    }
    return jwt.encode({"alg": "RS256"}, claims, _read(key))


@cache
def _read(key: str) -> RSAKey:
    """The key itself, perhaps written in one line, or the file that holds it."""
    try:
        text = key.replace("\\n", "\n") if "-----BEGIN" in key else Path(key).read_text("utf-8")
        return RSAKey.import_key(text)
    except (OSError, JoseError, ValueError) as error:
        raise SettingsError(
            "VONAGE_PRIVATE_KEY is no private key, and no file that holds one"
        ) from error
