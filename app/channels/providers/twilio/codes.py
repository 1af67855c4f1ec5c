"""Twilio's words for ours: message statuses and error codes."""

from __future__ import annotations

from typing import Any

from app.channels.providers.base import OPTED_OUT

STATES = {
    "accepted": "sent",
    "scheduled": "sent",
    "queued": "sent",
    "sending": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
"""What Twilio has is sent as far as we can do anything about it."""

_WHY = {21610: OPTED_OUT, 21211: "invalid_number", 21614: "not_a_mobile"}


def why(code: Any, otherwise: str = "undelivered") -> str:
    """Twilio's error code as our reason; codes it may add later keep their number."""
    text = str(code or "")
    if not text.isdigit() or text == "0":
        return f"twilio_{otherwise}"
    return _WHY.get(int(text), f"twilio_{int(text)}")
