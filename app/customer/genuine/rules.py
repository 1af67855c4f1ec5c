"""What is in a message that somebody was sent, and what can be said of it. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from app.access import own_pages

_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://[^\s<>\"']+|(?<![\w@.-])(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?/[^\s<>\"']*)",
    re.IGNORECASE,
)
_AT_THE_END = ".,;:!?)]}»”’"
_CODE = re.compile(r"(?<!\w)(?:\w{4}[\s\-\u2010-\u2015]?){2}\w{4}(?!\w)")
_MONEY = re.compile(
    r"[$€£₹¥]\s?\d|\d\s?[$€£₹¥]|\d\s?(?:zł|PLN|EUR|USD|GBP|INR|AED|SAR)\b|\bIBAN\b|"
    r"\b(?:EUR|USD|GBP|PLN|INR|AED|SAR|Rs)\.?\s?\d",
    re.IGNORECASE,
)
_ENOUGH = 24
"""Letters that tell one message from another; who pastes less has pasted a link or a code."""
_BESIDE = 40
"""Letters that may stand beside what we wrote: a greeting, an "on … wrote"."""


class Verdict(StrEnum):
    """What can be said of a message."""

    SENT = "sent"
    """We sent exactly these words."""
    OURS = "ours"
    """The link or the code is ours; the words were not given."""
    CHANGED = "changed"
    """The link or the code is ours, the words are not."""
    ELSEWHERE = "elsewhere"
    """A link in it leads to somebody else."""
    FAKE = "fake"
    """It has our address, or a code like ours, and opens nothing."""
    NOTHING = "nothing"
    """Nothing in it can be checked."""


class Parts(NamedTuple):
    """What is in a message."""

    tokens: list[str]
    """Of links to us."""
    elsewhere: list[str]
    """Other hosts."""
    codes: list[str]
    money: bool
    """Whether it speaks of an amount."""
    words: str
    """The letters that are left without links and codes."""


def parts(text: str, ours: Collection[str]) -> Parts:
    """What a message holds; `ours` are the hosts of our links."""
    tokens, elsewhere = [], []
    for match in _ADDRESS.finditer(text):
        host, path = _read(match[0].rstrip(_AT_THE_END))
        if host not in ours:
            elsewhere.append(host)
        elif path.startswith("/c/") and path != "/c/":
            tokens.append(path.removeprefix("/c/").partition("/")[0])
    rest = _ADDRESS.sub(" ", text)
    tidy = [own_pages.tidy(match[0]) for match in _CODE.finditer(rest)]
    codes = [code for code in tidy if own_pages.well_formed(code)]
    for match in _CODE.findall(rest):
        if own_pages.tidy(match) in codes:
            rest = rest.replace(match, " ")
    money = bool(_MONEY.search(text))
    return Parts(_once(tokens), _once(elsewhere), _once(codes), money, letters(rest))


def letters(text: str) -> str:
    """A text as far as it is words: whatever a provider or a copy did to marks and gaps."""
    plain = unicodedata.normalize("NFKD", _ADDRESS.sub(" ", text)).casefold()
    return "".join(c for c in plain if c.isalnum())


def verdict(
    found: Parts, *, opened: bool, sent: Iterable[str], beside: Iterable[str] = ()
) -> Verdict:
    """What can be said.

    `opened` is whether every link and code in it opens a page of ours, and `sent` the letters of
    what we sent about that parcel; `beside` are the letters of what stands beside it, by some ways:
    the numbers that answer it, a code.
    """
    if found.elsewhere:
        return Verdict.ELSEWHERE
    if not (found.tokens or found.codes):
        return Verdict.NOTHING
    if not opened:
        return Verdict.FAKE
    if len(found.words) < _ENOUGH:
        return Verdict.OURS
    given = found.words
    for words in beside:
        given = given.replace(words, "", 1)
    same = any(_same(one, words) for words in sent for one in {found.words, given})
    return Verdict.SENT if same else Verdict.CHANGED


def _same(given: str, ours: str) -> bool:
    if not ours:
        return False
    beside = given.replace(ours, "", 1) if ours in given else None
    return len(beside) <= _BESIDE if beside is not None else given in ours


def _read(address: str) -> tuple[str, str]:
    """The host and the path to which an address really leads, whatever it looks like."""
    whole = address if "://" in address else f"https://{address}"
    try:
        split = urlsplit(whole)
        port = f":{split.port}" if split.port else ""
    except ValueError:
        return "?", ""
    return f"{split.hostname or '?'}{port}", split.path


def _once(found: list[str]) -> list[str]:
    return list(dict.fromkeys(found))
