"""Who had refused what, by the judge's own table: it knows numbers and law a second time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.cli.journeys.told import Told, Word

_AT_ONCE = timedelta(minutes=30)
"""What comes so soon after a refusal is its confirmation."""
_MOMENT = timedelta(seconds=1)
_PHONE = ("sms", "whatsapp", "voice")
_TOGETHER = ("+1",)
"""Where a refusal by one of the channels of a telephone holds for all of them."""


def refused(story: Told, word: Word) -> bool:
    """Whether they had said that nothing more shall come this way.

    It holds for every number of the same person.
    """
    last = _last(story, word.channel, word.recipient, word.at)
    if last is None:
        return False
    return not (word.topic == "refusal" and word.at - last < _AT_ONCE)


def ways_left(story: Told, at: datetime) -> list[tuple[str, str]]:
    """The ways that were left then by which they could be written to."""
    return [way for way in ways(story) if _last(story, *way, at) is None]


def silenced(story: Told, since: datetime, until: datetime) -> bool:
    """Whether they refused the last way there was in that time: nothing more was promised then."""
    moments = [since, until, *(one[0] + _MOMENT for one in story.stopped)]
    return any(since <= at <= until and not ways_left(story, at) for at in moments)


def ways(story: Told) -> frozenset[tuple[str, str]]:
    """By which channels and where somebody can be reached."""
    if story.ways:
        return story.ways
    journey = story.journey
    found = set()
    if journey.reach in {"both", "phone"}:
        found.add(("sms", journey.phone))
    if journey.reach in {"both", "email"}:
        found.add(("email", journey.email))
    if journey.reach == "landline":
        found.add(("voice", journey.landline))
    return frozenset(found)


def _last(story: Told, channel: str, recipient: str, at: datetime) -> datetime | None:
    """When this way was refused, if it stood at that moment."""
    way = (channel, recipient)
    stops = [when for when, *said in story.stopped if _same(said, way) and when < at]
    starts = [when for when, *said in story.started if _same(said, way) and when <= at]
    last = max(stops, default=None)
    return None if last is None or max(starts, default=last) > last else last


def _same(said: Sequence[str], way: Sequence[str]) -> bool:
    """Whether what was said one way holds for another of the same person."""
    (said_by, said_from), (channel, recipient) = said, way
    if said_by == channel:
        return True
    together = said_from.startswith(_TOGETHER) and recipient.startswith(_TOGETHER)
    return together and said_by in _PHONE and channel in _PHONE
