"""Where one arrives, and sign-out."""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from app.access import session
from app.theme import respond

blueprint = Blueprint("access_pages", __name__, template_folder="templates")
respond.calm_errors(blueprint)


@blueprint.get("/")
def arrive() -> Response:
    """Where somebody begins who knows nothing but our name."""
    demo = current_app.config["SETTINGS"].demo
    return respond.see_other("/playground" if demo else "/console")


@blueprint.post("/sign-out")
def leave() -> Response:
    """Forget who is here."""
    session.sign_out()
    return respond.see_other("/sign-in")
