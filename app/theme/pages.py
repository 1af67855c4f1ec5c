"""The blueprint behind every page: static files, and the templates that others extend."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
from flask import Blueprint, Response, abort, request

from app.theme import assets, icons, names, speaking

blueprint = Blueprint("theme", __name__, template_folder="templates")
blueprint.add_app_template_global(assets.address, "asset")
blueprint.add_app_template_global(icons.icon, "icon")
blueprint.add_app_template_global(speaking.language, "language")
blueprint.add_app_template_global(speaking.say, "say")
blueprint.add_app_template_global(speaking.said, "said")
blueprint.add_app_template_global(speaking.plain, "plain")
blueprint.add_app_template_global(speaking.count, "count")
blueprint.add_app_template_global(speaking.mean, "mean")
blueprint.add_app_template_filter(names.courier, "courier")


@blueprint.app_template_filter()
def capfirst(text: str) -> str:
    """With a capital at the beginning, the rest as it is."""
    return text[:1].upper() + text[1:]


@blueprint.app_template_filter()
@lru_cache(maxsize=2_000)
def phone(number: str) -> str:
    """A number in E.164 with gaps, as a person reads it, also with an extension; else as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


_YEAR = 365 * 24 * 3600


@blueprint.get("/assets/<digest>/<name>")
def asset(digest: str, name: str) -> Response:
    """A static file; kept for good under its digest, and not at all under an older one."""
    found = assets.find(name)
    if found is None:
        abort(404)
    zipped = request.accept_encodings.quality("gzip") > 0
    answer = Response(found.zipped if zipped else found.body, content_type=found.content_type)
    if zipped:
        answer.headers["Content-Encoding"] = "gzip"
    current = digest == found.digest
    answer.headers["Cache-Control"] = (
        f"public, max-age={_YEAR}, immutable" if current else "no-cache"
    )
    answer.headers["Vary"] = "Accept-Encoding"
    return answer


@blueprint.get("/track.js")
def widget() -> Response:
    """What a shop puts on its own pages to show how far a parcel is; a browser keeps it an hour."""
    answer = _plain("track.js")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@blueprint.get("/push-worker.js")
def worker() -> Response:
    """What a browser runs when a message comes; it looks for a newer one by itself."""
    return _plain("push-worker.js")


@blueprint.get("/app.webmanifest")
def manifest() -> Response:
    """What lets a phone keep the console on its home screen; an iPhone wants it for messages."""
    return _plain("app.webmanifest", "application/manifest+json")


def _plain(name: str, kind: str = "") -> Response:
    """A static file under an address that never changes."""
    found = assets.find(name)
    if found is None:
        abort(404)
    answer = Response(found.body, content_type=kind or found.content_type)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """The mark, for browsers that ask without looking at the page."""
    found = assets.find("mark.svg")
    return asset(found.digest if found else "", "mark.svg")
