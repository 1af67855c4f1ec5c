"""What a provider is. One file each: copy a neighbour to add one, and name it in `__init__`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

OPTED_OUT = "opted_out"
"""The `why` of a refusal because this person wants no messages; it is remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message as a provider sees it. `tries` counts the calls for it, this one included."""

    id: int
    tries: int
    recipient: str
    subject: str
    text: str
    html: str | None
    calendar: str | None
    request_id: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has it: `sent`, or already `delivered`."""

    provider_id: str
    state: str = "sent"


class Refused(Exception):
    """The provider certainly did not take the message.

    `why` is a stable code and never holds a number, an address or words of the message.
    `permanent` says whether asking again is in vain.
    """

    def __init__(self, why: str, *, permanent: bool) -> None:
        super().__init__(why)
        self.why = why
        self.permanent = permanent


class Ambiguous(Exception):
    """The request left and no answer came: the message may be on its way. `why` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Provider(Protocol):
    """Carries messages of one channel.

    A call, with the question after an ambiguous one, is over within 55 seconds; after 60 a
    message that nobody recorded is taken for unknown.
    """

    name: str
    receipts: bool
    """Whether it tells later, unasked, what became of a message."""
    repeatable: bool
    """Whether sending a message twice has the effect of sending it once."""

    def send(self, message: Outgoing) -> Accepted:
        """Hand the message over.

        Raises:
            Refused: it was certainly not taken.
            Ambiguous: nobody knows.
        """
        ...

    def ask(self, message: Outgoing, since: datetime) -> Accepted | None:
        """What became of a call made after `since` (machine time) whose answer was lost.

        None when the provider cannot tell. "Not here" counts as not knowing, unless the
        provider promises that what it does not list it will never send.
        """
        ...
