"""What we say first when we call a customer: their page shows it beforehand."""

from __future__ import annotations

from app.access.secret import mac
from app.cases.model import Case
from app.languages.language import Language, mark

_ANIMALS = (
    mark("lion"),
    mark("horse"),
    mark("rabbit"),
    mark("elephant"),
    mark("tiger"),
    mark("cat"),
    mark("dog"),
    mark("camel"),
    mark("fish"),
    mark("bear"),
    mark("goat"),
    mark("monkey"),
)
_THINGS = (
    mark("window"),
    mark("bridge"),
    mark("apple"),
    mark("mountain"),
    mark("garden"),
    mark("clock"),
    mark("table"),
    mark("lemon"),
    mark("river"),
    mark("ship"),
    mark("candle"),
    mark("umbrella"),
)


def of(case: Case, language: Language) -> str:
    """Two words and a number, in this language; the same while the customer's link is the same."""
    seed = f"{case.id}:".encode() + (case.page_key or b"")
    drawn = mac("passphrase", seed)
    animal, thing = _ANIMALS[drawn[0] % len(_ANIMALS)], _THINGS[drawn[1] % len(_THINGS)]
    number = 10 + int.from_bytes(drawn[2:4], "big") % 90
    return f"{language.say(animal)}, {language.say(thing)}, {number}"
