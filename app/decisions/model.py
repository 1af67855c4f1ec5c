"""What a shipper decides about a parcel, and how far that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.cases.model import Resolution


class Choice(StrEnum):
    """What can be decided; the same list as the CHECK of `decisions.decision`."""

    REPLACEMENT = "replacement"
    REFUND = "refund"
    SEND_AGAIN = "send_again"
    CLOSE = "close"

    @property
    def resolution(self) -> Resolution | None:
        """How the case ends with it; None where it goes on."""
        return _ENDS.get(self)


_ENDS = {
    Choice.REPLACEMENT: Resolution.REPLACED,
    Choice.REFUND: Resolution.REFUNDED,
    Choice.CLOSE: Resolution.HANDED_TO_SHIPPER,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """A row of `decisions`."""

    id: int
    case_id: int
    round: int
    asked_at: datetime | None
    answer_by: datetime | None
    asked: int
    overdue_at: datetime | None
    """Since when the ladder has been called for it."""
    decided_at: datetime | None
    decision: Choice | None
    decided_by: str | None
    note: str
    note_for: str
    """`shipper`, or `customer` when they may read it too."""

    @property
    def note_to_customer(self) -> str:
        """The note, if the customer may read it."""
        return self.note if self.note_for == "customer" else ""
