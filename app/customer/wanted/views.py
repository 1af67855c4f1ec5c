"""What the page says of what we may still send; no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from app.cases.model import Case
from app.channels import refusals
from app.channels.refusals import Refusal
from app.customer import notices
from app.languages.language import Language
from app.theme.times import When

_SHOWN = 4
_DAY = "2026-01-01"
"""Any day: an hour is shown without it."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way by which the customer is written to."""

    channel: str
    ends_in: str
    """As much of the number or address as its owner knows it by."""
    refusal: Refusal | None
    """What stands in its way."""

    @property
    def blocked(self) -> bool:
        """Whether their own provider lets nothing through, so that our word is not enough."""
        return bool(self.refusal and self.refusal.answered)


class Hour(NamedTuple):
    """An hour that can be chosen."""

    value: str
    shown: str
    chosen: bool


class Hours(NamedTuple):
    """From when on, and until when, somebody may be written to."""

    starts: tuple[Hour, ...]
    ends: tuple[Hour, ...]


_USUAL = "08:00-21:00"
_STARTS, _ENDS = range(8, 20), range(10, 22)


def hours(case: Case, when: When) -> Hours:
    """What is offered, and what holds."""
    start, _, end = (case.parcel.texts_between or _USUAL).partition("-")
    return Hours(_offered(_STARTS, start, when.language), _offered(_ENDS, end, when.language))


@lru_cache(maxsize=2_000)
def _offered(hours: range, chosen: str, language: Language) -> tuple[Hour, ...]:
    values = sorted({chosen, *(f"{hour:02}:00" for hour in hours)})
    return tuple(
        Hour(
            value,
            language.date(datetime.fromisoformat(f"{_DAY} {value}"), "time"),
            value == chosen,
        )
        for value in values
    )


def ways(case: Case, found: Sequence[Refusal]) -> list[Way]:
    """The customer's ways, each once."""
    stands = {(one.channel, one.recipient): one for one in found if one.stands}
    shown = []
    for way in dict.fromkeys(notices.routes(case)):
        refusal = stands.get((way.channel, refusals.normal(*way)))
        shown.append(Way(way.channel, _ends(way.channel, way.recipient), refusal))
    return shown


def _ends(channel: str, recipient: str) -> str:
    if channel == "email":
        name, _, host = recipient.partition("@")
        return f"{name[:1]}…@{host}"
    return recipient[-_SHOWN:]
