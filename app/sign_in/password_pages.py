"""A password: sign in with it, set one's own, remove it."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request

from app import clock
from app.access import session, throttle, tongue
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import connection, transaction
from app.errors import Problem
from app.languages.language import mark
from app.sign_in import pages, passwords
from app.sign_in import passwords_store as store
from app.theme import respond, speaking
from app.theme.times import When

blueprint = Blueprint("password_pages", __name__)
respond.calm_errors(blueprint)
tongue.begin(blueprint)

_MINE = "/console/password"
_WRONG = mark(
    "That does not fit, or there is no such password any more. You can sign in with a code."
)


@blueprint.get("/sign-in/password")
def ask() -> Response:
    """Where to write it."""
    return pages.signed_in_already() or pages.form("sign_in/password.html")


@blueprint.post("/sign-in/password")
def enter() -> Response:
    """Let in whoever wrote their password, and on to `next`."""
    address, written = request.remote_addr or "", request.form.get("to", "")
    throttle.check(address)
    person_id = passwords.enter(written, request.form.get("password", ""))
    if person_id is None:
        throttle.failed(address)
        return pages.form("sign_in/password.html", refused=_WRONG, to=written)
    with transaction() as conn:
        begins = session.sign_in_person(conn, person_id, "password")
    return respond.see_other(pages.back() or begins)


@blueprint.get(_MINE)
@require_session("dispatcher", "shipper")
def show() -> Response:
    """Whether the caller has one, and how to have one."""
    who = caller()
    return respond.page(
        "sign_in/own_password.html",
        caller=who,
        here="sessions",
        since=store.set_at(connection(), who.person_id) if who.person_id else None,
        just=session.just_signed_in(),
        shortest=passwords.SHORTEST,
        longest=passwords.LONGEST,
        when=When("UTC", clock.machine_now(), speaking.language()),
    )


@blueprint.post(_MINE)
@require_session("dispatcher", "shipper")
def change() -> Response:
    """Set the caller's `password`, written `again`, or `remove` it."""
    if door := session.asks_again(_MINE):
        return door
    try:
        said, tone = _change(caller().person_id), "good"
    except Problem as problem:
        said, tone = problem.detail, ""
    flash(speaking.said(said), tone)
    return respond.see_other(_MINE)


def _change(person_id: int | None) -> str:
    if person_id is None:
        raise Problem(422, "password_refused", mark("A machine’s key has no password."))
    if "remove" in request.form:
        store.remove(connection(), person_id)
        return mark("Your password is removed: codes come as before.")
    password, again = (request.form.get(name, "") for name in ("password", "again"))
    passwords.choose(person_id, password, again, clock.machine_now())
    return mark("Your password is set: it opens the door beside the codes.")
