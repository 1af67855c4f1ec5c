"""What can end a snooze before its time, with the words for it."""

from __future__ import annotations

from enum import StrEnum

from app.chain.step import WAKE_ON_CHOICE, WAKE_ON_REPLY, WAKE_ON_SCAN


class Event(StrEnum):
    """What calls can be put off for; the same list as the CHECK of `dispatch_tasks.wakes_on`."""

    SCAN = "scan"
    CHOICE = "choice"
    REPLY = "reply"

    @property
    def step(self) -> str:
        """The step that waits for it."""
        return _STEPS[self]

    @property
    def words(self) -> str:
        """`the courier scans the parcel`."""
        return _WORDS[self]

    @property
    def happened(self) -> str:
        """`The courier scanned the parcel`."""
        return _HAPPENED[self]


_STEPS = {
    Event.SCAN: WAKE_ON_SCAN,
    Event.CHOICE: WAKE_ON_CHOICE,
    Event.REPLY: WAKE_ON_REPLY,
}
_WORDS = {
    Event.SCAN: "the courier scans the parcel",
    Event.CHOICE: "the customer chooses",
    Event.REPLY: "the customer writes",
}
_HAPPENED = {
    Event.SCAN: "The courier scanned the parcel",
    Event.CHOICE: "The customer chose",
    Event.REPLY: "The customer wrote",
}
