"""Sign-in for people at a browser: a cookie that names a session, which knows whose it is.

The cookie holds a random token and never a key; the database holds its digest. Every request
looks the session up again, with its person and its key, so whoever signs out or leaves, and whose
key is revoked or has ended, is out at once, in every copy of the cookie; after a shift a session is
over. Whoever moves the demo's time stays signed in.
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
from app.access import keys, scope, secret, sessions_store, tongue
from app.access.keys import Caller
from app.db.connection import Connection, connection
from app.errors import Problem
from app.languages.language import mark
from app.theme import respond

P = ParamSpec("P")

_SHIFT = timedelta(hours=12)
"""Then it is somebody else's turn, or time to sign in again."""
_JUST = timedelta(minutes=10)
"""So long after a sign-in nobody is asked again who they are."""
AGAIN = "again"
"""In the cookie: whoever is signed in shows once more who they are."""
_LOCAL = re.compile(r"/(?!/)[!-\[\]-~]*")
"""A path here: not `//elsewhere`, and nothing a browser reads as that (`\\`, tabs, spaces)."""
_LONGEST_AGENT = 200
_AT_THE_DOOR = frozenset({"access_pages", "sign_in_pages", "passkey_pages", "password_pages"})
IN_ENGLISH = frozenset(
    {
        *("docs", "error_pages"),
        *("playground", "intake_pages", "wrong_console"),
    }
)
"""Pages in English: what is for developers (the API, its errors, the playground, a body tried) and
for operators (the wrong console).
What a proof of forgetting lists stays in English too, within its page."""
_READING = frozenset({"GET", "HEAD", "OPTIONS"})

csrf = CSRFProtect()
"""Guards every request that does something; a blueprint that uses no cookie is exempted."""


class _Sessions(SecureCookieSessionInterface):
    """Sessions for pages. Webhooks have none: their middleware answers before one is looked for."""

    @override
    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path.startswith("/webhooks/"):
            return None
        if not request.cookies:  # as with most links: there is nothing to make a signer for
            return self.session_class()
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
    if caller is not None:
        _begin(conn, key_id=caller.key_id, person_id=caller.person_id, how="key")
    return caller


def sign_in_person(conn: Connection, person_id: int, how: str) -> str:
    """Begin a session of somebody who has shown who they are; where they begin.

    `how` is sms, email, passkey, password or openid.
    """
    _begin(conn, key_id=None, person_id=person_id, how=how)
    caller = signed_in()
    return home(caller) if caller else "/console"


def _begin(conn: Connection, *, key_id: int | None, person_id: int | None, how: str) -> None:
    """Begin one with a token of its own; the browser's former one ends."""
    if before := _digest():
        sessions_store.end(conn, before)
    token, now = secrets.token_urlsafe(32), clock.machine_now()
    sessions_store.begin(
        conn,
        keys.digest(token),
        key_id=key_id,
        person_id=person_id,
        how=how,
        agent=request.headers.get("User-Agent", "")[:_LONGEST_AGENT],
        now=now,
        ends_at=now + _SHIFT,
    )
    session.clear()  # nothing of the person who was here before
    session.permanent = True
    session["session"] = token
    generate_csrf()  # now, and not by the first page: two tabs opened at once must share it


def sign_out() -> None:
    """End the session, in whichever browser its cookie was copied to."""
    if digest := _digest():
        sessions_store.end(connection(), digest)
    session.clear()


def signed_in() -> Caller | None:
    """Who is here, as the database says now; None when nobody is, or no longer."""
    digest = _digest()
    if digest is None:
        return None
    conn = connection()
    return keys.used_by(conn, sessions_store.caller(conn, digest, clock.now(), clock.machine_now()))


def _digest() -> bytes | None:
    token = session.get("session")
    return keys.digest(token) if isinstance(token, str) else None


def just_signed_in() -> bool:
    """Whether whoever is here showed who they are minutes ago, and not hours."""
    digest = _digest()
    began = sessions_store.began(connection(), digest) if digest else None
    return began is not None and clock.machine_now() < began + _JUST


def asks_again(back: str) -> Response | None:
    """To the door, and then `back`, unless they have just come through it.

    Whoever sits down at somebody's open browser makes no way in of their own with it.

    Raises:
        Problem: 403, a script has to be told.
    """
    if just_signed_in():
        return None
    if request.accept_mimetypes.best == "application/json":
        raise Problem(403, "sign_in_again", mark("Please open this page again and sign in first."))
    return respond.see_other(f"/sign-in/again{onward(back)}")


def home(caller: Caller) -> str:
    """Where somebody of this role begins."""
    return "/shop" if caller.role == "shipper" else "/console"


def local(address: str) -> str:
    """The address if it is a path of this house, else nothing."""
    return address if _LOCAL.fullmatch(address) else ""


def onward(back: str) -> str:
    """What an address of the sign-in carries so that it leads `back` in the end."""
    return f"?next={quote(back, safe='/')}" if back else ""


def require_session(*roles: str) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Let only people signed in with these roles, and those above them, see a page.

    People who are not signed in are sent to do so, and then back. The view finds the caller with
    `keys.caller()`. What its address names is theirs.
    """

    def wrap(view: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
            found = signed_in()
            if found is None:
                return _ask()
            if request.blueprint not in IN_ENGLISH:
                tongue.use(signed_in=found.language)
            if not found.may(*roles):
                return respond.page(
                    "access/elsewhere.html", status=403, caller=found, home=home(found)
                )
            scope.check_address(found.sees, kwargs)
            g.caller = found
            return view(*args, **kwargs)

        guarded.roles = roles  # type: ignore[attr-defined] # a test asks every view
        return guarded

    return wrap


def _ask() -> Response:
    if "HX-Request" in request.headers:
        return respond.refresh()  # a poll: the whole page asks, not a part of it
    back = request.full_path.rstrip("?") if request.method in _READING else request.path
    return respond.see_other(f"/sign-in{onward(back)}")


def _form_expired(_: CSRFError) -> Response:
    """A form without the token of this session: from elsewhere, or from an older session."""
    if request.blueprint not in _AT_THE_DOOR and signed_in() is None:
        return _ask()
    tongue.use()
    detail = mark(
        "This form is out of date, so nothing was done. Please open the page again (your browser "
        "must accept its cookie)."
    )
    return respond.problem_page(Problem(403, "form_expired", detail))
