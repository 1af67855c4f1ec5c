"""What was written to the customer, and what a word of theirs meant."""

from __future__ import annotations

from typing import assert_never

from app.cases.timeline.kinds import Topic, Word
from app.languages.language import mark


def told(topic: Topic) -> str:  # noqa: C901, PLR0911, PLR0912 - one per topic
    """What they were written about."""
    match topic:
        case Topic.FAILURE:
            return mark("We wrote to you what happened.")
        case Topic.REMINDER:
            return mark("We reminded you to choose.")
        case Topic.NEWS:
            return mark("We wrote to you that we are still working on it.")
        case Topic.NOBODY:
            return mark("We wrote to you that nobody at the depot had responded yet.")
        case Topic.STALLED:
            return mark("We wrote to you that nobody had acted, and called the person in charge.")
        case Topic.DECIDING:
            return mark("We wrote to you who is deciding what comes next.")
        case Topic.ADDRESS:
            return mark("We wrote to you about the other address.")
        case Topic.DECISION:
            return mark("We wrote to you what was decided.")
        case Topic.BOOKING:
            return mark("We wrote to you about your booking.")
        case Topic.PLACE:
            return mark("We wrote to you that a place became free.")
        case Topic.PROMISE:
            return mark("We wrote to you that it did not happen as booked.")
        case Topic.QUESTION:
            return mark("We wrote to you who answers, and by when.")
        case Topic.QUESTION_LATE:
            return mark("We wrote to you that the answer takes longer.")
        case Topic.OTHER:
            return mark("We wrote to you.")
        case _:
            assert_never(topic)


def word(said: Word) -> str:
    """What a word of theirs meant."""
    match said:
        case Word.OPT_OUT:
            return mark("You wrote that you want no more messages this way.")
        case Word.OPT_IN:
            return mark("You wrote that you want our messages again.")
        case Word.HELP:
            return mark("You asked what our messages are about.")
        case Word.OTHER:
            return mark("You wrote to us.")
        case _:
            assert_never(said)
