"""Whether somebody's words refuse messages, take that back, or ask what this is. Pure.

Asked before anything else reads what a person wrote. First the whole message: nothing but a word
of `words.toml`, with whatever signs, digits and politeness around it. Then a sentence that says so,
by `sentences.toml`. Where words may mean it, or mean only a part of it, the answer is `UNCLEAR`:
then a person asks. `NONE` is everything else, and for others to read.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple


class Meaning(StrEnum):
    """What words mean for the messages that somebody gets."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    UNCLEAR = "unclear"
    """They may refuse; a person asks, and until then nothing is sent that way."""
    NONE = "none"


_HERE = Path(__file__).parent
_LONGEST = 300
"""Longer words tell of many things; a refusal among them is for a person to read."""
_WORD = re.compile(r"[^\W\d_]+(?:[\u0900-\u0903\u093a-\u094f\u0955-\u0957]|[^\W\d_])*|\d+")
_FOLD = str.maketrans("łøđıىةأإآٱؤئँ", "lodiيهااااويं")
_DROPPED = re.compile("[\u0300-\u036f\u093c\u0640\u064b-\u065f\u0670\u200b-\u200f\u2060\ufe0f]")
_SPACED = re.compile(r"(?:[a-z] ){3,}[a-z]")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_LETTERS = str.maketrans("01", "ol")


def read(text: str, *, booked: bool = False, stopped: bool = False) -> Meaning:
    """What these words say about being written to.

    `booked`: a delivery is booked, which "cancel" may be about. `stopped`: they refused before, so
    that a bare "yes" takes it back.
    """
    words = plain(text)
    whole = _whole(words, booked=booked, stopped=stopped)
    if whole is not Meaning.NONE:
        return whole
    return _sentence(words)


def carriers(text: str) -> Meaning:
    """What Twilio acts on by itself, and has answered: nothing but one of its words."""
    word = re.sub(r"[^\w]+", "", text).casefold()
    return next(
        (Meaning(kind) for kind, them in _words().carriers.items() if word in them), Meaning.NONE
    )


def plain(text: str) -> str:
    """The words, small and without marks and signs, with one space between them."""
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    bare = unicodedata.normalize("NFC", _DROPPED.sub("", folded)).translate(_FOLD)
    return " ".join(_WORD.findall(bare.replace("st0p", "stop")))


def _whole(words: str, *, booked: bool, stopped: bool) -> Meaning:
    known = _words()
    joined = _SPACED.sub(lambda found: found[0].replace(" ", ""), words)
    letters = " ".join(word for word in joined.split() if not word.isdigit())
    for said in (letters, _REPEATED.sub(r"\1", letters), _REPEATED.sub(r"\1\1", letters)):
        if _made_of(said, known.stop, known.filler):
            return Meaning.STOP
        if said == joined and _made_of(said, known.either, known.filler):
            return Meaning.UNCLEAR if booked else Meaning.STOP
        if _made_of(said, known.start, known.filler):
            return Meaning.START
        if _made_of(said, known.help, known.filler):
            return Meaning.HELP
        if stopped and said == joined and _made_of(said, known.yes, known.filler):
            return Meaning.START
    return Meaning.NONE


def _made_of(said: str, meant: re.Pattern[str], filler: re.Pattern[str]) -> bool:
    """Whether there is one of these words, and nothing else that says anything."""
    if meant.search(said) is None:
        return False
    left = filler.sub(" ", meant.sub(" ", said))
    return not left.strip()


def _sentence(words: str) -> Meaning:
    for language in _sentences():
        if language.refuses.search(words):
            if language.never.search(words):
                continue
            limited = language.limits.search(words) or len(words) > _LONGEST
            return Meaning.UNCLEAR if limited else Meaning.STOP
    if len(words) <= _LONGEST:
        for language in _sentences():
            if language.unclear.search(words) and not language.never.search(words):
                return Meaning.UNCLEAR
    return Meaning.NONE


class _Words(NamedTuple):
    """The words of all languages: people answer in whichever they like."""

    stop: re.Pattern[str]
    either: re.Pattern[str]
    start: re.Pattern[str]
    yes: re.Pattern[str]
    help: re.Pattern[str]
    filler: re.Pattern[str]
    carriers: dict[str, list[str]]


@cache
def _words() -> _Words:
    tables: dict[str, Any] = tomllib.loads((_HERE / "words.toml").read_text())
    known = tables.pop("carriers")
    kinds = ("stop", "either", "start", "yes", "help", "filler")
    said = {kind: _any(w for table in tables.values() for w in table[kind]) for kind in kinds}
    return _Words(**said, carriers=known)


def _any(words: Any) -> re.Pattern[str]:
    """Any of these words, the longest first, and none that is a part of another."""
    longest = sorted({plain(word) for word in words}, key=len, reverse=True)
    return re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, longest))})(?!\S)")


class _Sentences(NamedTuple):
    """How one language refuses."""

    refuses: re.Pattern[str]
    never: re.Pattern[str]
    limits: re.Pattern[str]
    unclear: re.Pattern[str]


@cache
def _sentences() -> list[_Sentences]:
    tables = tomllib.loads((_HERE / "sentences.toml").read_text())
    return [
        _Sentences(
            *(
                re.compile("|".join(one.replace("{m}", table["m"]) for one in table[kind]))
                for kind in _Sentences._fields
            )
        )
        for table in tables.values()
    ]
