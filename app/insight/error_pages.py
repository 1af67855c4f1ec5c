"""`/docs/errors/<code>`: what a problem's `type` leads to."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from app.error_codes import CODES, find
from app.theme import respond

blueprint = Blueprint("error_pages", __name__, template_folder="templates")
respond.calm_errors(blueprint)


@blueprint.get("/docs/errors")
def every() -> Response:
    """All codes, each with its title."""
    return respond.page("insight/errors.html", codes=sorted(CODES.values()))


@blueprint.get("/docs/errors/<code>")
def one(code: str) -> Response:
    """What a code means, and what to do."""
    return respond.page("insight/error.html", error=find(code) or abort(404))
