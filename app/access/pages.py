"""Sign-in and sign-out."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from app.access import session, throttle
from app.theme import respond

blueprint = Blueprint("access_pages", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_REFUSED = (
    "This key is not known here, or it was revoked or has ended. Please check it and try again."
)


@blueprint.get("/")
def arrive() -> Response:
    """Where somebody begins who knows nothing but our name."""
    demo = current_app.config["SETTINGS"].demo
    return respond.see_other("/playground" if demo else "/console")


@blueprint.get("/sign-in")
def ask() -> Response:
    """The form; people who are signed in already go where they wanted to."""
    back = session.local(request.args.get("next", ""))
    if caller := session.signed_in():
        return respond.see_other(back or session.home(caller))
    return _form(back)


@blueprint.post("/sign-in")
def enter() -> Response:
    """Take the key (`key`) and go to `next`, or to where this role begins."""
    back = session.local(request.form.get("next", ""))
    address = request.remote_addr or ""
    caller = session.sign_in(request.form.get("key", "").strip())
    if caller is None:
        throttle.check(address)
        throttle.failed(address)
        return _form(back, refused=_REFUSED)
    return respond.see_other(back or session.home(caller))


@blueprint.post("/sign-out")
def leave() -> Response:
    """Forget who is here."""
    session.sign_out()
    return respond.see_other("/sign-in")


def _form(back: str, refused: str = "") -> Response:
    return respond.page(
        "access/sign_in.html",
        status=422 if refused else 200,
        next=back,
        refused=refused,
        demo=current_app.config["SETTINGS"].demo,
    )
