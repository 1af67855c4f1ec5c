"""The language of the page that is being made: said once by whoever makes it, read by templates.

A page that says nothing is in English: those of shippers are.
"""

from __future__ import annotations

from typing import Any

from flask import g
from markupsafe import Markup

from app import languages
from app.errors import Problem
from app.languages.language import Language
from app.languages.sentence import again


def use(language: Language) -> None:
    """Make this request's pages in a language."""
    g.language = language


def language() -> Language:
    """The language of this request's pages.

    A page asks hundreds of times, and what stands behind `g` answers in a twentieth of its time.
    """
    found: Language | None = g._get_current_object().get("language")  # noqa: SLF001 - documented
    return found or languages.get()


def say(text: str, **values: Any) -> Markup:
    """A sentence of a template; what it holds of tags is ours, its values are escaped."""
    return language().html(text, **values)


def plain(text: str, **values: Any) -> str:
    """A sentence that is no part of a template, such as what is flashed."""
    return language().say(text, **values)


def said(text: str) -> str:
    """What was written elsewhere, as it is; in the page's language where it was marked for that."""
    return again(language(), text)


def faults(problem: Problem | None) -> dict[str, str]:
    """What is wrong with each field of a form."""
    found = problem.by_field if problem else {}
    return {name: said(why) for name, why in found.items()}


def count(one: str, several: str, number: int, **values: Any) -> str:
    """The same for words that go by their `{number}`."""
    return language().count(one, several, number, **values)


def mean(meaning: str, text: str, **values: Any) -> str:
    """The same for words that have several meanings."""
    return language().mean(meaning, text, **values)
