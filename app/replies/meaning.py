"""What a reply can mean."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Act(StrEnum):
    """What somebody wants by their words."""

    YES = "yes"
    NO = "no"
    OPTION = "option"
    """One of those that were listed, by its number."""
    WISH = "wish"
    """A day, a part of it, hours."""
    PICKUP = "pickup"
    """They fetch it themselves."""
    NEIGHBOUR = "neighbour"
    SAFE_PLACE = "safe_place"
    WRONG_NUMBER = "wrong_number"
    NOT_RECEIVED = "not_received"
    NOBODY_CAME = "nobody_came"
    CALL_ME = "call_me"
    PERSON = "person"
    CANCEL = "cancel"
    RETURN = "return"
    UNDO = "undo"
    COURTESY = "courtesy"
    """Thanks, a greeting: nothing is asked."""


Half = Literal["am", "pm", "day", "either"]
"""Which half of the day an hour is in: said, or on a clock of 24 hours, or not said."""
Part = Literal["morning", "noon", "afternoon", "evening", "night"]


@dataclass(frozen=True, slots=True)
class Clock:
    """A time as it was said."""

    hour: int
    minute: int = 0
    half: Half = "either"

    @property
    def minutes(self) -> tuple[int, ...]:
        """The minutes of the day it can be."""
        if self.half == "day" or self.hour > 12 or self.hour == 0:
            return (self.hour * 60 + self.minute,)
        early = self.hour % 12 * 60 + self.minute
        late = early + 720
        return {"am": (early,), "pm": (late,)}.get(self.half, (early, late))

    @property
    def exists(self) -> bool:
        """Whether a clock ever shows it."""
        latest = 12 if self.half in {"am", "pm"} and self.hour <= 12 else 24
        return self.hour <= max(latest, 23) and self.minute < 60


@dataclass(frozen=True, slots=True)
class Hours:
    """When on a day: `after`, `before` or `at` a time, or from the first until the second one."""

    how: Literal["after", "before", "at", "range"]
    first: Clock
    second: Clock | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it was said; each part that is not None was said."""

    ahead: int | None = None
    """So many days from today."""
    weekday: int | None = None
    """1 is Monday."""
    next: bool = False
    """"Next Friday", which people mean in two ways."""
    next_week: bool = False
    weekend: bool = False
    month: int | None = None
    day: int | None = None
    """Of the month."""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a reply."""

    act: Act
    option: int | None = None
    last: bool = False
    """Whether it is the last of what was listed."""
    day: Day | None = None
    part: Part | None = None
    hours: Hours | None = None
    named: frozenset[str] = frozenset()
    """What of the offer was called by its name."""

    @property
    def when(self) -> bool:
        """Whether it says anything of when."""
        return bool(self.day or self.part or self.hours)
