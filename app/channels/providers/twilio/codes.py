"""Twilio's words for ours: statuses of messages and calls, and error codes."""

from __future__ import annotations

from typing import Any

from app.channels.providers.base import OPTED_OUT
from app.channels.states import NotSent

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

CALLS_ON = frozenset({"queued", "initiated", "ringing", "in-progress"})
"""Statuses of a call that is not over."""

_CALLS_END = {
    "completed": NotSent.NO_KEY,  # one that was pressed has settled the message before
    "busy": NotSent.BUSY,
    "no-answer": NotSent.NO_ANSWER,
    "failed": NotSent.CALL_FAILED,
    "canceled": NotSent.CALLED_OFF,
}
SPOKE = frozenset({"completed", "answered"})
"""How a dialled telephone ends when somebody spoke there."""

_UNREACHABLE = "480"


def call_end(status: str, sip: str) -> NotSent | None:
    """Why nobody was reached by a call that is over; None for a status we do not know."""
    if status == "failed" and sip == _UNREACHABLE:
        return NotSent.NO_ANSWER
    return _CALLS_END.get(status)


_WHY = {
    21610: OPTED_OUT,
    30004: OPTED_OUT,  # the carrier or the telephone blocks us for them
    21211: NotSent.INVALID_NUMBER,
    21214: NotSent.INVALID_NUMBER,
    21217: NotSent.INVALID_NUMBER,
    21614: NotSent.NOT_A_MOBILE,
    30006: NotSent.NOT_A_MOBILE,  # or its carrier is away: the number may tell
    63003: NotSent.NOT_ON_WHATSAPP,
    63016: NotSent.OUTSIDE_WINDOW,
    63024: NotSent.NOT_ON_WHATSAPP,
}


def why(code: Any, otherwise: str = "undelivered") -> str:
    """Twilio's error code as our reason; codes it may add later keep their number."""
    text = str(code or "")
    if not text.isdigit() or text == "0":
        return f"twilio_{otherwise}"
    return _WHY.get(int(text), f"twilio_{int(text)}")
