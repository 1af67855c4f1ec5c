"""What a reply means: all ways to understand the whole of it, in the customer's language first."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app import languages
from app.replies import grammar, reading, vocabulary
from app.replies.meaning import Act, Reading
from app.replies.reading import Names
from app.replies.text import even, tokens
from app.replies.vocabulary import Piece

_MONTH_FIRST = frozenset({"US", "PR", "GU", "VI", "AS", "MP", "PH", "FM", "MH", "PW", "CA"})
"""Where 11/12 is the twelfth of November."""
_UNDO = re.compile(r"\W*0\W*")


def read(words: str, code: str, country: str, names: Names | None = None) -> frozenset[Reading]:
    """What somebody means who reads `code` and lives in `country`.

    Empty: a person has to read it. Several readings are for whoever knows what was offered.
    """
    if is_undo(words):
        return frozenset({Reading(Act.UNDO)})
    sentence = tokens(words)
    if not sentence:
        return frozenset()
    month_first, own = country in _MONTH_FIRST, vocabulary.known().get(code)
    found = _in(code, sentence, names or {}, month_first=month_first)
    if found or (own and own.binding.intersection(token.text for token in sentence)):
        return found
    others = {
        found
        for other in vocabulary.known()
        if other != code and (found := _in(other, sentence, names or {}, month_first=month_first))
    }
    return others.pop() if len(others) == 1 else frozenset()


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


def _in(
    code: str, sentence: reading.Sentence, names: Names, *, month_first: bool
) -> frozenset[Reading]:
    known = vocabulary.known().get(code) or vocabulary.known()[languages.HOUSE]
    heard = reading.ways(sentence, known, names, month_first=month_first)
    found = frozenset(one for way in heard if (one := grammar.reading(way)))
    more = frozenset(one for one in found if one.act is not Act.NO)
    return more or found  # in many languages one word says "no" and "not"
