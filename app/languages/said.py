"""Words that remember what they were made of, so that they can be said again or sent as a template.

Carriers in some countries, and WhatsApp, take nothing but texts that were registered before: fixed
words with places for values. So a message keeps, beside its words, its English sentences with
their values. The sentences make the key of its template, the values its variables.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from string import Formatter
from typing import Any, NamedTuple, Self

from app.languages.language import Language

Kept = list[list[Any]]
"""Sentences as JSON: `[sentence, {name: value}]`, where a value may be sentences again."""
_KEY = 8


class Said(str):  # noqa: SLOT000 - what it was made of is said afterwards
    """Words in a language; `made_of` are their sentences."""

    made_of: Kept

    @classmethod
    def of(cls, words: str, made_of: Kept) -> Self:
        """Words made of these."""
        said = cls(words)
        said.made_of = made_of
        return said


def say(language: Language, sentence: str, **values: Any) -> Said:
    """An English sentence in this language, with its `{values}`."""
    names = {name for _, name, _, _ in Formatter().parse(sentence) if name}
    kept = {name: _made_of(value) for name, value in values.items() if name in names}
    return Said.of(language.say(sentence, **values), [[sentence, kept]])


def joined(*parts: str, between: str = " ") -> Said:
    """Sentences as one text; empty ones are left out. What is no sentence of ours is a value."""
    made_of: Kept = []
    for part in filter(None, parts):
        name = "url" if part.startswith("http") else "words"
        made_of += part.made_of if isinstance(part, Said) else [[f"{{{name}}}", {name: part}]]
    return Said.of(between.join(filter(None, parts)), made_of)


def again(made_of: Kept, language: Language) -> str:
    """The words once more, from their sentences."""
    return " ".join(language.say(text, **_words(values, language)) for text, values in made_of)


def key(topic: str, made_of: Kept) -> str:
    """The name of the template that says exactly these sentences about this."""
    digest = hashlib.sha256(json.dumps(_sentences(made_of)).encode()).hexdigest()
    return f"{topic}-{digest[:_KEY]}"


_ADDRESS = re.compile(r"\s*https?://\S+")


def aloud(words: str, made_of: Kept | None, language: Language) -> str:
    """Words as they are read aloud: without the sentences that name an address of the web."""
    if made_of is None:
        return _ADDRESS.sub("", words)
    return again([part for part in made_of if "url" not in part[1]], language)


def aloud_of(words: str, language: Language) -> str:
    """The same of words that may know what they were made of."""
    return aloud(words, words.made_of if isinstance(words, Said) else None, language)


class Variable(NamedTuple):
    """A value at its place in a text; `name` is not unique."""

    name: str
    value: str


def variables(made_of: Kept) -> list[Variable]:
    """The values, in the order in which the English sentences have them."""
    return list(_variables(made_of))


def form(made_of: Kept, language: Language) -> str:
    """The text as it is registered: `{{1}}`, `{{2}}` … stand where the values do."""
    numbers = iter(range(1, 1000))
    return " ".join(_form(text, values, language, numbers) for text, values in made_of)


def _made_of(value: Any) -> Any:
    return value.made_of if isinstance(value, Said) else str(value)


def _words(values: Mapping[str, Any], language: Language) -> dict[str, str]:
    return {
        name: again(value, language) if isinstance(value, list) else value
        for name, value in values.items()
    }


def _sentences(made_of: Kept) -> list[Any]:
    return [
        [text, {name: _sentences(v) for name, v in values.items() if isinstance(v, list)}]
        for text, values in made_of
    ]


def _variables(made_of: Kept) -> Iterator[Variable]:
    for text, values in made_of:
        for name in _places(text, values):
            value = values[name]
            if isinstance(value, list):
                yield from _variables(value)
            else:
                yield Variable(name, value)


def _form(text: str, values: Mapping[str, Any], language: Language, numbers: Iterator[int]) -> str:
    marked: dict[str, str] = {}
    for name in _places(text, values):
        value = values[name]
        if isinstance(value, list):
            parts = [_form(inner, more, language, numbers) for inner, more in value]
            marked[name] = " ".join(parts)
        else:
            marked[name] = f"{{{{{next(numbers)}}}}}"
    return language.say(text, **marked)


def _places(text: str, values: Mapping[str, Any]) -> Sequence[str]:
    """The names of the values in a sentence, each once, in its order."""
    found = (name for _, name, _, _ in Formatter().parse(text) if name in values)
    return list(dict.fromkeys(name for name in found if name))
