"""The conversation with a customer, by whichever way it was led. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.cases.timeline.facts import (
    ContactElsewhere,
    CustomerReply,
    QuestionAnswered,
    StaffWrote,
)
from app.cases.timeline.rows import Recorded
from app.languages.language import mark

_WAYS = {
    "sms": mark("text message"),
    "whatsapp": "WhatsApp",
    "email": mark("e-mail"),
    "voice": mark("telephone"),
    "page": mark("the page"),
    "phone": mark("phone"),
    "shop": mark("shop"),
    "chat": mark("chat"),
}


class Said(NamedTuple):
    """One thing that was said. `by` is empty for the customer, else who spoke for us."""

    at: datetime
    by: str
    way: str
    words: str
    elsewhere: bool
    """Whether staff wrote it down: made in a shop, by phone, in a chat."""


def conversation(timeline: Sequence[Recorded]) -> list[Said]:
    """What was said, oldest first."""
    found = []
    for at, actor, facts in timeline:
        match facts:
            case CustomerReply(words=words, channel=channel):
                found.append(Said(at, "", way(channel), words, elsewhere=False))
            case (
                QuestionAnswered(words=words, channel=channel)
                | StaffWrote(words=words, channel=channel)
            ):
                found.append(Said(at, actor, way(channel), words, elsewhere=False))
            case ContactElsewhere(text=words, channel=channel):
                found.append(Said(at, actor, way(channel), words, elsewhere=True))
            case _:
                pass
    return found


def way(channel: str) -> str:
    """By which way, in words to be said `again`; one of staff's own as they wrote it."""
    return _WAYS.get(channel, channel)
