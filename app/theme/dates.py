"""Days and times for staff, whose pages are in English."""

from __future__ import annotations

from datetime import datetime

from app import languages
from app.languages.language import Form


def say(at: datetime, form: Form) -> str:
    """A moment, already on the clocks of its place, in this form."""
    return languages.get().date(at, form)
