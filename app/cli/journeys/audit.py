"""The silence audit: what customers received, held against what they were told.

It reads what a provider was handed and which hours were promised, by whomever: the engine and the
naive chain are judged by the same lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median_low
from typing import Any

from app.cli.journeys import sleep
from app.cli.journeys.cast import Journey

TICK = timedelta(minutes=1)
"""What is done by a clock that looks now and then may be so late."""
_DAY = timedelta(days=1)
_GRACE = timedelta(hours=1)
"""So long after a window that nobody kept, or after the night that follows, there is a word."""
_AT_ONCE = timedelta(minutes=30)
"""What comes so soon after they did something is an answer to it."""
ANSWERS = frozenset({"booking", "question", "question_late", "answer", "refusal", "help"})
"""What a customer gets because of what they did, which may be at night."""
ASKED = ANSWERS | {"address", "place", "decision", "no_case"}
"""What they wait for: it does not count as unasked."""
SPARE = frozenset({"reminder", "survey"})
"""What they need not know."""


@dataclass(slots=True)
class Word:
    """A message that a provider was handed for the customer."""

    at: datetime
    channel: str
    recipient: str
    topic: str
    arrived: bool


@dataclass(slots=True)
class Hour:
    """An hour that the customer was promised."""

    kind: str
    made_at: datetime
    due_at: datetime
    wait_until: datetime
    case_id: int = 0
    settled: str = "open"
    settled_at: datetime | None = None


@dataclass(slots=True)
class Told:
    """A journey as its customer lived it."""

    journey: Journey
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    resolution: str | None = None
    words: list[Word] = field(default_factory=list)
    hours: list[Hour] = field(default_factory=list)
    acted: list[datetime] = field(default_factory=list)
    stopped: list[tuple[datetime, str, str]] = field(default_factory=list)
    started: list[tuple[datetime, str, str]] = field(default_factory=list)
    unkept: bool = False
    """Whether it was seen open and without a keeper."""
    case_ids: list[int] = field(default_factory=list)
    until: datetime | None = None
    """When the play was over."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be, and where."""

    zero: str
    number: int
    label: str
    at: datetime
    text: str
    case_id: int = 0


ZEROS = {
    "silent": "promised-news times passed in silence",
    "night": "messages in quiet hours",
    "stopped": "messages after opt-out",
    "cap": "per-day cap broken",
    "keeper": "open cases without keeper",
}


def findings(told: Iterable[Told], policy: Mapping[str, Any]) -> list[Finding]:
    """All that must not be."""
    return [one for story in told for one in _of(story, policy)]


def _of(story: Told, policy: Mapping[str, Any]) -> Iterator[Finding]:
    def found(zero: str, at: datetime, text: str, case_id: int = 0) -> Finding:
        return Finding(zero, story.journey.number, story.journey.label, at, text, case_id)

    night = policy["quiet_hours"]
    for hour in story.hours:
        if silent(story, hour, night):
            text = f"{hour.kind} promised at {hour.made_at:%Y-%m-%d %H:%M} UTC"
            yield found("silent", hour.due_at, text, hour.case_id)
    for word in story.words:
        if (
            night
            and sleep.asleep(word.at, story.journey.place, night)
            and not _answers(story, word)
        ):
            yield found("night", word.at, f"{word.topic} by {word.channel}")
        if refused(story, word):
            yield found("stopped", word.at, f"{word.topic} by {word.channel}")
    for at, number in too_many(story, policy["unasked_a_day"]):
        yield found("cap", at, f"number {number} within a day")
    if story.unkept:
        yield found("keeper", story.opened_at or story.journey.begins, "nothing waited for it")


def silent(story: Told, hour: Hour, night: Mapping[str, Any] | None) -> bool:
    """Whether this hour passed and the customer, who knew it, heard nothing by then."""
    if hour.kind not in {"news", "answer", "confirm", "window"}:
        return False
    due = hour.due_at
    if hour.kind == "window":
        due = sleep.wakes(hour.wait_until + _GRACE, story.journey.place, night) + _GRACE
    if story.until and due > story.until:
        return False
    told = _known_since(story, hour)
    if told is None or told > due:
        return False  # they never read it
    if _is_over(story, due) or _unreachable(story, told, due):
        return False
    if hour.kind != "news" and hour.settled in {"kept", "released"}:
        return bool(hour.settled_at and hour.settled_at > due + TICK)
    heard = any(told < word.at <= due + TICK and word.arrived for word in story.words)
    did = any(told < at <= due for at in story.acted)
    return not heard and not did


