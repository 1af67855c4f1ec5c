"""A language from its folder: `language.toml` with its facts, `messages.po` with its words.

The catalogue is compiled in memory, so that no binary file has to be kept in step with it.
"""

from __future__ import annotations

import tomllib
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, NamedTuple

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.languages import patterns
from app.languages.language import Form, Language

FACTS = "language.toml"
WORDS = "messages.po"
STAFF_WORDS = "staff.po"


class Place(NamedTuple):
    """Where in a country a language is spoken: in all of it, or in what is named."""

    all: bool
    regions: frozenset[str]
    """Folded."""
    postcodes: tuple[str, ...]
    """How they begin."""


class Known(NamedTuple):
    """What a folder says of its language."""

    code: str
    name: str
    direction: Literal["ltr", "rtl"]
    gsm: bool
    spoken: str
    places: dict[str, Place]
    dates: dict[Form, str]
    """Patterns of our own, where Babel's do not fit a sentence."""
    dates_not_in: frozenset[str]
    """Territories that write dates by their own custom all the same."""
    words: NullTranslations


def read(folder: Path) -> Known:
    """What a folder says.

    Raises:
        KeyError: a fact is missing.
        ValueError: the facts or the words cannot be read.
    """
    facts = tomllib.loads((folder / FACTS).read_text("utf-8"))
    places = {country: _place(said) for country, said in facts.get("places", {}).items()}
    places |= {country: _place({"all": True}) for country in facts.get("countries", ())}
    return Known(
        code=folder.name,
        name=facts["name"],
        direction=facts["direction"],
        gsm=facts["gsm"],
        spoken=facts.get("spoken", folder.name),
        places=places,
        dates=facts.get("dates", {}),
        dates_not_in=frozenset(facts.get("dates_not_in", ())),
        words=_words(folder / WORDS, folder / STAFF_WORDS),
    )


def language(known: Known, territory: str) -> Language:
    """The language as a territory writes it."""
    own = {} if territory in known.dates_not_in else known.dates
    locale = _locale(known.code.replace("-", "_"), territory)
    return Language(
        code=known.code,
        name=known.name,
        direction=known.direction,
        gsm=known.gsm,
        spoken=known.spoken,
        locale=locale,
        words=known.words,
        patterns=patterns.of(locale, own),
    )


def _place(said: dict[str, Any]) -> Place:
    return Place(
        bool(said.get("all")),
        frozenset(region.casefold() for region in said.get("regions", ())),
        tuple(said.get("postcodes", ())),
    )


def _locale(code: str, territory: str) -> Locale:
    try:
        return Locale.parse(f"{code}_{territory}" if territory and "_" not in code else code)
    except (UnknownLocaleError, ValueError):  # nobody has written down how it is written there
        return Locale.parse(code)


def _words(*files: Path) -> NullTranslations:
    """The catalogues as one; what is not translated is said in English."""
    there = [file for file in files if file.is_file()]
    if not there:
        return NullTranslations()
    catalogue, *others = [_read(file) for file in there]
    for other in others:
        for message in other:
            if message.id:
                catalogue[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _read(file: Path) -> Catalog:
    with file.open("rb") as stream:
        return read_po(stream)
