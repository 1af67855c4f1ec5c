"""Reads a reason out of what couriers write for people; the phrases stand in `phrases.py`."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from app.intake import (
    phrases,
    phrases_built,
    phrases_east,
    phrases_pairs,
    phrases_signs,
    phrases_south,
    sent_back,
)

_ACCENTS = re.compile("[\u0300-\u036f\u064b-\u0655\u0670\u0640\u093c]")
"""Also the signs of Arabic, the line that makes its words longer, and the dot of Devanagari."""
_LETTERS = str.maketrans(
    {"ß": "ss", "ł": "l", "Ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ة": "ه", "ى": "ي"}
)
_BETWEEN = re.compile(r"(?:[^\w\u0900-\u097f]|_)+")
"""What stands between words. The signs of Devanagari are parts of words, though not `\\w`."""
_APART = re.compile(
    r"[.;!]+\s+|(?:,| and| or)\s+(?=(?:it |we |you |otherwise )?(?:will|if|before|would|unless)\b)"
)
"""Between what was and what is to come."""
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
    return sent_back.said(plain(text))


def goes_back(text: str) -> bool:
    """Whether it says that the parcel goes back, not only that it may."""
    told = plain(text)
    return bool(_GOES_BACK.search(told)) and not _PROMISED.search(told)


@lru_cache(maxsize=4096)
def happened(text: str) -> str | None:
    """The code of what news on the way tells: that it waits to be collected, or why it failed."""
    for told in map(plain, _APART.split(text)):
        code = None if _AHEAD.search(told) else _first(told, skip="to_pickup_point")
        if code and (code == "ready_for_pickup" or _HAPPENED.search(told)):
            return code
    return None


@lru_cache(maxsize=4096)
def _first(told: str, *, skip: str) -> str | None:
    """The first reason with a phrase; where none names a cause, with a pair, then with a sign."""
    said = _phrase(told, skip)
    if said is not None and said not in _VAGUE:
        return said
    named = (code for code, pattern in (*_PAIRS, *_SIGNS) if pattern.search(told))
    return next(named, said)


def _phrase(told: str, skip: str) -> str | None:
    for code, pattern in _TABLE:
        if code == skip or not pattern.search(told):
            continue
        if code == "ready_for_pickup" and _GIVEN_IN.search(told):
            continue
        if code != "returned" or not _PROMISED.search(told):
            return code
    return None


def _pattern(text: str) -> re.Pattern[str]:
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.translate(_LETTERS)))
    found = (phrase.strip() for line in text.splitlines() for phrase in line.split(";"))
    return re.compile("|".join(_spelt(phrase) for phrase in found if phrase))


def _spelt(phrase: str) -> str:
    """The pattern of one phrase, whole words and a space before each."""
    made = ""
    for word in phrase.split():
        if word == "..":
            made += r"(?: \S+){0,5}?"
        elif word[0] == "!":
            made += rf"(?!(?: \S+){{0,2}}? (?:{word[1:]})(?= ))"
        else:
            made += " " + word.replace("*", r"\S*").join(("(?:", ")"))
    return made + "(?= )"


def _table() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The reasons in their order; the other files' phrases stand with the last of each."""
    last = {code: place for place, (code, _) in enumerate(phrases.TABLE)}
    return tuple(
        (code, _pattern("\n".join((text, *_more(code, last=last[code] == place)))))
        for place, (code, text) in enumerate(phrases.TABLE)
    )


def _more(code: str, *, last: bool) -> list[str]:
    south, east = phrases_south, phrases_east
    more = (phrases_built.BUILT, south.ITALIAN, south.PORTUGUESE, east.HINDI, east.ARABIC)
    return [texts[code] for texts in more if last and code in texts]


_TABLE = _table()
_PAIRS = tuple((code, _pattern(text)) for code, text in phrases_pairs.PAIRS.items())
_SIGNS = tuple((code, _pattern(text)) for code, text in phrases_signs.SIGNS.items())
_VAGUE = frozenset({"courier_problem", "cancelled", "delayed", "attempt_failed", "undeliverable"})
_GOES_BACK = dict(_TABLE)["returned"]
_HAPPENED = _pattern(phrases.HAPPENED)
_AHEAD = _pattern(phrases.AHEAD)
_GIVEN_IN = _pattern(phrases.GIVEN_IN)
_PROMISED = re.compile(
    rf" (?:{phrases.PROMISED})(?: \S+){{0,8}}? (?:return|retour|zuruck|devuel|zwr)"
)
