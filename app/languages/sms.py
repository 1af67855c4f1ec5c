"""Text messages keep to the short alphabet where their language does.

One character outside of it makes each part of a text message 70 characters long instead of 160.
CLDR writes times with narrow spaces and spans with dashes, French and Spanish have letters that the
alphabet lacks; people who write text messages leave the marks away, and so do we. Where somebody's
own words need another alphabet all the same, nothing is left away.
"""

from __future__ import annotations

import unicodedata

from app import languages

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)
"""GSM 03.38 with its extension."""
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
