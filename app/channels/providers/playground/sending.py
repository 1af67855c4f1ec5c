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
    """Delivers everything, at once."""

    def send(self, message: Outgoing) -> Accepted:
        """Always delivered."""
        return Accepted(f"playground-{message.id}", "delivered")

    def ask(self, message: Outgoing, since: datetime) -> Accepted | None:  # noqa: ARG002
        """Nothing to ask: `send` never leaves a doubt."""
        return None
