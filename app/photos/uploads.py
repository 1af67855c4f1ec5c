"""Photos in a form, and how one leaves again. Where nobody says `let_in`, files are refused."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Response
from flask import request as any_request

from app.errors import Problem
from app.languages.sentence import sentence
from app.photos import pictures, service
from app.web import LIMIT, HouseRequest

WHOLE = service.AT_ONCE * pictures.LARGEST + LIMIT
"""Bytes of a form with photos."""
READING = ("no_such_photo", "photos_away")
CODES = ("photo_too_large", "photo_format", "photo_broken", "too_many_photos", "photos_away")
"""What can be answered to a photo that is asked for, and to those that are sent."""

P = ParamSpec("P")
R = TypeVar("R")


def let_in() -> None:
    """Let this request bring photos; call it before its form is read, and after who sends it.

    Raises:
        Problem: 413 they are too large together.
    """
    request = cast("HouseRequest", any_request)
    if request.mimetype != "multipart/form-data":
        return
    if (request.content_length or 0) > WHOLE:
        detail = sentence(
            "These photos are too large together: send up to {number} of 10 MB.",
            number=service.AT_ONCE,
        )
        raise Problem(413, "photo_too_large", detail)
    request.max_content_length = WHOLE
    request.takes_files = True


def taken(view: Callable[P, R]) -> Callable[P, R]:
    """A view whose form may bring photos."""

    @wraps(view)
    def wider(*args: P.args, **kwargs: P.kwargs) -> R:
        let_in()
        return view(*args, **kwargs)

    return wider


def sent() -> list[bytes]:
    """The photos of the form; a field that was left empty is none."""
    files = [file for _, file in any_request.files.items(multi=True)]
    return [content for file in files if (content := file.read()) or file.filename]


def answer(case_id: int, name: str, shown: Collection[str]) -> Response:
    """A photo out of those that are `shown` to whoever asks; `?small` for the small one.

    Whatever it is, a browser takes it for a picture and for nothing else.

    Raises:
        Problem: 404 it is not shown to them, or no longer kept; 503 the store is away.
    """
    if name not in shown:
        raise service.no_such_photo()
    content = service.read(case_id, name, small="small" in any_request.args)
    return Response(
        content,
        content_type="image/jpeg",
        headers={
            "Content-Disposition": f'inline; filename="photo-{name[:8]}.jpg"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "X-Robots-Tag": "noindex",
            "Cache-Control": "private, max-age=600",
        },
    )
