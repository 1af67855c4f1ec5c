"""A sentence read by a vocabulary: every way in which all of its words say something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import Any

from app.replies import times
from app.replies.meaning import Day, Hours, Part
from app.replies.text import Token
from app.replies.times import Found, Item
from app.replies.vocabulary import Phrase, Piece, Said, Vocabulary

_MOST = 256
"""A sentence with more ways to read it is for a person."""
_SOFT = frozenset('.,!;:()"*~-/&+|•')
"""Marks between words, which say nothing by themselves."""
_TIMES = frozenset(
    {
        "after", "after_it", "ahead", "am", "and", "at", "before", "before_it", "between", "days",
        "from", "hour", "in", "last", "months", "next", "next_week", "numbers", "of", "on",
        "option", "ordinals", "part", "pm", "suffix", "the", "to", "until", "weekdays", "weekend",
    }
)  # fmt: skip
"""What is part of a day, an hour or a number, and says nothing without it."""
_SILENT = frozenset({"and", "filler", "of", "on", "the", "weak"})

Sentence = Sequence[Token]
Names = Mapping[Phrase, tuple[Said, ...]]


@dataclass(frozen=True, slots=True)
class Heard:
    """What of a sentence was understood."""

    says: frozenset[str] = frozenset()
    day: Day | None = None
    part: Part | None = None
    hours: Hours | None = None
    option: int | None = None
    last: bool = False
    plain: bool = False
    """Whether the option is a number alone, which could be something else beside other words."""
    named: frozenset[str] = frozenset()

    @property
    def when(self) -> bool:
        """Whether it says anything of when."""
        return bool(self.day or self.part or self.hours)

    @property
    def today(self) -> bool:
        """Whether today is said, and nothing else of when."""
        return self.day == Day(ahead=0) and not self.hours


def ways(
    sentence: Sequence[Token], vocabulary: Vocabulary, names: Names, *, month_first: bool
) -> set[Heard]:
    """All ways to understand all of a sentence; none when a word of it says nothing.

    `names` are words of this matter: the customer's name, a pickup point's.
    """
    spans = list(_spans(sentence, vocabulary, names))
    if None in spans or prod(len(span or ()) for span in spans) > _MOST:
        return set()
    found: set[Heard] = set()
    for chosen in product(*(span or () for span in spans)):
        items = [item for said in chosen for item in said]
        found |= set(_read(items, 0, Heard(), month_first=month_first))
    return found


def _spans(
    sentence: Sequence[Token], vocabulary: Vocabulary, names: Names
) -> Iterator[tuple[tuple[Item, ...], ...] | None]:
    """The longest phrases in order, each with all that it says; None for an unknown word."""
    i = 0
    while i < len(sentence):
        words = [token.text for token in sentence[i:]]
        n, said = _longest(words, vocabulary, names)
        token = sentence[i]
        if n:
            yield _denying(said, sentence[i + n].text if i + n < len(sentence) else ".")
        else:
            n = 1
            yield _parts(token.text, vocabulary) if token.kind == "word" else ((token,),)
        i += n


def _longest(
    words: Sequence[str], vocabulary: Vocabulary, names: Names
) -> tuple[int, tuple[Said, ...]]:
    """How many words the longest phrase here has, and what it says.

    Where the first word is none, it may be one with another written before it.
    """
    starts = [words[0].removeprefix(p) for p in vocabulary.prefixes if words[0].startswith(p)]
    for first in (words[0], *filter(None, starts)):
        for n in range(min(len(words), max(vocabulary.longest, *map(len, names), 1)), 0, -1):
            phrase = (first, *words[1:n])
            if said := names.get(phrase, ()) + vocabulary.phrases.get(phrase, ()):
                return n, said
    return 0, ()


def _denying(said: tuple[Said, ...], follows: str) -> tuple[Said, ...]:
    """What a word says that is both "no" and "not": before a comma it denies nothing else."""
    no, denies = (Piece("no"),), (Piece("not"),)
    if no not in said or denies not in said or follows in {".", "!"}:
        return said
    return tuple(one for one in said if one != (denies if follows in _SOFT else no))


def _parts(word: str, vocabulary: Vocabulary) -> tuple[Said, ...] | None:
    """What a word says that is put together of a day and a part of it."""
    phrases = vocabulary.phrases
    if vocabulary.glued:
        for n in range(3, len(word) - 2):
            days, parts = phrases.get((word[:n],), ()), phrases.get((word[n:],), ())
            joined = tuple(
                (*day, *part)
                for day in days
                for part in parts
                if day[0].name in {"ahead", "weekdays"} and part[0].name == "part"
            )
            if joined:
                return joined
    return None


def _read(items: Sequence[Item], i: int, heard: Heard, *, month_first: bool) -> Iterator[Heard]:
    if i == len(items):
        yield heard
        return
    for found in times.at(items, i, month_first=month_first):
        if (more := _with(heard, found)) is not None:
            yield from _read(items, found.end, more, month_first=month_first)
    item = items[i]
    if isinstance(item, Piece):
        more = _hear(item, heard) if times.is_silent(items, i) else None
    elif item.text == "?":
        more = replace(heard, says=heard.says | {"question"})
    else:
        more = heard if item.text in _SOFT else None
    if more is not None:
        yield from _read(items, i + 1, more, month_first=month_first)


def _hear(piece: Piece, heard: Heard) -> Heard | None:
    if piece.name in _SILENT:
        return heard
    if piece.name == "named":
        return replace(heard, named=heard.named | {str(piece.value)})
    if piece.name in _TIMES:
        return None
    return replace(heard, says=heard.says | {piece.name})


def _with(heard: Heard, found: Found) -> Heard | None:
    """The same and this too; None where the two say different things of one matter."""
    if (found.part and heard.part) or (found.hours and heard.hours):
        return None
    if (found.option is not None or found.last) and (heard.option is not None or heard.last):
        return None
    day = heard.day
    if found.day:
        day = _both(heard.day, found.day)
        if day is None:
            return None
    return replace(
        heard,
        day=day,
        part=found.part or heard.part,
        hours=found.hours or heard.hours,
        option=heard.option if found.option is None else found.option,
        last=heard.last or found.last,
        plain=heard.plain or found.plain,
    )


def _both(one: Day | None, other: Day) -> Day | None:
    """A day by all that was said of it; None where one thing was said twice."""
    if one is None:
        return other
    said: dict[str, Any] = {
        name: getattr(one, name) for name in Day.__slots__ if getattr(one, name)
    }
    more: dict[str, Any] = {
        name: getattr(other, name) for name in Day.__slots__ if getattr(other, name)
    }
    zero = (one.ahead == 0) + (other.ahead == 0)
    if said.keys() & more.keys() or zero + ("ahead" in said) + ("ahead" in more) > 1:
        return None
    if zero:
        more["ahead"] = 0
    return replace(one, **more)
