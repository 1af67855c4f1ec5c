"""What a driver reads, in one line. What matters most stands first: some couriers cut it off."""

from __future__ import annotations

from collections.abc import Sequence

from app.booking import leaving
from app.booking.leaving import Leave
from app.shipments.needs import rules as needs_rules


def for_driver(
    leave: Leave, directions: str, needs: Sequence[str], words: str, extension: str = ""
) -> str:
    """Whom it is left with, how one gets in, what helps at the door, the telephone's extension."""
    help_ = needs_rules.for_driver(needs, words)
    dial = f"Phone extension {extension}." if extension else ""
    return " ".join(filter(None, (leaving.for_driver(leave), help_, dial, directions)))
