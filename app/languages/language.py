"""One language: its words, and how it writes days and times."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from gettext import NullTranslations
from typing import Any, Literal

from babel import Locale
from babel.dates import DateTimePattern
from markupsafe import Markup, escape

Form = Literal["time", "day", "date", "date_with_year", "short", "long"]

_ISOLATE = "\u2068{}\u2069"
_BDI = Markup("<bdi>{}</bdi>")
_TWO_STOPS = re.compile(r"(?<!\.)\.(</\w+>)?\.(?!\.)")
"""What comes of a date like "26. Nov." at the end of a sentence, also where it stands out."""


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """A language as one territory writes it."""

    code: str
    name: str
    """In itself."""
    direction: Literal["ltr", "rtl"]
    gsm: bool
    """Whether its text messages keep to the short alphabet of GSM 03.38."""
    spoken: str
    """Its name where it is read aloud, as Twilio has it; mostly its code with a country."""
    locale: Locale
    words: NullTranslations
    patterns: Mapping[Form, DateTimePattern]

    def say(self, text: str, **values: Any) -> str:
        """An English sentence in this language, with its `{values}`."""
        text = self.words.gettext(text)
        return self._fill(text, values) if values else text.format()

    def mean(self, meaning: str, text: str, **values: Any) -> str:
        """The same for words that have several meanings: `meaning` says which."""
        return self._fill(self.words.pgettext(meaning, text), values)

    def count(self, one: str, several: str, number: int, **values: Any) -> str:
        """The same for words that go by a number, which is their `{number}`."""
        said = self.words.ngettext(one, several, number)
        return self._fill(said, {"number": number, **values})

    def html(self, text: str, **values: Any) -> Markup:
        """The same for a page: the sentence may hold simple tags, the values may not."""
        if not values:
            return _whole(self, text)
        said = {name: escape(value) for name, value in self._apart(values, _BDI).items()}
        whole = self.words.gettext(text).format(**said)
        return Markup(_without_two_stops(whole))  # noqa: S704 - our own words around escaped values

    def date(self, at: datetime, form: Form) -> str:
        """A moment, already on the clocks of its place, in this form."""
        return _written(self, form, at.replace(second=0, microsecond=0, tzinfo=None))

    def _fill(self, text: str, values: Mapping[str, Any]) -> str:
        return _without_two_stops(text.format(**self._apart(values, _ISOLATE)))

    def _apart(self, values: Mapping[str, Any], around: str) -> Mapping[str, Any]:
        """Names and numbers of the other direction are set apart, or their parts change places."""
        if self.direction == "ltr":
            return values
        return {
            name: around.format(value) if _other_way(value) else value
            for name, value in values.items()
        }


@lru_cache(maxsize=20_000)
def _whole(language: Language, text: str) -> Markup:
    """A sentence without values is the same on every page."""
    said = language.words.gettext(text).format()
    return Markup(_without_two_stops(said))  # noqa: S704 - our own words


@lru_cache(maxsize=20_000)
def _written(language: Language, form: Form, at: datetime) -> str:
    """No form says seconds or a zone; one page alone says the same days and hours many times."""
    return language.patterns[form].apply(at, language.locale)


def _other_way(value: Any) -> bool:
    """Whether a value is written from left to right.

    An address of the web is left alone: it would take the marks for a part of itself.
    """
    if not isinstance(value, str) or not value or value.startswith("http"):
        return False
    return all(unicodedata.bidirectional(c) not in {"R", "AL"} for c in value)


def _without_two_stops(text: str) -> str:
    return _TWO_STOPS.sub(r".\1", text) if ".." in text or ">." in text else text


def mark(text: str) -> str:
    """The text itself: it is marked for translation here, and said in a language elsewhere."""
    return text
