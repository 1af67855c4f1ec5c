"""Who takes a parcel when its customer is not there: a neighbour, or a safe place. Pure.

It belongs to a delivery's booking: whoever carries that out says yes or no to both together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum
from typing import Any

from app.errors import Problem
from app.frozen import frozen
from app.locality.written import one_line
from app.shipments import normal
from app.shipments.orders import rules as orders

LONGEST_NAME, LONGEST_PLACE = 60, 120
"""So short that it fits into the notes of every courier that has room for notes."""
_IN_PERSON = frozenset({"identification_failed", "payment_due"})
"""Reasons that say: only the recipient can take it."""


class Leaving(StrEnum):
    """Who takes the parcel; the same list as the CHECK of `bookings.leaving`."""

    IN_PERSON = ""
    NEIGHBOUR = "neighbour"
    SAFE_PLACE = "safe_place"
    ADDRESS = "address"
    """It is brought to another address, this once."""


ELSEWHERE = (Leaving.NEIGHBOUR, Leaving.SAFE_PLACE)


@frozen()
class Leave:
    """Whom a delivery is left with, or where."""

    leaving: Leaving = Leaving.IN_PERSON
    who: str = ""
    """The neighbour's name."""
    where: str = ""
    """Their house number or door; the safe place in words."""
    photo: str = ""
    """A photo of the safe place."""
    address: Mapping[str, Any] | None = None
    """The other address."""


TO_ME = Leave()


def neighbour(name: str, house: str) -> Leave:
    """The neighbour of this name, at this number or door.

    Raises:
        Problem: 422 neither is said, or one is too long.
    """
    name, house = normal.line(name), normal.line(house)
    if not name and not house:
        raise _unusable("name", "missing")
    if len(name) > LONGEST_NAME:
        raise _unusable("name", "too_long")
    if len(house) > LONGEST_NAME:
        raise _unusable("where", "too_long")
    return Leave(Leaving.NEIGHBOUR, name, house)


def safe_place(words: str, photo: str = "") -> Leave:
    """A place that these words or this photo show.

    Raises:
        Problem: 422 nothing is said or shown, or too much.
    """
    words = normal.line(words)
    if not words and not photo:
        raise _unusable("where", "missing")
    if len(words) > LONGEST_PLACE:
        raise _unusable("where", "too_long")
    return Leave(Leaving.SAFE_PLACE, where=words, photo=photo)


def brought_to(address: Mapping[str, Any]) -> Leave:
    """Another address, which was read already."""
    return Leave(Leaving.ADDRESS, address=dict(address))


def read(how: str, who: str, where: str, photo: str = "") -> Leave | None:
    """What a form or a program says by these names; None where it says nothing of it.

    Raises:
        Problem: 422 it does not say enough, or too much.
    """
    match how:
        case Leaving.NEIGHBOUR:
            return neighbour(who, where)
        case Leaving.SAFE_PLACE:
            return safe_place(where, photo)
        case "recipient":
            return TO_ME
    return None


def in_person(reason: str) -> bool:
    """Whether only the recipient can take it."""
    return reason in _IN_PERSON


def offered(reason: str, refused: Collection[str], *, told: bool) -> tuple[Leaving, ...]:
    """What can be chosen beside taking it oneself.

    `told` is whether it can reach the driver, and `refused` what was refused for this parcel.
    """
    if not told or in_person(reason):
        return ()
    return tuple(one for one in ELSEWHERE if one not in refused)


def for_driver(leave: Leave) -> str:
    """What the driver reads."""
    match leave.leaving:
        case Leaving.NEIGHBOUR:
            house = f"no. {leave.where}" if leave.where[:1].isdigit() else leave.where
            return f"Leave with neighbour: {_said(leave.who, house)}."
        case Leaving.SAFE_PLACE:
            return f"Leave in safe place: {_said(leave.where, 'see photo' if leave.photo else '')}."
        case Leaving.ADDRESS:
            return f"Bring to another address: {one_line(leave.address)}."
    return ""


_tells: Callable[[str], bool] = bool


def told_by(tells: Callable[[str], bool]) -> None:
    """Say who knows whether a courier's connector has room for such words."""
    global _tells  # noqa: PLW0603 - said once, by those who know the connectors
    _tells = tells


def tells(connector: str) -> bool:
    """Whether what is said here reaches the driver by this connector."""
    return _tells(connector)


def _said(*parts: str) -> str:
    kept: Iterable[str] = (part.rstrip(".") for part in parts)
    return ", ".join(filter(None, kept))


def _unusable(field: str, code: str) -> Problem:
    fault = orders.fault(field, code)._asdict()
    return Problem(422, "leave_unusable", "Please correct what is marked.", errors=[fault])
