"""What a reply means: all ways to understand the whole of it, in the customer's language first."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from app import languages
from app.replies import grammar, reading, vocabulary
from app.replies.meaning import Act, Reading
from app.replies.reading import Names
from app.replies.text import even, tokens
from app.replies.vocabulary import Piece

_MONTH_FIRST = frozenset({"US", "PR", "GU", "VI", "AS", "MP", "PH", "FM", "MH", "PW", "CA"})
"""Where 11/12 is the twelfth of November."""


class Known(NamedTuple):
    """What is known beside the words: names of this matter, whom it is for, and their region."""

    names: Names
    people: tuple[str, ...]
    month_first: bool


_UNDO = re.compile(r"\W*0\W*")


def read(
    words: str,
    code: str,
    country: str,
    names: Names | None = None,
    people: Collection[str] = (),
) -> frozenset[Reading]:
    """What somebody means who reads `code` and lives in `country`; `people` are who is meant.

    Empty: a person has to read it. Several readings are for whoever knows what was offered.
    """
    if is_undo(words):
        return frozenset({Reading(Act.UNDO)})
    sentence = tokens(words)
    if not sentence:
        return frozenset()
    known = Known(names or {}, tuple(people), month_first=country in _MONTH_FIRST)
    own = _in(code, sentence, known)
    vocabularies = vocabulary.known()
    binding = vocabularies[code].binding if code in vocabularies else frozenset()
    if own is not None or binding.intersection(token.text for token in sentence):
        return own or frozenset()
    found = {_in(other, sentence, known) for other in vocabularies if other != code}
    others = found - {None, frozenset()}
    return others.pop() or frozenset() if len(others) == 1 else frozenset()


def is_undo(words: str) -> bool:
    """Whether it is a zero, and nothing else."""
    return _UNDO.fullmatch(even(words)) is not None


def named(said: Mapping[str, str]) -> Names:
    """Names that may stand in a reply, each with what it stands for; empty for nothing."""
    return {
        tuple(token.text for token in tokens(name)): (
            (Piece("named", what) if what else Piece("filler"),),
        )
        for name, what in said.items()
        if tokens(name)
    }


def _in(code: str, sentence: reading.Sentence, known: Known) -> frozenset[Reading] | None:
    """What is meant in this language; None where it is none of this language."""
    own = vocabulary.known().get(code) or vocabulary.known()[languages.HOUSE]
    names = {**known.names, **_denied(own.denied, known.people)}
    heard = reading.ways(sentence, own, names, month_first=known.month_first)
    if not heard:
        return None
    found = frozenset(one for way in heard if (one := grammar.reading(way)))
    more = frozenset(one for one in found if one.act is not Act.NO)
    return more or found  # in many languages one word says "no" and "not"


def _denied(phrases: Sequence[str], people: Sequence[str]) -> Names:
    said = [phrase.replace("{name}", name) for phrase in phrases for name in people]
    return {tuple(token.text for token in tokens(one)): ((Piece("wrong_number"),),) for one in said}
