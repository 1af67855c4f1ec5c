"""Languages that stand in a folder of their own, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from app import languages
from app.languages import extracting
from tests.play import play

__all__ = ["play"]

Add = Callable[[str, str, Catalog | str], None]
_LITERAL = re.compile(r"({\w*}|</?\w+>)")
PSEUDO = "ia"
NUMBERS = """
name = "þ"
direction = "ltr"
gsm = false
countries = ["XA"]

[dates]
time = "HH:mm"
day = "d.M."
date = "d.M."
date_with_year = "d.M.y"
short = "d.M. HH:mm"
long = "d.M. HH:mm"
"""


@pytest.fixture
def add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Add]:
    """Adds a language by its code, its facts and its words."""

    def forget() -> None:
        languages.known.cache_clear()
        languages.get.cache_clear()

    def add(code: str, facts: str, words: Catalog | str) -> None:
        folder = tmp_path / code
        folder.mkdir()
        (folder / "language.toml").write_text(facts, "utf-8")
        if isinstance(words, str):
            (folder / "messages.po").write_text(words, "utf-8")
        else:
            extracting.write(folder / extracting.DOMAINS[0], words)
        forget()

    monkeypatch.setattr(languages, "__path__", [*languages.__path__, str(tmp_path)])
    yield add
    monkeypatch.undo()
    forget()


@pytest.fixture
def pseudo(add: Add) -> str:
    """A language whose letters are all the same one; its code. What else is read is not ours."""
    words = Catalog(PSEUDO)
    sentences = [one for domain in extracting.DOMAINS for one in extracting.source(domain)]
    for message in sentences:
        if message.id:
            ids = [message.id] if isinstance(message.id, str) else list(message.id)
            said = [_same(text) for text in ids]
            words.add(message.id, said[0] if len(said) == 1 else said, context=message.context)
    add(PSEUDO, NUMBERS, words)
    return PSEUDO


def _same(text: str) -> str:
    parts = _LITERAL.split(text)
    return "".join(p if _LITERAL.fullmatch(p) else re.sub(r"\w", "þ", p) for p in parts)
