"""What can happen to a message to a customer, as policies can react to it."""

from __future__ import annotations

from enum import StrEnum

from app.chain.step import Source


class Sent(StrEnum):
    """How a message ended, where something follows."""

    UNDELIVERABLE = "undeliverable"
    """No way of it reached the customer."""


class Replied(StrEnum):
    """What a customer answered a message."""

    WORDS = "words"


SEND = Source(name="send", outcomes=Sent)
REPLY = Source(name="reply", outcomes=Replied)

DECLARED = (SEND, REPLY)
