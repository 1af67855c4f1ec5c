"""One click from the playground into the pages behind the sign-in, as a person of the demo."""

from __future__ import annotations

import json

from flask import Blueprint, Response, abort, current_app, request

from app.access import session
from app.errors import Problem
from app.settings import Settings
from app.theme import respond

blueprint = Blueprint("playground_visit", __name__)
respond.calm_errors(blueprint)

PLACES = {"console": "Console", "dashboard": "Dashboard", "couriers": "Couriers"}
"""Pages by address, with their names."""
_ROLE = "dispatcher"  # a person, who sees all three and can take tasks on


@blueprint.post("/playground/visit")
def visit() -> Response:
    """Sign in with the demo's own key and go to `page`; demo mode only.

    The key is the one that `demo.json` shows to everybody who can start the demo. Unlike the
    rest of the playground this makes a session, so its form needs the token of this browser.
    """
    settings: Settings = current_app.config["SETTINGS"]
    page = request.form.get("page", "")
    if not settings.demo or page not in PLACES:
        abort(404)
    if session.sign_in(_key(settings)) is None:
        raise Problem(409, "no_demo_key", "demo.json has no valid key; start the demo again.")
    return respond.see_other(f"/{page}")


def _key(settings: Settings) -> str:
    try:
        found = json.loads((settings.home / "demo.json").read_text())["api_keys"][_ROLE]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return ""
    return str(found)
