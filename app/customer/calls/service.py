"""What a call to a customer says at this moment, and which choices its keys stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from app import languages
from app.booking import service as booking
from app.booking.service import Slot
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.kinds import Topic
from app.channels import voice_store
from app.channels.store import Message
from app.customer.calls import texts
from app.db.connection import Connection
from app.languages.said import aloud

_KEYS = 3
"""So many times an ear can choose from."""
_TO_CHOOSE = frozenset({Topic.FAILURE, Topic.REMINDER, Topic.PROMISE, Topic.PLACE, Topic.BOOKING})
"""What somebody is told and can choose a time after."""


class Offer(NamedTuple):
    """What a call says, and the choices of its keys."""

    words: str
    slots: list[Slot]

    @property
    def offered(self) -> Mapping[str, str]:
        """The choice that each key stands for."""
        return {str(key): slot.choice for key, slot in enumerate(self.slots, 1)}


def offer(conn: Connection, case: Case, message: Message, now: datetime) -> Offer:
    """The call as it is now; its keys stand for what it says from then on."""
    slots = times(conn, case, message, now)
    made_of = voice_store.made_of(conn, message.id)
    words = aloud(message.text, made_of, languages.get(message.language))
    made = Offer(texts.call(case, words, slots), slots)
    voice_store.offer(conn, message.id, made.words, made.offered)
    return made


def times(conn: Connection, case: Case, message: Message, now: datetime) -> list[Slot]:
    """The first times that can be chosen in a call; none where nothing is to be chosen."""
    if message.topic not in _TO_CHOOSE or case.booked:
        return []
    return booking.options(conn, case, now).slots[:_KEYS]


def compose(conn: Connection, messages: Sequence[Message], now: datetime) -> dict[int, str]:
    """What calls that leave now say, by their ids."""
    found = cases.by_ids(conn, [message.case_id for message in messages])
    return {
        message.id: offer(conn, found[message.case_id], message, now).words
        for message in messages
        if message.case_id in found
    }
