"""Vonage's words for ours: https://developer.vonage.com/en/api-errors/messages."""

from __future__ import annotations

import re
from typing import Any

from app.channels.providers.base import OPTED_OUT
from app.channels.states import NotSent

STATES = {
    "submitted": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "rejected": "failed",
    "undeliverable": "failed",
}

_WHY = {
    "1170": NotSent.INVALID_NUMBER,
    "1190": NotSent.INVALID_NUMBER,
    "1240": OPTED_OUT,
}
_CODE = re.compile(r"#?(\d{4})\Z")


def why(error: Any, otherwise: str) -> str:
    """The reason that a problem document names; its number is its title, or ends its type."""
    known = error if isinstance(error, dict) else {}
    for name in ("title", "type"):
        code = _CODE.search(str(known.get(name) or ""))
        if code:
            return _WHY.get(code[1], f"vonage_{code[1]}")
    return f"vonage_{otherwise}"
