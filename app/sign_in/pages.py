"""Sign-in: a code by the person's own channel, or a key."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, get_flashed_messages, request
from flask import session as cookie

from app import clock, languages
from app.access import session, throttle, tongue
from app.db.connection import transaction
from app.directory import store as directory
from app.errors import Problem
from app.languages.language import mark
from app.settings import Settings
from app.sign_in import openid, passkeys, rules, service, texts
from app.theme import respond, speaking

blueprint = Blueprint("sign_in_pages", __name__, template_folder="templates")
respond.calm_errors(blueprint)
tongue.begin(blueprint)

_REFUSED = mark(
    "This key is not known here, or it was revoked or has ended. Please check it and try again."
)
_ONWARD = "onward"
"""In the cookie: where somebody wanted to, while they are at their company's sign-in."""
_ASKED = "asked"
"""In the cookie: what the code is bound to, and where it was sent as far as this browser knows."""


@blueprint.get("/sign-in")
def ask() -> Response:
    """Where to write a number or address; people who are signed in go where they wanted to."""
    return signed_in_already() or form("sign_in/ask.html")


@blueprint.get("/sign-in/again")
def ask_again() -> Response:
    """The door for somebody who is in, and has to show once more who they are."""
    cookie[session.AGAIN] = True
    return respond.see_other(f"/sign-in{_onward()}")


@blueprint.post("/sign-in/code")
def send() -> Response:
    """Send a code `to` a number or address, or again to the last; the answer tells nothing."""
    written = request.form.get("to", "") or cookie.get(_ASKED, {}).get("to", "")
    address = rules.address(written)
    if address is None:
        return form("sign_in/ask.html", refused=texts.NEITHER, to=written)
    throttle.asks(request.remote_addr or "")
    try:
        with transaction() as conn:
            browser = service.ask(conn, address, speaking.language(), clock.now())
    except Problem as problem:
        return form("sign_in/ask.html", refused=problem.detail, to=written, status=problem.status)
    cookie[_ASKED] = {"browser": browser, "to": address.written, "how": address.how}
    return respond.see_other(f"/sign-in/code{_onward()}")


@blueprint.post("/sign-in/language")
def choose_language() -> Response:
    """Let this browser read `language`, and go `back` to the door."""
    back = session.local(request.form.get("back", "")) or "/sign-in"
    code = request.form.get("language", "")
    answer = respond.see_other(back)
    return tongue.choose(answer, code) if code in languages.known() else answer


@blueprint.get("/sign-in/code")
def ask_code() -> Response:
    """Where to write the code."""
    if already := signed_in_already():
        return already
    if _ASKED not in cookie:
        return respond.see_other(f"/sign-in{_onward()}")
    return _code_form()


@blueprint.post("/sign-in")
def enter() -> Response:
    """Take the `code`, or the `key`, and go to `next`, or to where this role begins."""
    return _enter_by_key() if "key" in request.form else _enter_by_code()


def _enter_by_key() -> Response:
    address = request.remote_addr or ""
    caller = session.sign_in(request.form.get("key", "").strip())
    if caller is None:
        throttle.check(address)
        throttle.failed(address)
        return form("sign_in/key.html", refused=_REFUSED)
    return respond.see_other(back() or session.home(caller))


def _enter_by_code() -> Response:
    if _ASKED not in cookie:
        return respond.see_other(f"/sign-in{_onward()}")
    address = request.remote_addr or ""
    code = rules.read_code(request.form.get("code", ""))
    if not code:
        return _code_form(texts.FORMAT)
    with transaction() as conn:
        match service.enter(conn, cookie[_ASKED]["browser"], code, clock.now()):
            case service.Entered(person_id, how):
                begins = session.sign_in_person(conn, person_id, how)
                return respond.see_other(back() or begins)
            case service.Wrong(left):
                refused = texts.wrong(left)
            case _:
                refused = texts.OVER
    throttle.check(address)
    throttle.failed(address)
    return _code_form(refused)


@blueprint.get("/sign-in/openid")
def leave_for_openid() -> Response:
    """To the company's own sign-in."""
    if already := signed_in_already():
        return already
    cookie[_ONWARD] = back()
    return respond.private(openid.leave(again=session.AGAIN in cookie))


@blueprint.get(openid.BACK)
def come_back_from_openid() -> Response:
    """Whoever the company's sign-in sends back is let in, if we know them."""
    back = session.local(cookie.get(_ONWARD, ""))
    email = openid.come_back()
    with transaction() as conn:
        found = directory.people_known_by(conn, email) if "@" in email else []
        if len(found) != 1:
            return form("sign_in/ask.html", refused=texts.nobody(email), status=403)
        begins = session.sign_in_person(conn, found[0].id, "openid")
    return respond.see_other(back or begins)


@blueprint.get("/sign-in/key")
def ask_key() -> Response:
    """The form for a key."""
    return signed_in_already() or form("sign_in/key.html")


def back() -> str:
    """Where somebody wanted to; empty: where their role begins."""
    return session.local(request.values.get("next", ""))


def _onward() -> str:
    return session.onward(back())


def signed_in_already() -> Response | None:
    """On to where they wanted, if they are signed in and need not show it again."""
    caller = None if session.AGAIN in cookie else session.signed_in()
    return respond.see_other(back() or session.home(caller)) if caller else None


def _code_form(refused: str = "") -> Response:
    return form("sign_in/code.html", refused=refused, **cookie[_ASKED])


def form(template: str, *, refused: str = "", status: int = 422, **facts: Any) -> Response:
    """A page at the door, with why somebody was not let in."""
    settings: Settings = current_app.config["SETTINGS"]
    refused = refused or "".join(map(str, get_flashed_messages(category_filter=["refused"])))
    return respond.page(
        template,
        status=status if refused else 200,
        next=back(),
        onward=_onward(),
        again=session.AGAIN in cookie,
        refused=refused,
        minutes=int(rules.GOOD_FOR.total_seconds() // 60),
        passkeys=passkeys.offered(),
        languages=languages.known().values(),
        openid=settings.openid_name if openid.offered() else "",
        demo=settings.demo,
        **{"to": "", **facts},
    )
