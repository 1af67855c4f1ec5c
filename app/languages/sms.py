"""Text messages keep to the short alphabet where their language does.

One character outside of it makes each part of a text message 70 characters long instead of 160.
CLDR writes times with narrow spaces and spans with dashes, French and Spanish have letters that the
alphabet lacks; people who write text messages leave the marks away, and so do we. Where somebody's
own words need another alphabet all the same, nothing is left away.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from app import languages

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)
"""GSM 03.38 with its extension."""
_TWICE = frozenset("^{}\\[~]|€")
"""The extension: these take two places."""
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u202f\u2009\u00a0", " "),
        **dict.fromkeys("–—‑", "-"),
        **dict.fromkeys("‘’‚", "'"),
        **dict.fromkeys("“”„«»", '"'),
        "…": "...",
        "œ": "oe",
        "Œ": "OE",
    }
)


def fits(text: str) -> bool:
    """Whether a text keeps to the short alphabet."""
    return _BASIC.issuperset(text)


def as_sent(text: str, language: str) -> str:
    """A text as a phone gets it, in the language of this code."""
    known = languages.known().get(language)
    if fits(text) or known is None or not known.gsm:
        return text
    plain = "".join(c if c in _BASIC else _bare(c) for c in text.translate(_PLAIN))
    return plain if fits(plain) else text


def _bare(letter: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c))


class Size(NamedTuple):
    """How much of a text message a text takes."""

    encoding: str
    """`GSM-7` or `UCS-2`."""
    characters: int
    """As they count: `€` and brackets twice in GSM-7, most pictures twice in UCS-2."""
    parts: int
    """It is paid by these."""


def size(text: str) -> Size:
    """How a text is sent, and in how many parts."""
    if fits(text):
        characters = len(text) + sum(c in _TWICE for c in text)
        return Size("GSM-7", characters, _parts(characters, 160, 153))
    characters = len(text.encode("utf-16-be")) // 2
    return Size("UCS-2", characters, _parts(characters, 70, 67))


def _parts(characters: int, alone: int, together: int) -> int:
    return 1 if characters <= alone else -(-characters // together)
