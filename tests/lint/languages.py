"""Every language says every sentence of the source, and says it with the same values in it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message

from app.languages import extracting
from tests.lint.rules import Finding

_VALUE = re.compile(r"{\w*}")
_TAG = re.compile(r"</?\w+>")


def check(root: Path) -> Iterator[Finding]:
    """What is wrong with the catalogues of the languages there are."""
    for domain in extracting.DOMAINS:
        source = extracting.source(domain)
        for folder in extracting.catalogues(root / "app" / "languages"):
            file = folder / domain
            for message, wrong in faults(source, extracting.read(file)):
                yield Finding(file.relative_to(root), message.lineno or 1, "translations", wrong)


def faults(source: Catalog, catalogue: Catalog) -> Iterator[tuple[Message, str]]:
    """What is missing, stale, fuzzy or says other values than the source."""
    wanted, there = _by_key(source), _by_key(catalogue)
    update = "run `python -m app.languages.extracting`, then translate it"
    for key in wanted.keys() - there.keys():
        yield wanted[key], f"{_short(wanted[key])} is missing: {update}"
    letters = Counter(script for one in there.values() for script in _scripts(one))
    own = {"LATIN", *(script for script, _ in letters.most_common(1))}
    for key, message in there.items():
        if key not in wanted:
            yield message, f"{_short(message)} is said nowhere any more: {update}"
        elif message.fuzzy:
            yield message, f"{_short(message)} is fuzzy: look at it, and take the mark away"
        elif wrong := _wrong(message, catalogue.num_plurals):
            yield message, f"{_short(message)} {wrong}"
        elif others := set(_scripts(message)) - own:
            yield message, f"{_short(message)} is said in another script: {', '.join(others)}"


def _by_key(catalogue: Catalog) -> dict[tuple[str | None, str], Message]:
    return {(one.context, _ids(one)[0]): one for one in catalogue if one.id}


def _scripts(message: Message) -> list[str]:
    """The script of each letter of what is said, without the names of its values."""
    said = "".join([message.string] if isinstance(message.string, str) else message.string or ())
    return [unicodedata.name(c).split()[0] for c in _VALUE.sub("", said) if c.isalpha()]


def _ids(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def _wrong(message: Message, plurals: int) -> str:
    said = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if not all(said):
        return "is not translated"
    if message.pluralizable and len(said) != plurals:
        return f"has {len(said)} forms by number, and the language has {plurals}"
    for text in said:
        allowed = [set(_VALUE.findall(one)) for one in _ids(message)]
        if message.pluralizable:  # a form for one or two may leave its number out
            allowed += [values - {"{number}"} for values in allowed]
        if set(_VALUE.findall(text)) not in allowed:
            return "has other {values} than the source"
        if Counter(_TAG.findall(text)) != Counter(_TAG.findall(_ids(message)[0])):
            return "has other tags than the source"
        if text.strip() != text:
            return "begins or ends with a space"
    return ""


def _short(message: Message) -> str:
    text = _ids(message)[0]
    return repr(text if len(text) < 60 else f"{text[:57]}...")
