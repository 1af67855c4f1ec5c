"""A photo as somebody sends it becomes a picture that is safe to keep and to show. Pure.

It is drawn anew, so that nothing of the file itself stays: no place, no device, no hidden bytes.
"""

from __future__ import annotations

import hashlib
from io import BytesIO
from threading import Lock
from typing import NamedTuple

from PIL import Image, ImageOps

from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence

LARGEST = 10 * 1024 * 1024
"""Bytes of one photo."""
MOST_PIXELS = 64_000_000
"""Of a JPEG, which a telephone makes and which is read at the size that is needed."""
MOST_PIXELS_DRAWN = 24_000_000
"""Of others, which have to be read whole: a small file can hold a very large picture."""
SIDE = 2048
SMALL_SIDE = 320
_FORMATS = ("JPEG", "PNG", "WEBP")
_APPLE = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_one_at_a_time = Lock()
"""A large picture takes a hundred megabytes while it is read."""


class Picture(NamedTuple):
    """A photo as it is kept: two JPEGs, named by what is in the larger one."""

    name: str
    full: bytes
    small: bytes
    width: int
    height: int


def draw(content: bytes) -> Picture:
    """Make a picture of a file.

    Raises:
        Problem: 413 it is too large; 415 it is of another kind; 422 it cannot be read.
    """
    if len(content) > LARGEST:
        raise Problem(
            413,
            "photo_too_large",
            sentence(
                "This photo is larger than {megabytes} MB. Please send a smaller one.",
                megabytes=LARGEST // 1024 // 1024,
            ),
        )
    if content[4:8] == b"ftyp" and content[8:12] in _APPLE:
        raise Problem(
            415,
            "photo_format",
            mark(
                "This photo is in Apple’s HEIC format, which we can’t show. Please send it as "
                "JPEG: on an iPhone choose Settings, Camera, Formats, Most Compatible, or send a "
                "screenshot."
            ),
        )
    with _one_at_a_time:
        image = _read(content)
        full = _jpeg(image)
        width, height = image.size
        image.thumbnail((SMALL_SIDE, SMALL_SIDE))
        name = hashlib.sha256(full).hexdigest()[:32]
        return Picture(name, full, _jpeg(image), width, height)


def _read(content: bytes) -> Image.Image:
    """The picture the right way up, on white where it was transparent, no larger than needed."""
    try:
        image: Image.Image = Image.open(BytesIO(content), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:
        raise Problem(
            415,
            "photo_format",
            mark("This is no photo that we can read: send a JPEG, PNG or WebP."),
        ) from error
    most = MOST_PIXELS if image.format in {"JPEG", "MPO"} else MOST_PIXELS_DRAWN
    if image.width * image.height > most:
        raise _too_many_pixels()
    try:
        return _drawn(image)
    except Exception as error:
        raise Problem(
            422,
            "photo_broken",
            mark("This photo is damaged and can’t be read. Please send it again."),
        ) from error


def _drawn(image: Image.Image) -> Image.Image:
    image.draft("RGB", (SIDE, SIDE))
    if image.mode == "P":
        image = image.convert("RGBA")  # colours out of a list cannot be mixed
    image.thumbnail((SIDE, SIDE))
    image = ImageOps.exif_transpose(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    drawn = image.convert("RGB")
    drawn.info = {}
    return drawn


def _too_many_pixels() -> Problem:
    return Problem(
        413, "photo_too_large", mark("This photo has too many pixels. Please send a smaller one.")
    )


def _jpeg(image: Image.Image) -> bytes:
    kept = BytesIO()
    image.save(kept, "JPEG", quality=85)
    return kept.getvalue()
