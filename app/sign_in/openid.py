"""The company's own sign-in, by OpenID Connect: authorization code with PKCE, state and nonce.

Authlib speaks the protocol. Ours is who is asked: the issuer's metadata, keys and tokens are asked
for only from machines that may be asked, for a few seconds, following no redirect. Somebody waits
at a browser, so it happens while they wait, with no transaction open. Whoever comes back is known
by the e-mail address that the issuer says it has verified.
"""

from __future__ import annotations

from typing import Any, ClassVar

import requests
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask, Response, current_app
from joserfc.errors import JoseError
from urllib3.exceptions import HTTPError

from app.access import links
from app.contact.lookup.guard import GuardedAdapter, PrivateTarget
from app.errors import Problem
from app.languages.language import mark
from app.settings import Settings

log = structlog.get_logger(__name__)

BACK = "/sign-in/openid/back"
"""Where the issuer sends people back to; it is registered there with our address before it."""
_TIMEOUT = (2.0, 5.0)
_FAULTS = (
    *(AuthlibBaseError, JoseError, requests.RequestException, PrivateTarget, HTTPError, OSError),
    *(RuntimeError, ValueError, KeyError, TypeError),  # what is read from an odd answer
)


class _Asking(OAuth2Session):  # type: ignore[misc] # Authlib carries no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, default_timeout=_TIMEOUT, **kwargs)
        self.trust_env = False  # a proxy could not look who is asked
        self.max_redirects = 0
        for scheme in ("http://", "https://"):
            self.mount(scheme, GuardedAdapter())


class _Client(FlaskOAuth2App):  # type: ignore[misc] # the same
    client_cls: ClassVar[type] = _Asking


def configure(app: Flask, settings: Settings) -> None:
    """Let people of `app` sign in by the issuer that the settings name, if they name one."""
    app.extensions["openid"] = None
    if settings.openid_issuer:
        issuer = settings.openid_issuer.rstrip("/")
        app.extensions["openid"] = _Client(
            FlaskIntegration("openid"),
            name="openid",
            client_id=settings.openid_client_id,
            client_secret=settings.openid_client_secret,
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
        )


def offered() -> bool:
    """Whether there is such a sign-in."""
    return current_app.extensions["openid"] is not None


def leave(*, again: bool = False) -> Response:
    """Send somebody to the issuer; `again` though it knows them from before.

    Raises:
        Problem: 404 there is none; 502 it does not answer as it should.
    """
    client = _client()
    try:
        _check_issuer(client)
        answer: Response = client.authorize_redirect(
            links.at(BACK), **({"prompt": "login"} if again else {})
        )
    except _FAULTS as error:
        raise _away(error) from error
    return answer


def come_back() -> str:
    """The verified e-mail address of whoever the issuer sent back; empty when it has none.

    Raises:
        Problem: 404 there is no issuer; 502 it refuses, or what came back is not from it for us.
    """
    client = _client()
    try:
        _check_issuer(client)
        token = client.authorize_access_token()
        who = token["userinfo"]
        if "email" not in who and client.load_server_metadata().get("userinfo_endpoint"):
            more = client.userinfo(token=token)  # some issuers tell it only there
            who = more if more["sub"] == who["sub"] else who
    except _FAULTS as error:
        raise _away(error) from error
    verified = str(who.get("email_verified", "")).lower() == "true"
    return str(who.get("email") or "") if verified else ""


def _client() -> Any:
    if not offered():
        raise Problem(404, "not_found", "There is no such sign-in here.")
    return current_app.extensions["openid"]


def _check_issuer(client: Any) -> None:
    """Whether the metadata are the issuer's that was meant (OpenID Connect Discovery, 4.3).

    Raises:
        ValueError: they are another's.
    """
    wanted = current_app.config["SETTINGS"].openid_issuer
    if client.load_server_metadata().get("issuer") != wanted:
        client.server_metadata.clear()  # it may be mended meanwhile
        raise ValueError("the metadata name another issuer")


def _away(error: Exception) -> Problem:
    log.warning("openid_refused", error=type(error).__name__)
    return Problem(
        502,
        "openid_refused",
        mark(
            "Your company’s sign-in did not let us go on. Please try it again, or sign in with a "
            "code."
        ),
    )
