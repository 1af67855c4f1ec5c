"""A mapping as it is used: parsed and checked. `schema` makes it out of JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from app.intake import times
from app.intake.mapping.paths import Path, Source

TEXTS = {
    "tracking_number": 128,
    "courier_ref": 128,
    "order_ref": 128,
    "words": 500,
    "name": 128,
    "phone": 40,
    "email": 254,
    "language": 35,
}
"""Text fields of an event and how long they may be."""
ADDRESS = ("line1", "line2", "city", "region", "postcode", "country")
FIELDS = (*TEXTS, "attempt", "tracking_url", *ADDRESS)
"""What `fields` of a mapping may name."""


@dataclass(frozen=True, slots=True)
class Signature:
    """How a sender shows that it is the courier."""

    scheme: str
    """`hmac`, `token` or `basic`."""
    header: str
    prefix: str = ""
    algorithm: str = "sha256"
    encoding: str = "hex"
    key: str = "text"
    """How the secret becomes the key: `text`, `hex` or `base64`."""
    signed: tuple[str, ...] = ("{body}",)
    """What is signed, in pieces: `{body}`, `{timestamp}`, `{header:x}` and plain text."""
    timestamp: str = ""
    """The header with the signed time; empty if none is signed."""
    user: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Which of the courier's values means what."""

    source: Source
    rows: dict[str, str]
    """Keys are case-folded: couriers are careless about capitals."""
    otherwise: str | None
    """For a value that has no row."""


@dataclass(frozen=True, slots=True)
class TimeRule:
    """Where the time of the event stands, and how it is written."""

    source: Source | None = None
    format: str = ""
    """As `strptime` wants it; empty for the forms that `times.read` knows."""
    zone: str = ""
    """For times that carry none; empty for the account's."""
    z_is_local: bool = False

    def read(self, value: object, zone: str) -> datetime | None:
        """The time, aware, UTC; None if it is none."""
        zone = self.zone or zone
        if self.format:
            return times.formatted(value, self.format, zone)
        return times.read(value, zone, z_is_local=self.z_is_local)


@dataclass(frozen=True, slots=True)
class Only:
    """Which messages are about a shipment at all."""

    source: Source
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Mapping:
    """All that is known of a courier without code."""

    signature: Signature
    kind: tuple[Table, ...]
    """The first table with a row for the value decides."""
    reason: tuple[Table, ...]
    fields: dict[str, Source]
    time: TimeRule = field(default_factory=TimeRule)
    key: Source | None = None
    """None: the body itself is the key."""
    only: Only | None = None
    each: Path | None = None
    """The list with one event in each entry; None when the body is one event."""
    defaults: dict[str, str] = field(default_factory=dict)
    reason_from_words: bool = False

    def headers(self) -> frozenset[str]:
        """The headers that its paths name; lower-case."""
        return frozenset(path.header for path in self._paths() if path.header)

    def _paths(self) -> Iterator[Path]:
        sources = [*self.fields.values(), *(table.source for table in (*self.kind, *self.reason))]
        only = self.only.source if self.only else None
        for source in (*sources, self.time.source, self.key, only):
            if source is not None:
                yield from source.paths
