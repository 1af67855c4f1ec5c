"""The demo's phones and mailbox: a message is delivered when its row says so.

Nothing leaves the house, and the pages show the rows, so a call does nothing and can be
repeated at will.
"""

from __future__ import annotations

from datetime import datetime

from app.channels.providers.base import Accepted, Outgoing
from app.settings import Settings


def carrier(settings: Settings) -> Playground:  # noqa: ARG001 - it needs none
    """What carries everything in a demo."""
    return Playground()


class Playground:
    """Delivers everything at once, and lets telephones ring."""

    def send(self, message: Outgoing) -> Accepted:
        """Always delivered; a telephone rings until somebody answers it."""
        state = "sent" if message.channel == "voice" else "delivered"
        return Accepted(f"playground-{message.id}", state)

    def can_be_answered(self, recipient: str) -> bool:  # noqa: ARG002 - anybody's answer comes
        """Always: below the messages stands a field for it."""
        return True

    def ask(self, message: Outgoing, since: datetime) -> Accepted | None:  # noqa: ARG002
        """Nothing to ask: `send` never leaves a doubt."""
        return None
