"""The silence audit: what customers received, held against what they were told.

It reads what a provider was handed and what those words say, whoever wrote them: the engine and the
naive chain are judged by the same lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cli.journeys import manners, silence
from app.cli.journeys.told import Told


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
    "misread": "hours said that nobody keeps, or can read",
    "ignored": "acts of a customer without an answer",
    "unheard": "choices that reached nobody",
    "night": "messages in quiet hours",
    "stopped": "messages after opt-out",
    "cap": "per-day cap broken",
    "heaped": "messages twice, or on top of another",
    "keeper": "open cases or questions without keeper",
}


def findings(told: Iterable[Told], policy: Mapping[str, Any]) -> list[Finding]:
    """All that must not be."""
    return [one for story in told for one in _of(story, policy)]


def _of(story: Told, policy: Mapping[str, Any]) -> Iterator[Finding]:
    case_id = story.case_ids[-1] if story.case_ids else 0
    for zero, at, text in [*_unkept(story, policy), *_unmannerly(story, policy)]:
        yield Finding(zero, story.journey.number, story.journey.label, at, text, case_id)


def _unkept(story: Told, policy: Mapping[str, Any]) -> Iterator[tuple[str, datetime, str]]:
    """Whom nobody told what they had been promised, or had asked."""
    for hour in silence.promised(story):
        if why := silence.silent(story, hour, policy["quiet_hours"]):
            yield "silent", hour.due_at, f"{hour.kind} said at {_utc(hour.made_at)}: {why}"
    for word, text in silence.misread(story):
        yield "misread", word.at, f"{word.topic} by {word.channel}: {text}"
    for at, text in manners.ignored(story):
        yield "ignored", at, text
    for at in manners.unheard(story):
        yield "unheard", at, "booked, and neither depot nor courier was told"
    if story.unkept:
        yield "keeper", story.opened_at or story.journey.begins, "nothing waited for it"
    if story.unanswered:
        yield "keeper", story.until or story.journey.begins, "a question was never answered"


def _unmannerly(story: Told, policy: Mapping[str, Any]) -> Iterator[tuple[str, datetime, str]]:
    """Who got what they should not have got."""
    for word in manners.at_night(story, policy["quiet_hours"]):
        yield "night", word.at, f"{word.topic} by {word.channel}"
    for word in manners.after_refusal(story):
        yield "stopped", word.at, f"{word.topic} by {word.channel}"
    for at, text in manners.too_many(story, policy["unasked_a_day"], policy["unasked_a_week"]):
        yield "cap", at, text
    for word, text in manners.heaped(story):
        yield "heaped", word.at, text


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
