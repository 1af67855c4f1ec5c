"""Sign-in for people at a browser: a signed cookie that remembers which API key was shown.

The cookie holds the id of the key's row and a nonce, never the key. Every request looks the
row up again, so a revoked key is out at once; after a shift the cookie is worth nothing.
Every form carries a token made from the cookie, so that no other site can press our buttons.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec
from urllib.parse import quote

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from typing_extensions import override

from app.access import keys, secret
from app.access.keys import Caller
from app.db.connection import connection
from app.errors import Problem
from app.theme import respond

P = ParamSpec("P")

_SHIFT = timedelta(hours=12)
"""Then it is somebody else's turn, or time to sign in again."""
_LOCAL = re.compile(r"/(?!/)[!-\[\]-~]*")
"""A path here: not `//elsewhere`, and nothing a browser reads as that (`\\`, tabs, spaces)."""
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class _Sessions(SecureCookieSessionInterface):
    """Sessions for pages; couriers have none, so their door does not pay for looking."""

    @override
    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path.startswith("/webhooks/"):
            return None
        return super().open_session(app, request)


def configure(app: Flask, public_url: str) -> None:
    """Give `app` its cookie; over https it never travels in the open."""
    app.session_interface = _Sessions()
    app.secret_key = secret.derive("session")
    app.config.update(
        # Cookies know no ports: two copies on one machine must not sign each other out.
        SESSION_COOKIE_NAME=f"reknock_{secret.derive('session-name').hex()[:8]}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=public_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=_SHIFT,
        SESSION_REFRESH_EACH_REQUEST=False,  # a page that polls would never be signed out
    )
    app.add_template_global(csrf_token, "csrf_token")


def sign_in(key: str) -> Caller | None:
    """Remember the key in the cookie; None when it is unknown or revoked."""
    key_id = keys.row_id(connection(), key)
    if key_id is None:
        return None
    session.clear()  # nothing of whoever was here before
    session.permanent = True
    session["key"] = key_id
    return keys.by_row(connection(), key_id)


def sign_out() -> None:
    """Forget who is here."""
    session.clear()


def signed_in() -> Caller | None:
    """Who is here, as the database says now; None when nobody is, or the key was revoked."""
    key_id = session.get("key")
    return keys.by_row(connection(), key_id) if isinstance(key_id, int) else None


def home(caller: Caller) -> str:
    """Where somebody of this role begins."""
    return "/dashboard" if caller.role == "shipper" else "/console"


def local(address: str) -> str:
    """The address if it is a path of this house, else nothing."""
    return address if _LOCAL.fullmatch(address) else ""


def csrf_token() -> str:
    """What a form sends along as `csrf`; only pages of this browser's session know it."""
    if "nonce" not in session:
        session["nonce"] = secrets.token_urlsafe(16)
    text = f"{session.get('key', '')}:{session['nonce']}"
    return hmac.new(secret.derive("csrf"), text.encode(), hashlib.sha256).hexdigest()


def check_csrf() -> None:
    """Let a form pass that one of our pages gave to this browser.

    Raises:
        Problem: 403, it came from elsewhere, or from a page of an older session.
    """
    sent = request.form.get("csrf", "")
    if "nonce" not in session or not hmac.compare_digest(sent.encode(), csrf_token().encode()):
        raise Problem(
            403,
            "form_expired",
            "This form is out of date, so nothing was done. Please open the page again "
            "(your browser must accept its cookie).",
        )


def require_session(*roles: str) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Let only people signed in with these roles see a page; an admin's key opens everything.

    Whoever is not signed in is sent to do so, and then back. The forms' token is checked on
    every request that does something. The view finds the caller with `keys.caller()`.

    Raises:
        Problem: 403, a form without its token.
    """

    def wrap(view: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
            found = signed_in()
            if found is None:
                return _ask()
            if found.role != "admin" and found.role not in roles:
                return respond.page(
                    "access/elsewhere.html", status=403, caller=found, home=home(found)
                )
            if request.method not in _READING:
                check_csrf()
            g.caller = found
            return view(*args, **kwargs)

        return guarded

    return wrap


def _ask() -> Response:
    if "HX-Request" in request.headers:
        return respond.refresh()  # a poll: the whole page asks, not a part of it
    back = request.full_path.rstrip("?") if request.method in _READING else request.path
    return respond.see_other(f"/sign-in?next={quote(back, safe='/')}")
