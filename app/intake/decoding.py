"""From the bytes of a webhook to its JSON: compression and character sets are undone.

What is kept is always the body as it came.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from email.message import Message as Header
from typing import Any

from app import json_body
from app.intake.event import Incoming, Unreadable

LARGEST = 4 * 1024 * 1024
"""Bytes of a body after decompression; a small one may hold a thousand times its size."""

_WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 15}  # as zlib names the formats


def unpacked(incoming: Incoming) -> Incoming:
    """The same with its body decompressed.

    Raises:
        Unreadable: it is compressed in another way, is damaged, or would be too large.
    """
    encoding = (incoming.headers.get("Content-Encoding") or "").strip().lower()
    if encoding in {"", "identity"}:
        return incoming
    if encoding not in _WINDOW:
        raise Unreadable(f"Content-Encoding {encoding[:40]!r} is not known")
    unpacker = zlib.decompressobj(_WINDOW[encoding])
    try:
        raw = unpacker.decompress(incoming.raw, LARGEST)
    except zlib.error as error:
        raise Unreadable(f"the body is no {encoding}: {error}") from error
    if unpacker.unconsumed_tail:
        raise Unreadable(f"the body has more than {LARGEST} bytes when it is decompressed")
    if not unpacker.eof:
        raise Unreadable(f"the body ends in the middle of its {encoding}")
    return replace(incoming, raw=raw)


def parsed(incoming: Incoming) -> Any:
    """The JSON of a body that is not compressed.

    Raises:
        NotJson: it is not JSON in any character set.
        Unreadable: it may be JSON, but cannot be read.
    """
    try:
        return json_body.parse(incoming.raw, lenient=True)
    except json_body.TooMuchJson as error:
        raise Unreadable(error.detail) from error
    except json_body.NotJson as error:
        if incoming.raw.isascii() or _is_utf8(incoming.raw):
            raise
        return _of_another_charset(incoming, error)


def _of_another_charset(incoming: Incoming, error: json_body.NotJson) -> Any:
    content_type = Header()
    content_type["Content-Type"] = incoming.headers.get("Content-Type") or "application/json"
    declared = content_type.get_content_charset()
    try:
        text = incoming.raw.decode(declared or "latin-1")
    except (LookupError, UnicodeError) as unknown:
        raise Unreadable(f"the characters are not {str(declared)[:40]!r}") from unknown
    try:
        body = json_body.parse(text.encode(), lenient=True)
    except json_body.NotJson:
        raise error from None
    except json_body.TooMuchJson as too_much:
        raise Unreadable(too_much.detail) from too_much
    if declared is None:
        raise Unreadable("the characters are not UTF-8, and no other set is declared")
    return body


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
