"""Which hours passed in silence: read from the words that came, held against those that followed.

Of what the engine keeps of a promise nothing is believed but that the row is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.cli.journeys import manners, refusals, said, sleep
from app.cli.journeys.told import Hour, Told, Word

TICK = timedelta(minutes=1)
"""What is done by a clock that looks now and then may be so late."""
GRACE = timedelta(hours=1)
"""So long after an hour, or after the night that follows it, there is a word at last."""
_AFTER = {
    "window": timedelta(hours=2),
    "choose": timedelta(),
    "ask": timedelta(),
    "collect": timedelta(),
}
"""What nobody waits for to the minute: a courier reports a while after the window."""
_HEARD = frozenset({"news", "answer", "confirm"})
"""By these hours there is a word, whatever it says."""
_MOMENT = timedelta(seconds=1)
_CALLED_IN = timedelta(hours=2)
_ASIDE = manners.ANSWERS - {"booking"} | {"survey", "thanks"}
"""What says nothing of a booking or of what was to be chosen."""
_STANDS = frozenset({"news", "nobody", "stalled", "deciding", "reminder", "place"})
"""Words after which what was booked still stands."""

Night = Mapping[str, Any] | None


def promised(story: Told) -> list[Hour]:
    """The hours that they read, each by the first word that said it."""
    found: dict[tuple[str, datetime], Hour] = {}
    for word in story.words:
        for hour in said.hours(word.text, story.journey.place.zone, word.at):
            if word.arrived and hour.at is not None and hour.kind != "collect_by":
                one = Hour(hour.kind, word.at, hour.at, hour.at)
                found.setdefault((hour.kind, hour.at), one)
    return list(found.values())


def misread(story: Told) -> Iterator[tuple[Word, str]]:
    """Hours in words that cannot be read, have passed, or that nobody had promised to keep."""
    for word in story.words:
        for hour in said.hours(word.text, story.journey.place.zone, word.at):
            if hour.at is None:
                yield word, f"{hour.kind} by {hour.words}: no such hour"
            elif hour.at < word.at - TICK:
                yield word, f"{hour.kind} by {hour.words}: it has passed"
            elif hour.kind in _ROWS and not _row(story, word, hour):
                yield word, f"{hour.kind} by {hour.words}: no promise"


_ROWS = _HEARD | {"window", "call"}


def _row(story: Told, word: Word, hour: said.Said) -> bool:
    kinds = _HEARD if hour.kind in _HEARD else {hour.kind}
    return any(
        row.kind in kinds
        and row.made_at <= word.at
        and hour.at is not None
        and timedelta() <= row.due_at - hour.at < TICK
        for row in story.hours
    )


def silent(story: Told, hour: Hour, night: Night) -> str | None:
    """Why this hour, which the customer knew since `made_at`, passed in silence; None: it did not.

    A word that did not arrive is none, unless somebody was called because of it.
    """
    told, due = hour.made_at, _due(story, hour, night)
    if (story.until and due > story.until) or story.over(due) or _heard(story, hour, due):
        return None
    if hour.kind == "call":
        return "nobody at the depot was called"
    later = [word for word in story.words if told - _MOMENT < word.at <= due]
    tried = [word for word in later if not _repeats(story, word, hour)]
    if refusals.silenced(story, told, due) or _followed_up(story, tried, due, night):
        return None
    return (
        f"{len(tried)} sent, none arrived, and nobody was called" if tried else "nothing was sent"
    )


def _due(story: Told, hour: Hour, night: Night) -> datetime:
    if hour.kind in _AFTER:
        return (
            sleep.wakes(hour.due_at + _AFTER[hour.kind] + GRACE, story.journey.place, night) + GRACE
        )
    return hour.due_at + TICK


def _heard(story: Told, hour: Hour, due: datetime) -> bool:
    """Whether something came that answers for it."""
    if hour.kind == "call":
        return _called(story, hour.made_at, due)
    if hour.kind == "ask" and any(
        hour.made_at < one.at <= due and one.about == "decision" for one in story.calls
    ):
        return True
    words = story.arrived(hour.made_at - _MOMENT, due)
    if hour.kind in _HEARD:
        said_more = any(not _repeats(story, word, hour) for word in words)
        return said_more or any(hour.made_at < at <= due for at in story.spoke)
    telling = [word for word in words if word.topic not in _ASIDE]
    if any(word.at > hour.due_at - TICK for word in telling):
        return True
    return any(_replaces(story, word, hour) for word in telling)


def _replaces(story: Told, word: Word, hour: Hour) -> bool:
    """Whether what a later word says takes the place of this hour."""
    if hour.kind not in {"choose", "ask"} and word.topic in _STANDS:
        return False
    return not _repeats(story, word, hour)


def _repeats(story: Told, word: Word, hour: Hour) -> bool:
    """Whether a word says this hour, for the first time or once more."""
    read = said.hours(word.text, story.journey.place.zone, word.at)
    return any(one.kind == hour.kind and one.at == hour.due_at for one in read)


def _called(story: Told, told: datetime, due: datetime) -> bool:
    return any(told < one.at <= due and one.audience == "dispatcher" for one in story.calls) or any(
        row.kind == "call" and row.settled in {"kept", "released"} and row.due_at + TICK >= due
        for row in story.hours
    )


def _followed_up(story: Told, tried: list[Word], due: datetime, night: Night) -> bool:
    """Whether somebody was called since it did not arrive, or a word came soon after all.

    Where no provider took it, nothing is known here but that somebody was called.
    """
    until = sleep.wakes(due, story.journey.place, night) + _CALLED_IN
    if tried and story.arrived(due, until):
        return True
    first = tried[0].at if tried else due - _CALLED_IN
    return any(first <= one.at <= until for one in story.calls if one.about in _UNREACHED)


_UNREACHED = frozenset({"contact"})
