"""All messages in all languages, as they are sent, with what they take and cost; no I/O."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app import languages
from app.cases import sample
from app.channels.linting import rules
from app.channels.linting.rules import Fault
from app.customer.parts import RenderedMessage
from app.languages import sms
from app.languages.language import Language
from app.languages.sms import Size
from app.playground.catalogue import samples

TO_OTHERS = {"not_received"}
"""What is written to the shipper."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message in one language."""

    language: Language
    subject: str
    text: str
    size: Size
    price: float
    """About so much, in US dollars, where the language is spoken most."""
    country: str
    faults: list[Fault]


@dataclass(frozen=True, slots=True)
class Shown:
    """One message in the languages that were asked for."""

    name: str
    title: str
    in_languages: list[Said]


def names() -> list[str]:
    """What the messages are called, in the order of the folders they stand in."""
    return [name for name in _texts() if name.rpartition(".")[2] not in TO_OTHERS]


def shown(text: str, code: str) -> list[Shown]:
    """The messages whose name holds `text`, in this language or in all."""
    wanted = [name for name in names() if text.casefold() in name]
    codes = [one for one in languages.known() if code in {"", one}]
    codes.sort(key=lambda one: one != languages.HOUSE)
    return [Shown(name, title(name), [_said(name, one) for one in codes]) for name in wanted]


def title(name: str) -> str:
    """A message's name for people: `asked: takes longer`."""
    *folders, _, last = name.removeprefix("app.").split(".")
    return f"{' '.join(folders)}: {last}".replace("_", " ")


@cache
def _said(name: str, code: str) -> Said:
    message = _written(name, code)
    sent, price = sms.as_sent(message.text, code), _prices().get(code, {})
    size = sms.size(sent)
    return Said(
        language=languages.get(code),
        subject=message.subject,
        text=sent,
        size=size,
        price=size.parts * float(str(price.get("part", 0))),
        country=str(price.get("country", "")),
        faults=rules.faults(message.text, code),
    )


def _written(name: str, code: str) -> RenderedMessage:
    case = sample.case(code)
    text, language = _texts()[name], languages.get(code)
    given = samples.arguments(text, case)
    told = {key: language if isinstance(value, Language) else value for key, value in given.items()}
    return text(**told)


@cache
def _texts() -> dict[str, samples.Text]:
    return dict(samples.texts())


@cache
def _prices() -> dict[str, dict[str, object]]:
    return tomllib.loads(Path(__file__).with_name("prices.toml").read_text())


def total(messages: Sequence[Shown]) -> int:
    """How many texts there are on the page."""
    return sum(len(message.in_languages) for message in messages)
