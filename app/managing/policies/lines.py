"""In which line of a JSON text something stands. Pure."""

from __future__ import annotations

import json

_DECODER = json.JSONDecoder()
_WHITE = " \t\n\r"


def line_of(text: str, place: str) -> int:
    """The line, from 1, of a place such as `after.close.delivered.0.arm`; as far as it is there."""
    at, parts = _skip(text, 0), [part for part in place.split(".") if part]
    try:
        for part in parts:
            found = _member(text, at, part)
            if found is None:
                break
            at = found
    except (ValueError, IndexError):
        pass  # what cannot be read ends the way to the place
    return text.count("\n", 0, at) + 1


def _member(text: str, at: int, part: str) -> int | None:
    """Where the value of this key, or the entry of this number, begins."""
    opening, at = text[at], _skip(text, at + 1)
    number = 0
    while text[at] not in "]}":
        name = str(number)
        if opening == "{":
            name, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        if name == part:
            return at
        _, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
        number += 1
    return None


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _WHITE:
        at += 1
    return at
