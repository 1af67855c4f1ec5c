"""An English sentence that is said where nobody knows who will read it: why something is refused.

It is a text as any other, for programs and logs. Whoever shows it to a person says it once more in
their language, by `again`. A value that depends on the language, such as an hour, is a function of
it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app import languages
from app.languages.language import Language


class Sentence(str):
    """The sentence in English, with what it takes to say it in another language."""

    __slots__ = ("say",)
    say: Callable[[Language], str]


def sentence(text: str, **values: Any) -> str:
    """An English sentence with its `{values}`, to be said `again`."""
    return _made(lambda language: language.say(text, **_in(language, values)))


def sentences(one: str, several: str, number: int, **values: Any) -> str:
    """The same for what goes by a number, which is its `{number}`."""
    return _made(lambda language: language.count(one, several, number, **_in(language, values)))


def joined(parts: list[str]) -> str:
    """Sentences after one another."""
    return _made(lambda language: " ".join(again(language, part) for part in parts))


def again(language: Language, said: str) -> str:
    """What was said in English, in this language; other words of somebody's stay as they are."""
    if isinstance(said, Sentence):
        return said.say(language)
    return language.words.gettext(said) if said else ""  # of nothing gettext says its own header


def _made(say: Callable[[Language], str]) -> str:
    made = Sentence(say(languages.get()))
    made.say = say
    return made


def _in(language: Language, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(language, value) for name, value in values.items()}


def _value(language: Language, value: Any) -> Any:
    if isinstance(value, Sentence):
        return value.say(language)
    return value(language) if callable(value) else value
