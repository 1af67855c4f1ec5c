"""A brand's colours and logo, as browsers fetch them; nothing in them is anybody's secret."""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint, Response, abort

from app import files
from app.directory import colours
from app.theme import respond

blueprint = Blueprint("brands", __name__)
respond.calm_errors(blueprint)

_YEAR = 365 * 24 * 3600


@blueprint.get("/brand/<colour>-<dark>.css")
def styles(colour: str, dark: str) -> Response:
    """The accents of a brand."""
    light, shade = colours.read(colour), "" if dark == "auto" else colours.read(dark)
    if light != colour or shade != ("" if dark == "auto" else dark):
        abort(404)
    return _kept(Response(colours.styles(light, shade), content_type="text/css; charset=utf-8"))


@blueprint.get("/brand/<digest>.png")
def logo(digest: str) -> Response:
    """A logo, as it was drawn anew when somebody gave it."""
    if not (digest.isalnum() and len(digest) == 32):
        abort(404)
    try:
        picture = _picture(digest)
    except files.AwayError:
        return Response(status=503, headers={"Retry-After": "30"})
    if picture is None:
        _picture.cache_clear()
        abort(404)
    answer = _kept(Response(picture, content_type="image/png"))
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@lru_cache(maxsize=64)
def _picture(digest: str) -> bytes | None:
    return files.get(f"brands/{digest}.png")


def _kept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
