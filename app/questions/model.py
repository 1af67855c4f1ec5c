"""A question: what a customer wrote, or wants, until somebody has answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

PAGE = "page"
"""The channel of what was written on the customer's page."""
WRITTEN = frozenset({"sms", "whatsapp", "email"})
"""The channels by which somebody answers our messages."""


class Wants(StrEnum):
    """What the customer is after; the same list as the CHECK of `questions.wants`."""

    ANSWER = "answer"
    PERSON = "person"
    """To speak to somebody."""
    CALL = "call"
    """To be rung."""
    RETURN = "return"
    """To have it sent back."""
    CANCEL = "cancel"
    """To have the order cancelled, with nothing booked that could be."""
    IN_CHARGE = "in_charge"
    """To speak to somebody who can decide more."""
    PARCEL = "parcel"
    """It is marked delivered, and they do not have it."""
    ADDRESS = "address"
    """To have it brought to another address: a yes or a no answers that, and words do not."""


_TAKEN_BACK = frozenset({Wants.PERSON, Wants.CALL, Wants.RETURN, Wants.CANCEL})


@dataclass(frozen=True, slots=True)
class Question:
    """A row of `questions`."""

    id: int
    case_id: int
    text: str
    """Empty for a message without words, such as a picture."""
    wants: Wants
    channel: str
    sender: str
    asked_at: datetime
    answer_by: datetime
    """What the customer was told last."""
    keeper: str
    """Who was named to them; empty: the depot."""
    told_at: datetime | None
    late: int
    goes_up: bool
    answered_at: datetime | None
    answered_by: str | None
    answer: str | None

    @property
    def wish(self) -> bool:
        """Whether another address is wished for."""
        return self.wants is Wants.ADDRESS

    @property
    def undone_by_digit(self) -> bool:
        """Whether it was asked by a message that was understood, so that a 0 takes it back."""
        return self.wants in _TAKEN_BACK and self.channel in WRITTEN

    @property
    def open(self) -> bool:
        """Whether somebody still has to answer."""
        return self.answered_at is None
