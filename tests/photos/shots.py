"""Photos as telephones, screens and strangers send them."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

SECRET = b"Anaheim, 33.83N 117.91W"
"""What nobody but the photographer should ever read."""


def photo(width: int = 900, height: int = 600, kind: str = "JPEG", **how: Any) -> bytes:
    """Red on the left, blue on the right, so that it is seen which way up it is."""
    image = Image.new(how.pop("mode", "RGB"), (width, height), how.pop("left", "red"))
    image.paste(how.pop("right", "blue"), (width // 2, 0, width, height))
    kept = BytesIO()
    image.save(kept, kind, **how)
    return kept.getvalue()


def with_a_place(orientation: int = 1, kind: str = "JPEG") -> bytes:
    """One that says where it was taken, in each way that a file can."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(0x8825)[29] = SECRET.decode()
    hidden: dict[str, Any] = {"exif": exif}
    if kind != "PNG":
        hidden["xmp"] = b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"
    if kind == "JPEG":
        hidden["comment"] = SECRET
    return photo(kind=kind, **hidden) + SECRET


def bomb(side: int = 30_000) -> bytes:
    """A PNG of a few bytes that says it has a great many pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        whole = name + content
        return struct.pack(">I", len(content)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def heic() -> bytes:
    """How a photo of an iPhone begins."""
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100
