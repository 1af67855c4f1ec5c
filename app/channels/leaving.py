"""When a message could have left, and whether something has held it up since. Pure."""

from __future__ import annotations

from datetime import datetime

from app.channels import rules
from app.channels.store import Message
from app.locality import quiet


def could_leave(message: Message, since: datetime) -> datetime:
    """When a message could have left that was not worth saying before then."""
    at = max(since, message.created_at)
    try:
        return quiet.until(at, message.quiet_hours) or at
    except (KeyError, ValueError):  # then it could at once
        return at


def is_held_up(message: Message, now: datetime) -> bool:
    """Whether a customer's message should have left long ago."""
    if message.audience != "customer" or now - message.created_at < rules.HELD_UP_AFTER:
        return False
    return now - could_leave(message, message.created_at) >= rules.HELD_UP_AFTER
