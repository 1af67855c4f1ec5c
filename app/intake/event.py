"""What every courier's message becomes: one shape, whoever sent it."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.cases.model import Holding
from app.db import packed
from app.errors import Problem
from app.intake import reasons

KINDS = reasons.KINDS
OPENING = reasons.OPENING


@dataclass(frozen=True, slots=True)
class Account:
    """One connection of a courier to us, with what is needed to trust and read it."""

    id: int
    slug: str
    courier: str
    shipper_id: int
    depot_id: int
    secrets: tuple[str, ...]
    """All secrets valid now, newest first: while one is rotated there are two."""
    headers: dict[str, str]
    """Static headers a sender without a signature must send; lower-case names."""
    config: dict[str, Any]
    """What the adapter's docstring lists under "config"."""
    timezone: str
    """IANA zone of the courier's local times that carry none."""
    former_headers: tuple[dict[str, str], ...] = ()
    """Static headers that were replaced and are still valid."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request as it came in."""

    headers: Mapping[str, str]
    """Looked up without regard to case."""
    query: Mapping[str, str]
    raw: bytes
    received_at: datetime
    """Aware."""

    def kept(self) -> bytes:
        """Its body as it is stored, compressed where that is shorter; `packed.unpack` reads it."""
        made = packed.MARK + zlib.compress(self.raw, wbits=packed.WINDOW)
        shorter = len(made) < len(self.raw)
        return made if shorter or self.raw.startswith(packed.MARK) else self.raw


@dataclass(slots=True, kw_only=True)
class Event:
    """One thing a courier said about one shipment.

    Every text is one line, free of control characters, and bounded in length.
    """

    key: str
    """The same for every retry of this event, different for every other of the account."""
    kind: str
    """One of `KINDS`; those in `OPENING` open a case."""
    tracking_number: str
    courier_ref: str
    """The courier's own lasting id of the delivery; the tracking number if it has none."""
    reason: str
    """A code of `reasons.REASONS`."""
    fault: str = ""
    """Filled from the reason when left empty."""
    order_ref: str | None = None
    code: str = ""
    """The courier's code as it came."""
    words: str = ""
    """The courier's own words, to be shown."""
    attempt: int | None = None
    """1 for the first delivery attempt, where the courier numbers them."""
    occurred_at: datetime | None = None
    """Aware, UTC; None when the courier's time cannot be read."""
    raw_time: str = ""
    """The courier's time as it came."""
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    language: str | None = None
    address: dict[str, str | None] | None = None
    """line1, line2, city, region, postcode, country (ISO 3166 alpha-2, None if not sure)."""
    tracking_url: str | None = None
    held: Holding | None = None
    """Where it can be collected; of kind `held` only."""

    def __post_init__(self) -> None:
        if not self.fault:
            self.fault = reasons.fault(self.reason)


@dataclass(slots=True, kw_only=True)
class Message:
    """One authentic body on its way into the database, with what was read from it."""

    account: Account
    incoming: Incoming
    request_id: str
    replay_of: int | None = None
    """The quarantined event that is read again."""
    events: list[Event] = field(default_factory=list)
    """Empty when the body concerns no parcel, or could not be read."""
    fault: str | None = None
    """Why the body could not be read: it is kept in quarantine."""
    refusal: Problem | None = None
    """What the courier is answered although the body is kept."""
    headers: dict[str, str] = field(default_factory=dict)
    """What a replay needs beside the body; kept in quarantine only."""

    def digest(self) -> str:
        """The key of a body that names no event."""
        return "sha256:" + hashlib.sha256(self.incoming.raw).hexdigest()


class SignatureRefused(Exception):
    """The sender could not be shown to be the courier. Nothing of the message is used."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class KeysUnavailable(SignatureRefused):
    """The courier's public keys cannot be fetched now: ask the sender to come again."""

    def __init__(self, detail: str) -> None:
        super().__init__("keys_unavailable", detail)


class Unreadable(Exception):
    """Authentic, but not in a form the adapter can read; kept in quarantine."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeyReused(Unreadable):
    """The courier named its key before, for something else."""

    def __init__(self, event_id: int) -> None:
        super().__init__(f"key_reused: event {event_id} has the same key and says something else")
