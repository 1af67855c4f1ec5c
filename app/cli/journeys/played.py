"""A provider that is played: it takes, refuses, loses and doubts messages, and tells of them later.

What it was handed is written down here, and nothing else is what a customer has received.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app import clock
from app.channels import providers
from app.channels.heard import Receipt
from app.channels.providers.base import Accepted, Ambiguous, Outgoing, Provider, Refused

CHANNELS = ("sms", "whatsapp", "voice", "email", "chat", "push", "http")
PROVIDER = Provider(name="played", package=__name__, channels=CHANNELS, receipts=True)
_OUTAGES = 8
_DOUBTED = 0.5
"""So many of those whose answer was lost have arrived."""


@dataclass(slots=True)
class Handed:
    """A message that was handed over."""

    at: datetime
    id: int
    channel: str
    recipient: str
    arrived: bool
    """As far as anybody can tell: nobody knows of what no receipt came for."""
    case_id: int = 0
    audience: str = ""
    topic: str = ""
    text: str = field(default="", repr=False)
    known: bool = True


Later = Callable[[timedelta, Receipt], None]


class Played:
    """The carrier of all channels. `later` is told which receipt comes after how long."""

    def __init__(
        self, chance: random.Random, later: Later, dead: frozenset[str], begins: datetime
    ) -> None:
        self.handed: list[Handed] = []
        self.by_id: dict[int, Handed] = {}
        self._chance = chance
        self._later = later
        self._dead = dead
        self._away = outages(chance, begins)

    def send(self, message: Outgoing) -> Accepted:
        """Take it, mostly.

        Raises:
            Refused: it cannot be delivered, or not now.
            Ambiguous: nobody knows.
        """
        fate, soon = self._fate(message), timedelta(seconds=1 + 90 * self._chance.random())
        if fate == "broken":
            self._take(message, arrived=False, known=False)
            raise Ambiguous("http_500")
        if fate == "busy":
            raise Refused("rate_limited", permanent=False)
        if fate == "refused":
            self._take(message, arrived=False)
            raise Refused("unreachable", permanent=True)
        if fate == "doubt":
            self._take(message, arrived=self._chance.random() < _DOUBTED, known=False)
            raise Ambiguous("timeout")
        self._take(message, arrived=fate != "lost")
        if message.channel == "voice":  # whoever is called says what came of it
            return Accepted(f"played-{message.id}-{message.tries}")
        if fate == "lost":
            self._receipt(message, soon, "failed")
        elif fate != "silent":
            self._receipt(message, soon, "delivered")
        if fate == "twice":
            self._receipt(message, soon * 2, "delivered")
            self._receipt(message, soon * 3, "sent")
        return Accepted(f"played-{message.id}-{message.tries}")

    def _fate(self, message: Outgoing) -> str:
        fate = fate_of(self._chance)
        if message.recipient in self._dead:
            return "refused"
        away = self._away.get(message.channel, ())
        if any(since <= clock.now() < until for since, until in away):
            return "broken" if self._chance.random() < _DOUBTED else "busy"
        return fate

    def ask(self, message: Outgoing, since: datetime) -> Accepted | None:  # noqa: ARG002
        """It keeps no list that could be asked."""
        return None

    def can_be_answered(self, recipient: str) -> bool:  # noqa: ARG002 - anybody's answer comes
        """Always."""
        return True

    def _take(self, message: Outgoing, *, arrived: bool, known: bool = True) -> None:
        one = Handed(
            *(clock.now(), message.id, message.channel, message.recipient, arrived),
            text=message.text,
            known=known,
        )
        self.handed.append(one)
        self.by_id[message.id] = one

    def _receipt(self, message: Outgoing, after: timedelta, state: str) -> None:
        why = "undelivered" if state == "failed" else None
        said = Receipt(provider=PROVIDER.name, state=state, why=why, message_id=message.id)
        self._later(after, said)


def outages(chance: random.Random, begins: datetime) -> dict[str, list[tuple[datetime, datetime]]]:
    """When text messages and mails do not get through at all: an hour or two, some days apart."""
    found: dict[str, list[tuple[datetime, datetime]]] = {"sms": [], "email": []}
    for times in found.values():
        at = begins
        for _ in range(_OUTAGES):
            at += timedelta(days=1 + 5 * chance.random())
            times.append((at, at + timedelta(hours=0.5 + 1.5 * chance.random())))
    return found


def fate_of(chance: random.Random) -> str:
    """What becomes of a message."""
    fates = {"taken": 84, "busy": 4, "refused": 1, "doubt": 2, "lost": 3, "silent": 3, "twice": 3}
    return chance.choices(list(fates), list(fates.values()))[0]


def carry(played: Played) -> None:
    """Let it carry every channel of this process, and nobody else any."""
    providers.carried_by(dict.fromkeys(CHANNELS, providers.Chosen(PROVIDER, played)))
