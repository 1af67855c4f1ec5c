"""What a driver reads, in one line. What matters most stands first: some couriers cut it off."""

from __future__ import annotations

from app.booking import leaving
from app.booking.leaving import Leave


def for_driver(leave: Leave, directions: str, extension: str = "") -> str:
    """Whom it is left with, how one gets in, and the telephone's extension."""
    dial = f"Phone extension {extension}." if extension else ""
    return " ".join(filter(None, (leaving.for_driver(leave), dial, directions)))
