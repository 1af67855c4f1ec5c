"""In which language somebody of the staff reads a page: it is decided here, and nowhere else.

First whoever is signed in, then whoever the link belongs to, then what was chosen in this browser,
then what the browser asks for, then the house's. The session remembers what whoever is signed in
reads, so that the page behind a link need not look for them.
"""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request, session

from app import languages
from app.languages.language import Language
from app.theme import speaking

_CHOSEN = "language"
"""The cookie of what was chosen in this browser; it outlives a session."""
_SIGNED_IN = "reads"
_YEAR = 365 * 24 * 3600


def use(*, signed_in: str | None = None, link: str = "") -> Language:
    """Make this request's pages in the language of whom they are for; codes may be empty."""
    if signed_in is not None and session.get(_SIGNED_IN, "") != signed_in:
        session[_SIGNED_IN] = signed_in
    found = _decide(session.get(_SIGNED_IN, ""), link, request.cookies.get(_CHOSEN, ""))
    speaking.use(found)
    return found


def begin(blueprint: Blueprint) -> None:
    """Let this blueprint's pages be in a language of staff, also where nobody is known yet."""
    blueprint.before_request(_use)


def _use() -> None:
    use()


def as_asked() -> None:
    """The same where nothing but the browser says what somebody reads."""
    speaking.use(languages.get(*_asked()))


def choose(answer: Response, code: str) -> Response:
    """Remember in this browser what was chosen there."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    answer.set_cookie(
        _CHOSEN, code, max_age=_YEAR, secure=secure, httponly=True, samesite="Lax", path="/"
    )
    return answer


def _decide(*codes: str) -> Language:
    asked = _asked()
    known = next((code for code in codes if code in languages.known()), None)
    if known is None:
        return languages.get(*asked)
    return languages.get(known, asked[1] if asked[0] == known else "")


def _asked() -> tuple[str, str]:
    """The language that the browser asks for first of those there are, and the territory."""
    for tag in request.accept_languages.values():
        code, _, rest = tag.partition("-")
        if tag in languages.known():
            return tag, ""
        if code in languages.known():
            return code, rest.upper() if len(rest) == 2 else ""
    return languages.HOUSE, ""
