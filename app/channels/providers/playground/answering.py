"""What a visitor answers on the demo's phones, as the facts that a provider would report."""

from __future__ import annotations

import secrets
from datetime import datetime

from app.channels import heard
from app.channels.states import NotSent


def reply(channel: str, sender: str, words: str, at: datetime) -> heard.Fact:
    """A message from one of the phones or the mailbox."""
    return heard.incoming(
        provider="playground",
        provider_id=f"playground-{secrets.token_hex(8)}",
        channel=channel,
        sender=sender,
        words=words,
        at=at,
    )


def not_answered(message_id: int) -> heard.Receipt:
    """A telephone rang until it stopped."""
    return heard.Receipt(
        provider="playground", state="failed", why=NotSent.NO_ANSWER, message_id=message_id
    )


def key(message_id: int, digit: str) -> heard.KeyPressed:
    """A key that was pressed during a call."""
    return heard.KeyPressed(provider="playground", message_id=message_id, digit=digit)
