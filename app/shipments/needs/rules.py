"""What can help at the door, and what the driver reads of it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum

from app.errors import Problem
from app.shipments import normal
from app.shipments.orders import rules as orders

LONGEST = 120


class Need(StrEnum):
    """What the customer asks for; the table keeps these words."""

    LONGER = "longer"
    """They need longer to reach the door."""
    NO_BELL = "no_bell"
    """Nobody should ring."""
    WRITE = "write"
    """They do not hear the bell."""
    UPSTAIRS = "upstairs"
    """They cannot come down, or carry it."""


_FOR_DRIVER = {
    Need.LONGER: "Needs longer to reach the door: please wait.",
    Need.NO_BELL: "Please do not ring, knock.",
    Need.WRITE: "Does not hear the bell: please send a text message.",
    Need.UPSTAIRS: "Please bring it up to the door.",
}


def read(needs: Collection[str], words: str, *, consent: bool) -> tuple[list[Need], str]:
    """What somebody asks for; nothing at all takes back what they said before.

    Raises:
        Problem: 422 it is too long, or they did not agree that it is passed on.
    """
    asked = [need for need in Need if need in needs]
    words = normal.line(words)
    if len(words) > LONGEST:
        raise _unusable("needs_words", "too_long")
    if (asked or words) and not consent:
        raise _unusable("consent", "missing")
    return asked, words


def for_driver(needs: Sequence[str], words: str) -> str:
    """What whoever brings the parcel reads."""
    said = [text for need, text in _FOR_DRIVER.items() if need in needs]
    return " ".join([*said, f"{words.rstrip('.')}." if words else ""]).strip()


def _unusable(field: str, code: str) -> Problem:
    fault = orders.fault(field, code)._asdict()
    return Problem(422, "needs_unusable", "Please correct what is marked.", errors=[fault])
