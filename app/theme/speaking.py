"""The language of the page that is being made: said once by whoever makes it, read by templates.

A page that says nothing is in English: those of the staff and of shippers are.
"""

from __future__ import annotations

from typing import Any

from flask import g
from markupsafe import Markup

from app import languages
from app.languages.language import Language


def use(language: Language) -> None:
    """Make this request's pages in a language."""
    g.language = language


def language() -> Language:
    """The language of this request's pages."""
    found: Language | None = g.get("language")
    return found or languages.get()


def say(text: str, **values: Any) -> Markup:
    """A sentence of a template; what it holds of tags is ours, its values are escaped."""
    return language().html(text, **values)


def said(text: str) -> str:
    """What was written elsewhere, as it is; in the page's language where it was marked for that."""
    return language().words.gettext(text)


def count(one: str, several: str, number: int) -> str:
    """The same for words that go by their `{number}`."""
    return language().count(one, several, number)
