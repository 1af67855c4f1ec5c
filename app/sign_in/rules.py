"""What a one-time code is, how long it is good, and how often one may be asked for. Pure."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

GOOD_FOR = timedelta(minutes=10)
TRIES = 5
DIGITS = 6
KEPT = timedelta(days=1)
"""How far back codes are counted."""
_MOST = ((timedelta(hours=1), 5), (KEPT, 12))
"""How many codes may be asked for one number or address within which time."""
_TELLS_APART = 7
"""So many last digits are the same however a number is written down."""


class Address(NamedTuple):
    """A number or an address as somebody wrote it."""

    how: str
    """The channel that goes there: sms or email."""
    written: str
    same: str
    """What all its spellings have in common: that is what is counted by."""


def address(text: str) -> Address | None:
    """What somebody wrote; None when it is neither a number nor an e-mail address."""
    text = " ".join(text.split())[:254]
    if re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        return Address("email", text, text.lower())
    digits = re.sub(r"\D", "", text)
    if "@" in text or not _TELLS_APART <= len(digits) <= 15:
        return None
    return Address("sms", text, digits[-_TELLS_APART:])


def new_code() -> str:
    """A fresh code."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def read_code(text: str) -> str:
    """The code in what was typed or pasted; empty when there is none."""
    digits = "".join(str(int(char)) for char in text if char.isdecimal())
    return digits if len(digits) == DIGITS else ""


def too_many(asked: Sequence[datetime], now: datetime) -> datetime | None:
    """When another code may be asked for, after these; None: now."""
    waits = [
        sorted(at for at in asked if at > now - within)[-most] + within
        for within, most in _MOST
        if sum(at > now - within for at in asked) >= most
    ]
    return max(waits, default=None)
