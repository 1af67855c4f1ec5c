"""A gesture, and the rules of a shipper by which one is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple


class Kind(StrEnum):
    """What is given; the same list as the CHECK of `gestures.kind`."""

    CREDIT = "credit"
    VOUCHER = "voucher"
    REFUND = "refund"


class Why(StrEnum):
    """For what it is given."""

    PROMISE = "promise"
    """A delivery or pickup that was promised did not come true, or an hour was told and missed."""
    RATING = "rating"
    """The customer was not satisfied."""
    PERSON = "person"
    """Somebody who spoke with them decided so."""


class State(StrEnum):
    """How far it is; the same list as the CHECK of `gestures.state`."""

    ASKED = "asked"
    """Its amount is reserved, and the shipper's system is asked to grant it."""
    MADE = "made"
    """It is firm: now the customer may hear of it."""
    REFUSED = "refused"
    LAPSED = "lapsed"
    """The shipper's system did not answer in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a shipper gives, to whom, and how much; amounts in the smallest unit of `currency`."""

    kind: Kind = Kind.VOUCHER
    currency: str = "EUR"
    granted_by: str = "codes"
    """`codes` of a list, or `webhook`: the shipper's own system grants it."""
    first: int = 0
    """For somebody's first order; also where nobody says whether it is."""
    regular: int = 0
    """For who ordered before: they wait longer, and want more."""
    share: int = 15
    """At most so many percent of what the order is worth."""
    month: int = 0
    """The budget of a calendar month."""
    times: int = 1
    """So often the same customer gets one."""
    days: int = 90
    """Within so many days."""
    unasked: tuple[str, ...] = ("promise",)
    """For what one is made without anybody deciding it."""
    regulars_after: int = 2 * 86400
    """Whoever ordered before gets it unasked so long afterwards, in seconds."""
    not_for: tuple[str, ...] = ()
    """Reasons of failures for which none is made."""

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Rules:
        """What the table keeps; what a newer version wrote there is passed over."""
        known = {field.name for field in fields(cls)}
        said = {name: value for name, value in kept.items() if name in known}
        for name in ("unasked", "not_for"):
            if name in said:
                said[name] = tuple(said[name])
        return cls(**{**said, "kind": Kind(said.get("kind", Kind.VOUCHER))})

    def as_json(self) -> dict[str, Any]:
        """The same as the table keeps it."""
        said = asdict(self)
        return {**said, "unasked": list(self.unasked), "not_for": list(self.not_for)}


@dataclass(frozen=True, slots=True)
class Gesture:
    """A row of `gestures`, without its code."""

    id: int
    shipper_id: int
    case_id: int
    kind: Kind
    why: str
    state: State
    amount: int
    currency: str
    month: date
    decided_at: datetime
    settled_at: datetime | None
    settled_by: str | None


class Would(NamedTuple):
    """What the rules have for a case, if somebody gives it now."""

    kind: Kind
    amount: int
    currency: str
    asks: bool
    """Whether the shipper's own system has to grant it first."""


class Made(NamedTuple):
    """What a customer was given, as it is kept."""

    kind: Kind
    amount: int
    currency: str
    code: bytes | None


class Gift(NamedTuple):
    """The same as its customer sees it."""

    kind: Kind
    amount: int
    currency: str
    code: str
