"""Passkeys: sign in with one, see one's own, add one, remove one. A script talks to the browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, jsonify, request
from flask import session as cookie
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from app import clock
from app.access import agents, session, throttle, tongue
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import Connection, connection, transaction
from app.errors import Problem
from app.languages.language import mark
from app.sign_in import passkeys
from app.sign_in import passkeys_store as store
from app.theme import respond, speaking
from app.theme.times import When

blueprint = Blueprint("passkey_pages", __name__)
respond.calm_errors(blueprint)
tongue.begin(blueprint)

_ASKED = "passkey"
"""In the cookie: what this browser was asked to sign."""
_LONGEST = 16_000
_MINE = "/console/passkeys"


@blueprint.post("/sign-in/passkey/ask")
def ask_to_enter() -> Response:
    """What the browser has to sign to get in."""
    throttle.check(request.remote_addr or "")
    return _asked(lambda conn: passkeys.ask_to_enter(conn, clock.machine_now()))


@blueprint.post("/sign-in/passkey")
def enter() -> Response:
    """Let in whoever's passkey has signed it, and on to `next`."""
    address, back = request.remote_addr or "", session.local(request.form.get("next", ""))
    throttle.check(address)
    challenge = _challenge()
    try:
        with transaction() as conn:
            answer = request.form.get("answer", "")[:_LONGEST]
            person_id = passkeys.enter(conn, challenge, answer, clock.machine_now())
            begins = session.sign_in_person(conn, person_id, "passkey")
    except Problem as problem:
        throttle.failed(address)
        flash(problem.detail, "refused")
        return respond.see_other(f"/sign-in{session.onward(back)}")
    return respond.see_other(back or begins)


@blueprint.get(_MINE)
@require_session("dispatcher", "shipper")
def show() -> Response:
    """The caller's passkeys."""
    who = caller()
    return respond.page(
        "sign_in/passkeys.html",
        caller=who,
        here="sessions",
        keys=store.of(connection(), who.person_id) if who.person_id else [],
        can=bool(who.person_id) and passkeys.offered(),
        just=session.just_signed_in(),
        browser=agents.in_words,
        when=When("UTC", clock.machine_now(), speaking.language()),
    )


@blueprint.post(f"{_MINE}/ask")
@require_session("dispatcher", "shipper")
def ask_to_add() -> Response:
    """What the browser makes a passkey for."""
    if door := session.asks_again(_MINE):
        return door
    who = caller()
    person_id = _person_id()
    return _asked(lambda conn: passkeys.ask_to_add(conn, person_id, who.name, clock.machine_now()))


@blueprint.post(_MINE)
@require_session("dispatcher", "shipper")
def change() -> Response:
    """Keep the passkey that was made, or `remove` one of the caller's."""
    if door := session.asks_again(_MINE):
        return door
    person_id, unwanted = _person_id(), request.form.get("remove", "")
    try:
        with transaction() as conn:
            if unwanted:
                number = int(unwanted) if unwanted.isascii() and unwanted.isdigit() else 0
                gone = store.remove(conn, person_id, number)
                out = speaking.plain("It is removed: nobody gets in with it.")
                said = out if gone else speaking.plain("There is none.")
            else:
                _add(conn, person_id)
                said = speaking.plain(
                    "Your passkey is ready: next time it takes a finger, a face or a PIN."
                )
    except Problem as problem:
        flash(speaking.said(problem.detail), "")
    else:
        flash(said, "good")
    return respond.see_other(_MINE)


def _add(conn: Connection, person_id: int) -> None:
    answer = request.form.get("answer", "")[:_LONGEST]
    agent = request.headers.get("User-Agent", "")[:200]
    passkeys.add(conn, person_id, _challenge(), answer, agent, clock.machine_now())


def _person_id() -> int:
    person_id = caller().person_id
    if person_id is None:
        raise Problem(422, "passkey_refused", mark("A machine’s key has no passkeys."))
    return person_id


def _asked(ask: Callable[[Connection], tuple[bytes, dict[str, Any]]]) -> Response:
    with transaction() as conn:
        challenge, options = ask(conn)
    cookie[_ASKED] = bytes_to_base64url(challenge)
    return respond.private(jsonify(options))


def _challenge() -> bytes:
    return base64url_to_bytes(cookie.pop(_ASKED, ""))
