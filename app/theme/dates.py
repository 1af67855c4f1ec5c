"""Days and times where no `When` is: in English unless a language is named."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from babel.dates import get_day_names

from app import languages
from app.languages.language import Form, Language


def say(at: datetime, form: Form) -> str:
    """A moment, already on the clocks of its place, in this form."""
    return languages.get().date(at, form)


def weekday(
    number: int,
    language: Language | None = None,
    width: Literal["wide", "abbreviated"] = "wide",
) -> str:
    """The name of a day of the week, from 1 for Monday, as it stands by itself."""
    names = get_day_names(width, "stand-alone", (language or languages.get()).locale)
    return str(names[number - 1])
