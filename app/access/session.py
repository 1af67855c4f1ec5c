"""Sign-in for people at a browser: a cookie that names a session, which knows the key shown.

The cookie holds a random token and never the key; the database holds its digest. Every request
looks the session and its key up again, so whoever signs out, and whose key is revoked or has ended,
is out at once, in every copy of the cookie; after a shift a session is over. Whoever moves the
demo's time stays signed in.
Every form carries a token that belongs to the cookie (Flask-WTF), so that no other site can
press our buttons.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec
from urllib.parse import quote

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from typing_extensions import override

from app import clock
from app.access import keys, secret, store
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

csrf = CSRFProtect()
"""Guards every request that does something; a blueprint that uses no cookie is exempted."""


class _Sessions(SecureCookieSessionInterface):
    """Sessions for pages. Webhooks have none: their middleware answers before one is looked for."""

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
        WTF_CSRF_SECRET_KEY=secret.derive("csrf"),
        WTF_CSRF_TIME_LIMIT=None,  # a form is good for as long as its session
        WTF_CSRF_SSL_STRICT=False,  # our pages send no Referer, so none can be asked for
    )
    csrf.init_app(app)
    app.register_error_handler(CSRFError, _form_expired)


def sign_in(key: str) -> Caller | None:
    """Begin a session with this key; None when it is unknown, revoked or expired."""
    conn = connection()
    caller = keys.use(conn, key)
    if caller is None:
        return None
    token, now = secrets.token_urlsafe(32), clock.machine_now()
    store.begin_session(conn, keys.digest(token), caller.key_id, now, now + _SHIFT)
    session.clear()  # nothing of the person who was here before
    session.permanent = True
    session["session"] = token
    generate_csrf()  # now, and not by the first page: two tabs opened at once must share it
    return caller


def sign_out() -> None:
    """End the session, in whichever browser its cookie was copied to."""
    if digest := _digest():
        store.end_session(connection(), digest)
    session.clear()


def signed_in() -> Caller | None:
    """Who is here, as the database says now; None when nobody is, or no longer."""
    digest = _digest()
    if digest is None:
        return None
    conn = connection()
    return keys.used_by(
        conn, store.caller_by_session(conn, digest, clock.now(), clock.machine_now())
    )


def _digest() -> bytes | None:
    token = session.get("session")
    return keys.digest(token) if isinstance(token, str) else None


def home(caller: Caller) -> str:
    """Where somebody of this role begins."""
    return "/dashboard" if caller.role == "shipper" else "/console"


def local(address: str) -> str:
    """The address if it is a path of this house, else nothing."""
    return address if _LOCAL.fullmatch(address) else ""


def require_session(*roles: str) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Let only people signed in with these roles see a page; an admin's key opens everything.

    People who are not signed in are sent to do so, and then back. The view finds the caller with
    `keys.caller()`.
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
            g.caller = found
            return view(*args, **kwargs)

        return guarded

    return wrap


def _ask() -> Response:
    if "HX-Request" in request.headers:
        return respond.refresh()  # a poll: the whole page asks, not a part of it
    back = request.full_path.rstrip("?") if request.method in _READING else request.path
    return respond.see_other(f"/sign-in?next={quote(back, safe='/')}")


def _form_expired(_: CSRFError) -> Response:
    """A form without the token of this session: from elsewhere, or from an older session."""
    if request.blueprint != "access_pages" and signed_in() is None:
        return _ask()
    return respond.problem_page(
        Problem(
            403,
            "form_expired",
            "This form is out of date, so nothing was done. Please open the page again "
            "(your browser must accept its cookie).",
        )
    )
