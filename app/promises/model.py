"""A promise: an hour that a customer was told, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from app.frozen import frozen


class Kind(StrEnum):
    """What was promised; the same list as the CHECK of `promises.kind`."""

    NEWS = "news"
    """By then the customer hears from us."""
    ANSWER = "answer"
    """By then somebody answers a question."""
    CONFIRM = "confirm"
    """By then it is known whether a booking will be carried out."""
    WINDOW = "window"
    """By then the parcel is at the door; the window's end."""
    READY = "ready"
    """From then on the parcel can be collected."""
    CALL = "call"
    """By then the depot is called again, where nobody there has taken it on."""


class State(StrEnum):
    """What became of it; the same list as the CHECK of `promises.state`."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    RELEASED = "released"
    """Nobody waits for it any more, and nobody was let down."""


@frozen()
class Promise:
    """A row of `promises`. Whoever says its hour to a customer takes it from here.

    Only `app.promises.service` makes one: so no hour is said that nobody keeps.
    """

    id: int
    case_id: int
    kind: Kind
    about: int
    """The id of the question or booking; 0 where it is about the case."""
    due_at: datetime
    made_at: datetime
    state: State
    settled_at: datetime | None
    settled_by: str | None

    @property
    def open(self) -> bool:
        """Whether it still binds us."""
        return self.state is State.OPEN
