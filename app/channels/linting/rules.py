"""What a text message must not be: dear, misunderstood, advertising, a promise nobody keeps. Pure.

One text in one language is judged as it is sent, with its values in their places. It runs in the
tests over every text of ours, and on the page that shows them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from app import languages
from app.contact.refusal import reading
from app.contact.refusal.reading import Meaning
from app.languages import sms

MOST_PARTS = {"GSM-7": 3, "UCS-2": 7}
_SHOUTED = re.compile(r"\b[^\W\d_a-z]{2,}\b")
_OFFERED = frozenset({"STOP", "START", "HELP"})
"""What every carrier understands as we do."""
_MISTAKEN = {Meaning.STOP: "collides", Meaning.START: "restarts"}
"""What is wrong with a word by which whoever answers refuses, or takes that back."""


class Fault(NamedTuple):
    """What is wrong: a code, and the words that are."""

    code: str
    words: str


def faults(
    text: str, language: str, *, answered: bool = True, most: int | None = None
) -> list[Fault]:
    """All that is wrong with a text; `answered`: whether an answer to it would reach us.

    `most` is in how many parts it may leave.
    """
    return list(_faults(sms.as_sent(text, language), language, answered=answered, most=most))


def _faults(text: str, language: str, *, answered: bool, most: int | None) -> Iterator[Fault]:
    sent = sms.size(text)
    known = languages.known().get(language)
    if known and known.gsm and sent.encoding != "GSM-7":
        yield Fault("not_gsm", "".join(sorted({c for c in text if not sms.fits(c)})))
    if sent.parts > (most or MOST_PARTS[sent.encoding]):
        yield Fault("too_long", f"{sent.parts} parts")
    for word in _SHOUTED.findall(text):
        meant = reading.read(word, stopped=True)
        if word not in _OFFERED and meant in _MISTAKEN:
            yield Fault(_MISTAKEN[meant], word)
    words = _words(language)
    small = text.casefold()
    if not answered and (found := words["reply"].search(small)):
        yield Fault("cannot_be_answered", found[0])
    for code in ("sells", "promises", "asks", "stiff"):
        if found := words[code].search(small):
            yield Fault(code, found[0])


@cache
def _words(language: str) -> dict[str, re.Pattern[str]]:
    tables = tomllib.loads(Path(__file__).with_name("words.toml").read_text())
    table = tables.get(language, tables[languages.HOUSE])
    return {kind: re.compile("|".join(words)) for kind, words in table.items()}
