"""The page of all texts, in demo mode only; what is shown stands in its address."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app import languages
from app.playground.catalogue import views
from app.playground.pages import only_in_demo_mode
from app.theme import respond

blueprint = Blueprint("playground_texts", __name__)
blueprint.before_request(only_in_demo_mode)
respond.calm_errors(blueprint)


@blueprint.get("/playground/texts")
def show() -> Response:
    """All messages, or those named by `text`, in all languages or in `language`."""
    code = request.args.get("language", "")
    code = code if code in languages.known() else ""
    text = request.args.get("text", "")[:80].strip()
    found = views.shown(text, code)
    return respond.page(
        "playground/texts.html",
        shown=found,
        total=views.total(found),
        text=text,
        code=code,
        every=views.names(),
        title=views.title,
        known=[languages.get(one) for one in languages.known()],
    )
