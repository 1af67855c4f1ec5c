"""One language: its words, and how it writes days and times."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from gettext import NullTranslations
from typing import Any, Literal

from babel import Locale
from babel.dates import DateTimePattern
from markupsafe import Markup

Form = Literal["time", "day", "date", "date_with_year", "short", "long"]

_ISOLATE = "\u2068{}\u2069"
_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")
"""What comes of a date like "26. Nov." at the end of a sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """A language as one territory writes it."""

    code: str
    name: str
    """In itself."""
    direction: Literal["ltr", "rtl"]
    gsm: bool
    """Whether its text messages keep to the short alphabet of GSM 03.38."""
    locale: Locale
    words: NullTranslations
    patterns: Mapping[Form, DateTimePattern]

    def say(self, text: str, **values: Any) -> str:
        """An English sentence in this language, with its `{values}`."""
        return self._fill(self.words.gettext(text), values)

    def mean(self, meaning: str, text: str, **values: Any) -> str:
        """The same for words that have several meanings: `meaning` says which."""
        return self._fill(self.words.pgettext(meaning, text), values)

    def count(self, one: str, several: str, number: int, **values: Any) -> str:
        """The same for words that go by a number, which is their `{number}`."""
        said = self.words.ngettext(one, several, number)
        return self._fill(said, {"number": number, **values})

    def html(self, text: str, **values: Any) -> Markup:
        """The same for a page: the sentence may hold simple tags, the values may not."""
        said = {name: self._apart(value, Markup("<bdi>{}</bdi>")) for name, value in values.items()}
        whole = Markup(self.words.gettext(text)).format(**said)  # noqa: S704 - our own words
        return Markup(_TWO_STOPS.sub(".", whole))  # noqa: S704 - and what they hold is escaped

    def date(self, at: datetime, form: Form) -> str:
        """A moment, already on the clocks of its place, in this form."""
        return self.patterns[form].apply(at, self.locale)

    def _fill(self, text: str, values: Mapping[str, Any]) -> str:
        said = {name: self._apart(value, _ISOLATE) for name, value in values.items()}
        return _TWO_STOPS.sub(".", text.format(**said))

    def _apart(self, value: Any, around: str) -> Any:
        """Names and numbers of the other direction are set apart, or their parts change places.

        An address of the web is left alone: it would take the marks for a part of itself.
        """
        if self.direction == "ltr" or not isinstance(value, str) or value.startswith("http"):
            return value
        if any(unicodedata.bidirectional(c) in {"R", "AL"} for c in value):
            return value
        return around.format(value) if value else value


def mark(text: str) -> str:
    """The text itself: it is marked for translation here, and said in a language elsewhere."""
    return text
