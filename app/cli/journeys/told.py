"""What a customer lived through: what reached them, what they did, who was called about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.cli.journeys.cast import Do, Journey


@dataclass(slots=True)
class Word:
    """A message that a provider was handed for the customer."""

    at: datetime
    channel: str
    recipient: str
    topic: str
    arrived: bool
    text: str = field(default="", repr=False)
    known: bool = True
    """Whether the sender was told what became of it."""


@dataclass(slots=True)
class Hour:
    """An hour that the customer was promised, as a row or in the words of a message."""

    kind: str
    made_at: datetime
    due_at: datetime
    wait_until: datetime
    case_id: int = 0
    settled: str = "open"
    settled_at: datetime | None = None


@dataclass(slots=True)
class Called:
    """Somebody was called or written to about the case: a dispatcher, or the shipper."""

    at: datetime
    audience: str
    about: str
    """What for: the kind of a task, or the topic of a message."""


@dataclass(slots=True)
class Acted:
    """What the customer did, and whether it could be done."""

    at: datetime
    do: Do
    done: bool = True
    case_id: int = 0


@dataclass(slots=True)
class Told:
    """A journey as its customer lived it."""

    journey: Journey
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    resolution: str | None = None
    words: list[Word] = field(default_factory=list)
    wrote: list[datetime] = field(default_factory=list)
    """When anybody wrote from their numbers and addresses, whatever parcel it is about."""
    beside: list[Word] = field(default_factory=list)
    """All that came to them, whatever parcel it is about."""
    hours: list[Hour] = field(default_factory=list)
    """What stands in rows; the hours that were said are read from the words."""
    calls: list[Called] = field(default_factory=list)
    acts: list[Acted] = field(default_factory=list)
    chosen: list[datetime] = field(default_factory=list)
    """When something was booked, by them or for them."""
    spoke: list[datetime] = field(default_factory=list)
    """When somebody of the depot spoke with them on the telephone."""
    stopped: list[tuple[datetime, str, str]] = field(default_factory=list)
    """When, by which channel and from where they refused; of all their parcels."""
    started: list[tuple[datetime, str, str]] = field(default_factory=list)
    ways: frozenset[tuple[str, str]] = frozenset()
    """By which channels and where they can be reached; empty: as their journey says."""
    unkept: bool = False
    """Whether it was seen open and without a keeper."""
    unanswered: int = 0
    """Questions that nobody had answered when the play was over."""
    case_ids: list[int] = field(default_factory=list)
    until: datetime | None = None
    """When the play was over."""

    @property
    def acted(self) -> list[datetime]:
        """When they did anything."""
        return [act.at for act in self.acts]

    def arrived(self, after: datetime, until: datetime) -> list[Word]:
        """The words that reached them after a moment, up to another."""
        return [one for one in self.words if one.arrived and after < one.at <= until]

    def over(self, at: datetime) -> bool:
        """Whether they had their parcel by then: no word is needed any more."""
        return self.closed_at is not None and self.closed_at <= at and self.resolution in ARRIVED


ARRIVED = frozenset({"delivered", "collected"})
"""Resolutions that the customer knows by themselves."""
