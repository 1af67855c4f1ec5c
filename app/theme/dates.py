"""Days and times as a language writes them: the names are CLDR's, by Babel.

This is the one place where a language enters: the caller that says a date gives the language of its
reader, and a further language is one more row of patterns here.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Literal

from babel import Locale
from babel.dates import DateTimePattern, parse_pattern

Form = Literal["time", "day", "date", "date_with_year", "short", "long"]

HOUSE = "en"
"""The language of people who have named none."""
_PATTERNS: dict[str, dict[Form, str]] = {
    "en": {
        "time": "HH:mm",  # 15:00
        "day": "d MMM",  # 24 Nov
        "date": "EEEE d MMMM",  # Tuesday 24 November
        "date_with_year": "EEEE d MMMM y",
        "short": "EEE d MMM, HH:mm",  # Tue 24 Nov, 15:00
        "long": "EEEE d MMMM, HH:mm",
    },
}


def say(at: datetime, form: Form, language: str = HOUSE) -> str:
    """A moment, already on the clocks of its place, in this form and language."""
    pattern, locale = _pattern(form, language)
    return pattern.apply(at, locale)


@cache
def _pattern(form: Form, language: str) -> tuple[DateTimePattern, Locale]:
    return parse_pattern(_PATTERNS[language][form]), Locale.parse(language)
