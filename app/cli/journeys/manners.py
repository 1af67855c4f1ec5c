"""What a customer got that they should not have got: at night, after a refusal, too much, twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.cli.journeys import refusals, sleep
from app.cli.journeys.cast import Do
from app.cli.journeys.told import Told, Word

DAY, WEEK = timedelta(days=1), timedelta(days=7)
_UPON = timedelta(hours=1)
"""A word that may be left out does not come so soon on top of another."""
_REPLY_IN = timedelta(minutes=30)
"""So soon somebody who wrote or chose has an answer."""
_AWAKE = timedelta(hours=6)
"""So long whoever did something at night is taken to be awake for what comes of it."""
_SECOND_WAY = timedelta(hours=2)
"""The same where the first answer did not arrive."""
ANSWERS = frozenset(
    {"booking", "question", "question_late", "answer", "refusal", "help", "reply", "no_case"}
)
"""What a customer gets because of what they did, which may be at night."""
ASKED = ANSWERS | {"address", "place", "decision", "thanks", "recovery"}
"""What they wait for: it does not count as unasked."""
NOT_SPARE = frozenset({"failure", "promise", "handed_over", "back_at_sender", "wrong", "stalled"})
"""What they must know, however many came before."""
SPARE = frozenset({"reminder", "survey"})
"""What they need not know."""
ANSWERED = frozenset({Do.WRITE, Do.REPLY, Do.ASK, Do.COMPLAIN, Do.CHOOSE, Do.CHANGE, Do.MOVE})
"""Acts that are answered by a message, wherever they were done."""


def at_night(story: Told, night: Mapping[str, Any] | None) -> Iterator[Word]:
    """What came in the quiet hours of their place, and did not answer what they had done."""
    for word in story.words:
        if (
            night
            and sleep.asleep(word.at, story.journey.place, night)
            and not _answers(story, word)
        ):
            yield word


def _answers(story: Told, word: Word) -> bool:
    did = [*story.acted, *story.wrote]
    return word.topic in ANSWERS and any(timedelta() <= word.at - at < _AWAKE for at in did)


def after_refusal(story: Told) -> Iterator[Word]:
    """What came though they had refused it."""
    return (word for word in story.words if refusals.refused(story, word))


def too_many(story: Told, a_day: int, a_week: int) -> Iterator[tuple[datetime, str]]:
    """What came that need not have come, after so many others."""
    unasked = _once([word for word in story.words if word.arrived and word.topic not in ASKED])
    for place, word in enumerate(unasked):
        first = all(one.topic != word.topic for one in unasked[:place])
        if word.topic in NOT_SPARE or (word.topic == "deciding" and first):
            continue
        before = [word.at - one.at for one in unasked[: place + 1]]
        for span, most, said in ((DAY, a_day, "day"), (WEEK, a_week, "week")):
            number = sum(ago < span for ago in before)
            if number > most:
                yield word.at, f"{word.topic}, number {number} within a {said}"


def _once(words: list[Word]) -> list[Word]:
    """Without the same word that came by the next way, since nobody knew of the first."""
    return [
        word
        for place, word in enumerate(words)
        if not any(
            one.topic == word.topic and one.channel != word.channel and word.at - one.at < _UPON
            for one in words[:place]
        )
    ]


def heaped(story: Told) -> Iterator[tuple[Word, str]]:
    """The same text twice by the same way, and what may be left out on top of another word."""
    came = [word for word in story.words if word.arrived]
    for place, word in enumerate(came):
        others = [one for one in came if abs(word.at - one.at) < _UPON and one.topic not in ASKED]
        for other in others if word.topic in SPARE else ():
            if other.topic not in SPARE and other.at <= word.at:
                yield word, f"{word.topic} {word.at - other.at} after {other.topic}"
        for former in came[:place]:
            same = (former.text, former.recipient) == (word.text, word.recipient)
            doubted = not former.known and word.at - former.at >= _SECOND_WAY
            counts = word.text and word.topic not in ASKED and word.at - former.at < DAY
            if same and counts and not doubted:
                yield word, f"{word.topic} by {word.channel} once more"


def ignored(story: Told) -> Iterator[tuple[datetime, str]]:
    """What they did that was not answered, though it could have been."""
    words = story.beside or story.words
    for act in story.acts:
        left = refusals.ways_left(story, act.at)
        if act.do not in ANSWERED or not act.done or not left:
            continue
        tried = [one for one in words if timedelta() <= one.at - act.at <= _REPLY_IN]
        later = [one for one in words if timedelta() <= one.at - act.at <= _SECOND_WAY]
        if any(one.arrived for one in (later if tried else tried)):
            continue
        if len({one.channel for one in tried}) < len(left):
            yield act.at, f"{act.do} was not answered"


def unheard(story: Told) -> Iterator[datetime]:
    """When something was booked of which nobody who carries it out has heard within a day."""
    for place, at in enumerate(story.chosen):
        until = at + DAY
        ends = [*story.chosen[place + 1 : place + 2], story.closed_at, story.until]
        if any(end is not None and end <= until for end in ends):
            continue
        if not any(at <= one.at <= until and one.about == "handover" for one in story.calls):
            yield at