def _known_since(story: Told, hour: Hour) -> datetime | None:
    """Since when the customer knew it: their page says it at once, a message when it arrives."""
    if any(hour.made_at - TICK <= at <= hour.made_at for at in story.acted):
        return hour.made_at
    anew = min(
        (h.made_at for h in story.hours if h.kind == hour.kind and h.made_at > hour.made_at),
        default=hour.due_at,
    )
    anew = min(anew, hour.settled_at or anew)
    read = (w.at for w in story.words if w.arrived and hour.made_at <= w.at < anew)
    return next(read, None)


def _is_over(story: Told, at: datetime) -> bool:
    return story.closed_at is not None and story.closed_at <= at + TICK


def _unreachable(story: Told, since: datetime, until: datetime) -> bool:
    """Whether nothing could reach them: they had refused it, or no message arrived any more."""
    journey = story.journey
    stopped = any(at <= until for at, _, _ in story.stopped)
    tried = [w for w in story.words if since < w.at <= until + TICK]
    return journey.reach in {"dead", "nothing", "landline"} or stopped or bool(tried)


def _answers(story: Told, word: Word) -> bool:
    """Whether they get it because of what they did a while ago, which wakes nobody."""
    return word.topic in ANSWERS and any(at <= word.at for at in story.acted)


def refused(story: Told, word: Word) -> bool:
    """Whether they had said that nothing more shall come this way."""
    same = (word.channel, word.recipient)
    stops = [at for at, *way in story.stopped if tuple(way) == same and at < word.at]
    starts = [at for at, *way in story.started if tuple(way) == same and at <= word.at]
    last = max(stops, default=None)
    if last is None or max(starts, default=last) > last:
        return False
    return not (word.topic == "refusal" and word.at - last < _AT_ONCE)


def too_many(story: Told, most: int) -> Iterator[tuple[datetime, int]]:
    """When something came that they need not know, and how many of the day it was."""
    unasked = [word for word in story.words if word.arrived and word.topic not in ASKED]
    for place, word in enumerate(unasked):
        day = [one for one in unasked[: place + 1] if word.at - one.at < _DAY]
        if len(day) > most and word.topic in SPARE:
            yield word.at, len(day)


def figures(told: Sequence[Told], found: Sequence[Finding]) -> dict[str, Any]:
    """The zeros, and how it was beside them."""
    counted: dict[str, int] = defaultdict(int)
    for one in found:
        counted[one.zero] += 1
    opened = [story for story in told if story.opened_at is not None]
    resolved = [story for story in opened if story.closed_at is not None]
    heard = [story for story in opened if _can_hear(story)]
    first = [_first(story) for story in heard]
    reached = [wait for wait in first if wait is not None]
    words = sum(word.arrived for story in opened for word in story.words)
    return {
        "cases": len(opened),
        **{name: counted[name] for name in ZEROS},
        "longest_silence": _seconds(max((_silence(s) for s in heard), default=timedelta())),
        "contacts_per_resolution": round(words / len(resolved), 2) if resolved else None,
        "resolved": round(len(resolved) / len(opened), 4) if opened else None,
        "delivered": round(sum(s.resolution in _ARRIVED for s in opened) / len(opened), 4)
        if opened
        else None,
        "first_contact": _seconds(median_low(reached)) if reached else None,
        "first_contact_longest": _seconds(max(reached)) if reached else None,
        "never_contacted": sum(wait is None for wait in first),
        "most_a_day": max((_most(story) for story in opened), default=0),
    }


_ARRIVED = {"delivered", "collected"}


def _can_hear(story: Told) -> bool:
    return story.journey.reach in {"both", "phone", "email"} and not story.stopped


def _first(story: Told) -> timedelta | None:
    opened = story.opened_at or story.journey.begins
    first = next((word.at for word in story.words if word.arrived), None)
    if first is None and story.closed_at and story.closed_at - opened < timedelta(hours=1):
        return timedelta()  # it was over before there was anything to tell
    return None if first is None else first - opened


def _silence(story: Told) -> timedelta:
    """The longest that somebody heard nothing while their case was open."""
    opened = story.opened_at or story.journey.begins
    last = story.closed_at or story.until or opened
    moments = sorted(
        {opened, last, *(w.at for w in story.words if w.arrived and opened <= w.at <= last)}
        | {at for at in story.acted if opened <= at <= last}
    )
    return max((later - sooner for sooner, later in pairwise(moments)), default=timedelta())


def _most(story: Told) -> int:
    unasked = [word.at for word in story.words if word.arrived and word.topic not in ASKED]
    return max((sum(at - one < _DAY for one in unasked if one <= at) for at in unasked), default=0)


def _seconds(span: timedelta) -> int:
    return round(span.total_seconds())
