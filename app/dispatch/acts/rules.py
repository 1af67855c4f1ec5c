"""What can be done to tasks in the console, and until when calls can be put off. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.booking.leaving import Leave
from app.clock import local
from app.dispatch.snoozed.events import Event
from app.dispatch.snoozed.service import AT_LATEST
from app.dispatch.states import TaskKind
from app.languages.language import mark
from app.theme.times import When

UNDO_WITHIN = timedelta(minutes=1)
"""So long after it an act can be taken back; what left in the meantime stays said."""
LONGEST_SNOOZE = timedelta(days=7)
_SHORT = (
    (timedelta(minutes=15), mark("for 15 minutes: {moment}"), ""),
    (timedelta(hours=1), mark("for 1 hour: {moment}"), mark("1 hour more: {moment}")),
    (timedelta(hours=3), mark("for 3 hours: {moment}"), mark("3 hours more: {moment}")),
)
_LONGEST_SHORT = _SHORT[-1][0]
_MORNING = 8


class Act(StrEnum):
    """What is done to the tasks that are ticked."""

    TAKE = "take"
    PASS_ON = "pass_on"  # noqa: S105 - an act
    SNOOZE = "snooze"
    RESOLVE = "resolve"
    NOTE = "note"

    @property
    def asks(self) -> bool:
        """Whether something has to be said for it first."""
        return self in {Act.SNOOZE, Act.RESOLVE, Act.NOTE}


@dataclass(frozen=True, slots=True)
class Given:
    """What was said for an act, as far as it needs it."""

    outcome: str = ""
    note: str = ""
    until: datetime | None = None
    event: Event | None = None
    """What ends a snooze before its time."""
    choice: str = ""
    """What is booked with it: the parcel is brought again, or goes back."""
    leave: Leave | None = None
    """Where else it is brought; without a choice, in the next slot there is."""

    @property
    def books(self) -> bool:
        """Whether something is booked with it."""
        return bool(self.choice or self.leave)


class Snooze(NamedTuple):
    """Until when calls can be put off, at the latest, with the exact time in words."""

    until: datetime
    words: str
    event: str = ""

    @property
    def value(self) -> str:
        """What its button sends; `read_snooze` reads it."""
        until = self.until.isoformat()
        return f"{until}|{self.event}" if self.event else until


def read_snooze(value: str) -> tuple[datetime | None, Event | None]:
    """Until when, and until what, calls are put off."""
    text, _, event = value.partition("|")
    try:
        until = datetime.fromisoformat(text)
    except ValueError:
        return None, None
    known = Event(event) if event in set(Event) else None
    return (until if until.tzinfo else None), known


def snoozes(when: When, latest: datetime | None = None) -> list[Snooze]:
    """What is offered: short spans and the next morning, and what may happen until then.

    Nothing later than the `latest` moment at which somebody has to act.
    """
    offered = [Snooze(when.now + span, said) for span, said, _ in _SHORT]
    offered += _morning(when, when.now + _LONGEST_SHORT)
    day = when.now + AT_LATEST
    last = min(day, latest) if latest and latest > when.now else day
    moment = when.moment(last)
    events = [Snooze(last, one.until(when.language, moment), one) for one in Event]
    return _timed(offered, when, latest) + events


def longer(when: When, done_by: datetime, latest: datetime | None) -> list[Snooze]:
    """What is offered to somebody who cannot finish something by then."""
    offered = [Snooze(done_by + span, said) for span, _, said in _SHORT[1:]]
    offered += _morning(when, done_by + _LONGEST_SHORT)
    found = _timed(offered, when, latest)
    if not found and latest and latest > done_by:
        return _timed([Snooze(latest, mark("as long as there is: {moment}"))], when, latest)
    return found


def _morning(when: When, after: datetime) -> list[Snooze]:
    """The next morning after that moment."""
    here = local(after, when.zone)
    at = here.replace(hour=_MORNING, minute=0, second=0, microsecond=0)
    until = at if at > after else at + timedelta(days=1)
    return [Snooze(until, mark("until the morning: {moment}"))]


def _timed(offered: Sequence[Snooze], when: When, latest: datetime | None) -> list[Snooze]:
    """Those that end in time, with the exact hour."""
    fits = [one for one in offered if latest is None or one.until <= latest]
    say = when.language.say
    return [Snooze(one.until, say(one.words, moment=when.moment(one.until))) for one in fits]


def lasts(act: Act, kind: TaskKind, given: Given) -> str:
    """Why this cannot be taken back, in words; empty when it can."""
    if act is Act.RESOLVE and given.books:
        return mark("What was booked is on its way to the customer; choose another time instead.")
    if act is Act.RESOLVE and kind is TaskKind.HANDOVER:
        return mark("The customer hears of it already; say the opposite on its page.")
    if act is Act.RESOLVE and kind is TaskKind.QUESTION:
        return mark("The question counts as answered; write to the customer on its page.")
    return ""


_TOLD = {
    ("customer",): mark("In the meantime the customer was told: that cannot be taken back."),
    ("dispatcher",): mark("In the meantime somebody was called: that cannot be taken back."),
    ("shipper",): mark("In the meantime the shipper was told: that cannot be taken back."),
    ("customer", "dispatcher"): mark(
        "In the meantime the customer was told and somebody was called: that cannot be taken back."
    ),
    ("customer", "shipper"): mark(
        "In the meantime the customer and the shipper were told: that cannot be taken back."
    ),
    ("dispatcher", "shipper"): mark(
        "In the meantime somebody was called and the shipper was told: that cannot be taken back."
    ),
    ("customer", "dispatcher", "shipper"): mark(
        "In the meantime the customer and the shipper were told and somebody was called: "
        "that cannot be taken back."
    ),
}


def left_words(audiences: Sequence[str]) -> str:
    """What was sent in the meantime and stays said; empty when nothing was."""
    return _TOLD.get(tuple(sorted({"customer", "dispatcher", "shipper"} & set(audiences))), "")
