"""The words of a language by what they say, from `replies.toml` in its folder.

A phrase may say several things, each a sequence of pieces: "tonight" is today and the evening. What
fits the rest of the sentence is found out by reading it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from app import languages
from app.replies.text import even, texts

FILE = "replies.toml"


class Piece(NamedTuple):
    """What a phrase, or a part of it, says: its class, and a value where the class has one."""

    name: str
    value: int | str = 0


Said = tuple[Piece, ...]
Phrase = tuple[str, ...]

_LISTS = {"numbers": 0, "ordinals": 1, "weekdays": 1, "months": 1, "ahead": 0, "hours": 1}
"""What is listed in its order, and with what that begins; each place has its spellings."""
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})


_OUTDONE = {
    "filler": {"the", "on", "of", "ask", "yes", "thanks", "me", "want", "need", "have", "here"},
    "of": {"the", "from"},
    "after": {"from"},
    "before": {"until"},
    "to": {"until", "and"},
}
"""What a word need not say besides: it says as much by these."""
_TELLS_TIME = frozenset(
    {"after", "after_it", "at", "before", "before_it", "between", "from", "in", "to", "until"}
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All phrases of one language."""

    phrases: Mapping[Phrase, tuple[Said, ...]]
    longest: int
    prefixes: tuple[str, ...] = ()
    """What is written together with the word after it."""
    glued: bool = False
    """Whether a day and a part of it are written as one word."""
    binding: frozenset[str] = frozenset()
    """Words with which a sentence is of this language or of none: its negations, and what is a yes
    or no elsewhere and neither here for certain."""
    denied: tuple[str, ...] = ()
    """How somebody says that they are not the one with this `{name}`."""


@cache
def known() -> Mapping[str, Vocabulary]:
    """The vocabularies by the codes of their languages."""
    folders = {
        code: Path(place) / code for place in languages.__path__ for code in languages.known()
    }
    raw = {
        code: tomllib.loads((folder / FILE).read_text("utf-8"))
        for code, folder in folders.items()
        if (folder / FILE).is_file()
    }
    return {
        code: _vocabulary([raw[other] for other in [code, *said.get("also", ())]])
        for code, said in raw.items()
    }


def of(raw: Mapping[str, Any]) -> Vocabulary:
    """The vocabulary of one file by itself."""
    return _vocabulary([raw])


def _vocabulary(files: list[Mapping[str, Any]]) -> Vocabulary:
    own = files[0]
    entries = [entry for said in files for entry in _entries(said)]
    entries += [
        (other, pieces) for phrase, pieces in entries if (other := _without_umlauts(phrase))
    ]
    phrases: dict[Phrase, dict[Said, None]] = {}
    evened = even("\n".join(phrase for phrase, _ in entries)).split("\n")
    for phrase, (_, pieces) in zip(evened, entries, strict=True):
        key = texts(phrase)
        phrases.setdefault(key, {})[pieces] = None
    return Vocabulary(
        phrases={phrase: _needed(said) for phrase, said in phrases.items()},
        longest=max(map(len, phrases)),
        prefixes=tuple(sorted(map(even, own.get("prefixes", ())), key=len, reverse=True)),
        glued=own.get("glued", False),
        binding=frozenset(map(even, own.get("unclear", ()))) | _denials(phrases),
        denied=tuple(words for said in files for words in said.get("denied", ())),
    )


def _denials(phrases: Mapping[Phrase, Mapping[Said, None]]) -> frozenset[str]:
    return frozenset(
        phrase[0]
        for phrase, said in phrases.items()
        if len(phrase) == 1 and any(pieces[0].name in {"no", "not"} for pieces in said)
    )


def _without_umlauts(phrase: str) -> str:
    """The same as it is written on a foreign keyboard; empty where that is no other way."""
    other = phrase.translate(_UMLAUTS)
    return other if other != phrase else ""


def _needed(said: Iterable[Said]) -> tuple[Said, ...]:
    """Without what says nothing more; a filler that may tell a time says nothing of a number."""
    names = {pieces[0].name for pieces in said}
    kept = [one for one in said if not names & _OUTDONE.get(one[0].name, set())]
    if names & _TELLS_TIME:
        kept = [(Piece("weak"),) if one == (Piece("filler"),) else one for one in kept]
    return tuple(kept)


def _entries(said: Mapping[str, Any]) -> Iterable[tuple[str, Said]]:
    for name, first in _LISTS.items():
        for place, spellings in enumerate(said.get(name, ()), first):
            yield from ((phrase, (Piece(name, place),)) for phrase in spellings)
    for part, phrases in said["parts"].items():
        yield from ((phrase, (Piece("part", part),)) for phrase in phrases)
    for name, phrases in said["words"].items():
        yield from ((phrase, (Piece(name),)) for phrase in phrases)
    for phrase, pieces in said["together"].items():
        yield phrase, tuple(_piece(piece) for piece in pieces)


def _piece(text: str) -> Piece:
    name, _, value = text.partition(":")
    if not value:
        return Piece(name)
    return Piece(name, int(value) if value.isdecimal() else value)
