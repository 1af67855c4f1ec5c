"""Which words a parcel is found by, and what somebody who types some of them is looking for. Pure.

A word is found by its beginning. What people read out from its end, such as a telephone number or
a tracking number, is kept backwards too, so that its end is the beginning of a word. Numbers stand
apart from words: all order numbers may begin alike, and no name is to be looked for among them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

_NUMBER, _BACKWARDS = "#", "~"
"""What a number begins with, and a number that is kept backwards; no word begins so."""
_LONGEST = 60
_WORDS = 8
"""More words than that make nobody easier to find."""
_SURE = 8
"""So many digits at the end of a telephone number tell it from others, whatever stands before."""
_PHONE = 6
"""What has fewer digits is taken for no telephone number."""
_HOUSE = 3
"""Shorter numbers are a house's, and meant as they are: 1 is not the beginning of 12."""

_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"}
)
"""Letters that are no others with a mark."""
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
"""How a mark is written where a keyboard has none."""
_TOKEN = re.compile(r"[^\W_]+")
_ADDRESS = ("line1", "line2", "city", "postcode")
_IN_BRACKETS = "(0)"
"""The zero of +49 (0)30: it is not dialled from abroad."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is known of a parcel, as its shipper and its courier say it."""

    shipment_id: int
    tracking_number: str
    order_ref: str | None
    names: list[str | None]
    phones: list[str | None]
    addresses: list[Mapping[str, Any] | None]


def words(parcel: Parcel) -> set[str]:
    """The words that the parcel is found by."""
    found: set[str] = set()
    for name in parcel.names:
        found |= _spellings(name)
    for address in parcel.addresses:
        for part in _ADDRESS:
            found |= _spellings(str((address or {}).get(part) or ""))
        found.add(_joined(str((address or {}).get("postcode") or "")))
    for phone in parcel.phones:
        if digits := _dialled(phone or ""):
            found.add(_backwards(digits))
    for number in (parcel.tracking_number, parcel.order_ref):
        whole = _joined(number or "")
        found |= {_NUMBER + whole, _backwards(whole)}
        found |= {_NUMBER + part for part in _tokens(number or "") if not part.isalpha()}
    return {word[:_LONGEST] for word in found if word.strip(_NUMBER + _BACKWARDS)}


def query(text: str) -> str:
    """What somebody who types this is looking for, as a `tsquery`; empty when that is nothing."""
    tokens = _tokens(text)[:_WORDS]
    if not tokens:
        return ""
    groups = [list(group) for _, group in groupby(tokens, key=str.isdecimal)]
    parts = [
        _number(group) if group[0].isdecimal() else " & ".join(map(_word, group))
        for group in groups
    ]
    wanted = [" & ".join(f"({part})" for part in parts)]
    whole = "".join(tokens)
    numeric = any(map(str.isdecimal, whole))
    if len(whole) >= _HOUSE and (numeric or len(tokens) == 1):  # a number, perhaps in pieces
        wanted.append(_either_end(whole))
    if not any(map(str.isalpha, text)) and len(digits := _dialled(text)) >= _PHONE:
        wanted.append(_starts(_backwards(digits[-_SURE:])))
    return " | ".join(f"({one})" for one in wanted)


def _number(group: list[str]) -> str:
    """Digits in one or more pieces: each by itself, or all together as one number."""
    wanted = [" & ".join(map(_word, group))] if len(group) > 1 else []
    together = "".join(group)
    wanted.append(_either_end(together) if len(together) >= _HOUSE else _word(together))
    if len(digits := together.lstrip("0")) >= _PHONE:
        wanted.append(_starts(_backwards(digits[-_SURE:])))
    return " | ".join(f"({one})" for one in wanted)


def _word(token: str) -> str:
    if len(token) == 1 or (token.isdecimal() and len(token) < _HOUSE):
        return f"'{token}'"
    if len(token) > _HOUSE and not token.isalpha():
        return f"({_either_end(token)})"
    return _starts(token)


def _either_end(word: str) -> str:
    return " | ".join(map(_starts, (word, _NUMBER + word, _backwards(word))))


def _starts(word: str) -> str:
    return f"'{word[:_LONGEST]}':*"


def _dialled(text: str) -> str:
    """The digits of a number, without what is dialled before it at home or abroad."""
    return "".join(c for c in text.replace(_IN_BRACKETS, "") if c.isdecimal()).lstrip("0")


def _spellings(text: str | None) -> set[str]:
    """The words of a text, and those with marks also as they are written without."""
    composed = unicodedata.normalize("NFC", text or "").casefold()
    return {*_tokens(composed), *_tokens(composed.translate(_SPELT_OUT))}


def _joined(text: str) -> str:
    return "".join(_tokens(text))


def _backwards(word: str) -> str:
    return _BACKWARDS + word[::-1]


def _tokens(text: str) -> list[str]:
    """Words without case, marks and punctuation."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return _TOKEN.findall(bare.replace("'", "").replace("’", ""))


def as_vector(values: Iterable[str]) -> str:
    """Words as a `tsvector` is written: none of them has a quote."""
    return " ".join(f"'{value}'" for value in sorted(values))
