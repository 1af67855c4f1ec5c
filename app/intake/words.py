"""Reads a reason out of what couriers write for people; the phrases stand in `phrases.py`."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from app.intake import phrases

_ACCENTS = re.compile("[\u0300-\u036f]")
_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "Ł": "l", "ø": "o", "æ": "ae", "œ": "oe"})
_BETWEEN = re.compile(r"[^\w\u0900-\u097f]+|_+")
"""What stands between words. The signs of Devanagari are parts of words, though not `\\w`."""
_LONGEST = 1000


def plain(text: str) -> str:
    """The text's words in small letters, without accents, a space around each."""
    text = unicodedata.normalize("NFKD", text[:_LONGEST].translate(_LETTERS).casefold())
    return f" {_BETWEEN.sub(' ', _ACCENTS.sub('', text)).strip()} "


def reason(text: str) -> str | None:
    """The code of the first reason in the table that has a phrase in the text."""
    return _first(plain(text), skip="") if text else None


def cause(text: str) -> str | None:
    """Why a parcel goes back; None when the text says no more than that it does."""
    return _first(plain(text), skip="returned") if text else None


@lru_cache(maxsize=4096)
def to_sender(text: str) -> bool:
    """Whether a delivery was one back to the sender."""
    return bool(_TO_SENDER.search(plain(text)))


@lru_cache(maxsize=4096)
def _first(told: str, *, skip: str) -> str | None:
    for code, pattern in _TABLE:
        if code == skip or not pattern.search(told):
            continue
        if code != "returned" or not _PROMISED.search(told):
            return code
    return None


def _pattern(text: str) -> re.Pattern[str]:
    found = (phrase.strip() for line in text.splitlines() for phrase in line.split(";"))
    return re.compile("|".join(_spelt(phrase) for phrase in found if phrase))


def _spelt(phrase: str) -> str:
    """The pattern of one phrase, whole words and a space before each."""
    made = ""
    for word in phrase.split():
        if word == "..":
            made += r"(?: \S+){0,5}?"
        else:
            made += " " + word.replace("*", r"\S*").join(("(?:", ")"))
    return made + "(?= )"


_TABLE = tuple((code, _pattern(text)) for code, text in phrases.TABLE)
_TO_SENDER = _pattern(phrases.TO_SENDER)
_PROMISED = re.compile(
    rf" (?:{phrases.PROMISED})(?: \S+){{0,8}}? (?:return|retour|zuruck|devuel|zwr)"
)
