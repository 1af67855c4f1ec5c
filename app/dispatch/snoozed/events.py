"""What can end a snooze before its time, with the words for it."""

from __future__ import annotations

from enum import StrEnum

from app.chain.step import WAKE_ON_CHOICE, WAKE_ON_REPLY, WAKE_ON_SCAN
from app.languages.language import Language, mark


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

    def until(self, language: Language, latest: str) -> str:
        """`until the courier scans the parcel, at the latest tomorrow at 09:00`."""
        match self:
            case Event.SCAN:
                text = mark("until the courier scans the parcel, at the latest {latest}")
            case Event.CHOICE:
                text = mark("until the customer chooses, at the latest {latest}")
            case Event.REPLY:
                text = mark("until the customer writes, at the latest {latest}")
        return language.say(text, latest=latest)

    @property
    def goes_on(self) -> str:
        """`The courier scanned the parcel: the calls go on.`."""
        return _GOES_ON[self]


_STEPS = {
    Event.SCAN: WAKE_ON_SCAN,
    Event.CHOICE: WAKE_ON_CHOICE,
    Event.REPLY: WAKE_ON_REPLY,
}
_WORDS = {
    Event.SCAN: mark("the courier scans the parcel"),
    Event.CHOICE: mark("the customer chooses"),
    Event.REPLY: mark("the customer writes"),
}
_GOES_ON = {
    Event.SCAN: mark("The courier scanned the parcel: the calls go on."),
    Event.CHOICE: mark("The customer chose: the calls go on."),
    Event.REPLY: mark("The customer wrote: the calls go on."),
}
