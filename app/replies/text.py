"""A reply as tokens: spelling that says nothing is evened out, numbers and dates are recognised."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

LONGEST = 400
"""Longer replies are letters, which a person reads."""

Kind = Literal["word", "number", "ordinal", "clock", "date", "iso", "mark"]

_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`\u00b4]")
_DROPPED = re.compile(
    "[\u0300-\u036f\u064b-\u065f\u0670\u0640\u093c\u20e3\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]"
)
"""Accents, Arabic vowel signs and its long stroke, the dot below Hindi letters, and what changes
the look of an emoji: people leave all of them out."""
_SAME = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ı": "i",
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ة": "ه",
        "ؤ": "و",
        "ئ": "ي",
        "ँ": "ं",
        "।": ".",
        "،": ",",
        "؛": ";",
        "؟": "?",
        "¿": " ",
        "¡": " ",
        "–": "-",
        "—": "-",
        "−": "-",
        "‐": "-",
        "‑": "-",
        "٫": ".",
        "º": ".",
        "ª": ".",
    }
)
_TOKEN = re.compile(
    r"""
      (?P<iso>(?<!\d)\d{4}-\d{1,2}-\d{1,2}(?!\d))
    | (?P<date>(?<!\d)\d{1,2}(?:\.\d{1,2}\.(?:\d{4}|\d{2}(?!\d))?|\.\d{1,2}\.?\d{4}
          |/\d{1,2}(?:/(?:\d{4}|\d{2}))?|-\d{1,2}-(?:\d{4}|\d{2}))(?![\d/]))
    | (?P<clock>(?<!\d)\d{1,2}(?::\d{2}|[hu]\d{2}|\.\d{2}|h(?![^\W\d_]))(?!\d))
    | (?P<ordinal>(?<!\d)\d{1,2}\.(?=\s|$))
    | (?P<number>\d+)
    | (?P<word>(?:[^\W\d_]|[\u0900-\u0963\u0971-\u097f])+)
    | (?P<mark>\S)
    """,
    re.VERBOSE,
)
_FOREIGN = re.compile("[^\x00-\x7f]")
_SPLIT = re.compile(r"\D+")


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a reply.

    `numbers` are those in it: hour and minute of a clock, the parts of a date as they are written.
    """

    kind: Kind
    text: str
    numbers: tuple[int, ...] = ()


def even(words: str) -> str:
    """The words as they are compared: small letters, Latin digits, no accents."""
    words = unicodedata.normalize("NFKC", words).casefold().translate(_SAME)
    words = _DROPPED.sub("", unicodedata.normalize("NFD", _APOSTROPHES.sub("", words)))
    words = unicodedata.normalize("NFC", words).translate(_SAME)
    return _FOREIGN.sub(_letter, words)


def _letter(found: re.Match[str]) -> str:
    c = found.group()
    if (digit := unicodedata.decimal(c, None)) is not None:
        return str(digit)
    return "" if unicodedata.category(c) == "Cf" else c


def tokens(words: str) -> tuple[Token, ...]:
    """The pieces of a reply in order; none of one that is too long."""
    if len(words) > LONGEST:
        return ()
    return tuple(_token(found) for found in _TOKEN.finditer(even(words)))


def texts(evened: str) -> tuple[str, ...]:
    """The texts of the pieces of words that are evened out already."""
    return tuple(found.group() for found in _TOKEN.finditer(evened))


def _token(found: re.Match[str]) -> Token:
    kind: Kind = found.lastgroup  # type: ignore[assignment] # the names in the expression
    text = found.group()
    if kind in {"word", "mark"}:
        return Token(kind, text)
    return Token(kind, text, tuple(int(n[:9]) for n in _SPLIT.split(text) if n))


def day_of(token: Token, *, month_first: bool) -> tuple[int, int, int | None] | None:
    """`(month, day, year)` of a written date, by the order of the customer's region.

    By the other order only where that is the one that can be; a point always follows the day.
    """
    year: int | None = None
    if token.kind == "iso":
        year, *numbers = token.numbers
        orders = [numbers]
    else:
        first, second, *rest = token.numbers
        year = rest[0] + 2000 * (rest[0] < 100) if rest else None
        orders = [[second, first], [first, second]]
        if "." in token.text:
            orders.pop()
        elif month_first:
            orders.reverse()
    return next(((month, day, year) for month, day in orders if _exists(month, day)), None)


def _exists(month: int, day: int) -> bool:
    try:
        date(2028, month, day)  # a leap year
    except ValueError:
        return False
    return True
