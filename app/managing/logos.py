"""A logo as somebody gives it becomes a small picture that is safe to show: drawn anew."""

from __future__ import annotations

import hashlib
from io import BytesIO

from PIL import Image

from app import files
from app.errors import Problem
from app.languages.language import mark

LARGEST = 1024 * 1024
_MOST_PIXELS = 4_000_000
_SIDES = (480, 120)
MOST_KEPT = 24 * 1024
"""Bytes of what every page then carries."""
_FORMATS = ("PNG", "JPEG", "WEBP")


def keep(content: bytes) -> str:
    """Keep a logo; the digest it is fetched by.

    Raises:
        Problem: 413 it is too large; 415 it is no picture that we can read; 503 it cannot be kept.
    """
    picture = draw(content)
    digest = hashlib.sha256(picture).hexdigest()[:32]
    try:
        files.put(f"brands/{digest}.png", picture)
    except files.AwayError as error:
        raise Problem(503, "photos_away", mark("It cannot be kept at the moment.")) from error
    return digest


def draw(content: bytes) -> bytes:
    """A PNG of it with nothing else in it, small enough for every page.

    Raises:
        Problem: 413 it is too large; 415 it is no picture that we can read.
    """
    if len(content) > LARGEST:
        raise _too_large()
    try:
        image: Image.Image = Image.open(BytesIO(content), formats=_FORMATS)
        fits = image.width * image.height <= _MOST_PIXELS
        image = image.convert("RGBA") if fits else image
    except Exception as error:
        raise Problem(
            415, "photo_format", mark("This is no logo that we can read: give a PNG, JPEG or WebP.")
        ) from error
    if not fits:
        raise _too_large()
    image.thumbnail(_SIDES)
    image.info = {}
    for colours in (None, 64, 16):
        kept = BytesIO()
        drawn = image if colours is None else image.quantize(colours)
        drawn.save(kept, "PNG", optimize=True)
        if kept.tell() <= MOST_KEPT:
            break
    else:
        raise Problem(
            413, "photo_too_large", mark("This logo is too detailed for a page. Try another.")
        )
    return kept.getvalue()


def _too_large() -> Problem:
    return Problem(413, "photo_too_large", mark("A logo has up to 1 MB and 4 million pixels."))
