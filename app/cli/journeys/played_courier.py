"""A courier's own system that is played: it says yes, no, later or nothing, and forgets.

What it was told is noted: nothing else is what a courier has heard of a booking.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from app.booking.rows import BookingKind
from app.handover import connectors
from app.handover.connectors.base import (
    UNKNOWN,
    Account,
    Ambiguous,
    Answer,
    Asked,
    Can,
    Choice,
    Confirmed,
    Connector,
    NotFound,
    Parcel,
    Refused,
    Unsent,
)

NAME = "played"
_SOON = timedelta(minutes=20)


@dataclass(slots=True)
class System:
    """What it has made of each wish, by the wish's key."""

    told: Callable[[int], None]
    """Is called with the case of every wish that has reached it."""
    chance: random.Random
    wishes: dict[str, Answer] = field(default_factory=dict)


_playing: list[System] = []


class Client:
    """One account of it, for one call."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def can(self, parcel: Parcel) -> Can:  # noqa: ARG002 - it is not asked beforehand
        """Unknown."""
        return UNKNOWN

    def push(self, choice: Choice, key: str) -> Answer:
        """Take it, refuse it, hang with or without having taken it, or be away."""
        system = _playing[-1]
        kind = _one_of(system.chance, yes=50, no=10, later=15, hangs=15, away=10)
        if kind == "away":
            return Unsent("http_503")
        if kind == "hangs" and system.chance.random() < 0.5:
            return Ambiguous("timeout")
        system.told(choice.parcel.case_id)
        decided: Answer = Refused("FULL", "Tour is full") if kind == "no" else Confirmed(key)
        if kind == "later" and system.chance.random() < 0.3:
            decided = Refused("FULL", "Tour is full")
        system.wishes[key] = decided
        if kind == "later":
            return Asked(after=_SOON)
        return Ambiguous("timeout") if kind == "hangs" else decided

    def check(self, choice: Choice, key: str, ref: str) -> Answer:  # noqa: ARG002 - by key
        """What became of it; now and then it does not know yet, or hangs."""
        system = _playing[-1]
        kind = _one_of(system.chance, knows=70, later=15, hangs=15)
        if kind == "hangs":
            return Ambiguous("timeout")
        if kind == "later" and key in system.wishes:
            return Asked(after=_SOON)
        return system.wishes.get(key, NotFound())

    def cancel(self, choice: Choice, key: str, ref: str) -> Answer:  # noqa: ARG002 - by key
        """It is off, mostly."""
        if _playing[-1].chance.random() < 0.1:
            return Ambiguous("timeout")
        return Confirmed() if _playing[-1].wishes.pop(key, None) else NotFound()

    def correct(self, parcel: Parcel, key: str) -> Answer:  # noqa: ARG002 - it takes everything
        """Noted."""
        return Confirmed(key)


def _one_of(chance: random.Random, **weights: int) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


CONNECTOR = Connector(
    name=NAME,
    title="Played Courier",
    opens=Client,
    base="https://courier.invalid",
    kinds=(BookingKind.REDELIVERY,),
)


@contextmanager
def playing() -> Iterator[None]:
    """Let accounts of this process be connected with it."""
    before = connectors.REGISTERED
    connectors.REGISTERED = (*before, __name__)
    try:
        yield
    finally:
        connectors.REGISTERED = before
        _playing.clear()


def carry(system: System) -> None:
    """Let this be what stands behind it."""
    _playing.append(system)
