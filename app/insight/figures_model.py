"""The figures of a period: what they are called; no I/O.

Every figure is about the same cases, those that began in the period, so that figures can be
held against each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Spread(NamedTuple):
    """Durations in seconds: the middle one, and the one that nine in ten do not exceed."""

    median: float | None
    p90: float | None


class Ends(NamedTuple):
    """How cases ended."""

    arranged: int = 0
    """Delivered or collected, after a new try was booked, or what was wrong was corrected."""
    alone: int = 0
    """Delivered by the courier without either."""
    no_choice: int = 0
    """It went back, and the customer had chosen nothing."""
    courier: int = 0
    """It did not arrive, and the courier had not carried out what was booked."""
    other: int = 0
    """It did not arrive for other reasons: sent back as the customer wished, refunded, lost."""
    open: int = 0
    aside: int = 0
    """There was no failure, or it was old when it came."""

    @property
    def rescued(self) -> int:
        """Failures that were turned into a delivery."""
        return self.arranged + self.alone

    @property
    def over(self) -> int:
        """Failures of which it is known how they ended."""
        return self.rescued + self.no_choice + self.courier + self.other


class Silence(NamedTuple):
    """The longest time that customers of closed cases heard nothing."""

    spread: Spread = Spread(None, None)
    longest: float | None = None


class Level(NamedTuple):
    """Tasks that somebody of one level took on; 0: before anybody was called."""

    level: int
    taken: int
    spread: Spread


class Sort(NamedTuple):
    """Cases of one fault and reason."""

    fault: str
    reason: str
    cases: int
    closed: int
    delivered: int


class Calls(NamedTuple):
    """Dispatch tasks: how many, and what became of them."""

    tasks: int = 0
    acknowledged: int = 0
    waiting: int = 0
    """Open and not acknowledged."""
    unneeded: int = 0
    """Over before anybody acknowledged."""
    resolved: int = 0
    spread: Spread = Spread(None, None)
    """From the task to its acknowledgement."""
    levels: tuple[Level, ...] = ()


class Words(NamedTuple):
    """What was said to customers, and by them."""

    told: int
    """Cases whose customer was sent at least one message that left the house."""
    spread: Spread
    """From the case to the first such message."""
    to_customers: int
    """Messages that left, of closed cases; surveys and thanks are no part of the matter."""
    from_customers: int
    """Replies, choices on the page, and contacts noted from elsewhere, of closed cases."""


class Promised(NamedTuple):
    """Hours of one kind that customers were told, and what became of them."""

    kind: str
    kept: int
    broken: int
    open: int
    """Still to come."""
    released: int
    """Nobody waited for them any more."""


class Choices(NamedTuple):
    """Who chose what is booked."""

    chose: int
    """Cases whose customer chose at least once."""
    defaults: int
    """Cases that only ever had what the policy or a dispatcher booked."""
    again: int = 0
    """Cases of which a new delivery or a pickup was booked."""


class Gestures(NamedTuple):
    """What was given to customers who were let down."""

    made: int = 0
    waiting: int = 0
    """Asked of the shipper, which has not said so yet."""
    refused: int = 0
    """Refused by the shipper, or never answered."""
    given: tuple[tuple[str, int], ...] = ()
    """By currency, in its smallest unit; refunds are left out, as they are of no budget."""
    spread: Spread = Spread(None, None)
    """From a broken promise to the gesture that was made for it."""


class Unsent(NamedTuple):
    """Messages that were not sent for one reason."""

    audience: str
    state: str
    why: str
    messages: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All there is to know of one period."""

    sorts: list[Sort]
    ends: Ends
    over: Spread
    """From the failure to its end."""
    silence: Silence
    calls: Calls
    recoveries: Calls
    words: Words
    promised: list[Promised]
    choices: Choices
    brought: dict[str, int]
    """New deliveries and pickups whose time has come: `kept`, or how each was missed."""
    disputed: dict[str, int]
    """Attempts that customers say never happened, by what became of their word."""
    gestures: Gestures
    asked: int
    """Customers who were asked how it was."""
    scores: dict[int, int]
    """How many gave 1, 2, 3, 4, 5."""
    unsent: list[Unsent]
    saved: dict[int, int]
    """Returns avoided, by shipper."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The figures of a period, of the one before, and how each day's cases ended."""

    now: Figures
    before: Figures
    days: dict[date, Ends]


@dataclass(frozen=True, slots=True)
class Side:
    """The main figures of one shipper, depot or courier."""

    name: str
    ends: Ends
    kept: int
    broken: int
    spread: Spread
    """Until somebody takes it on."""
    scores: dict[int, int]
    sorts: list[Sort]
