"""Why a choice cannot be had, in words that say what to do instead."""

from __future__ import annotations

from datetime import datetime

from app import clock
from app.booking.rows import Booking, PickupPoint, Slot
from app.cases.model import Case
from app.errors import Problem
from app.theme import dates


def slot_full(place: Slot | PickupPoint) -> Problem:
    """409: somebody else took the last place."""
    return Problem(
        409,
        "slot_full",
        "The last place there has just been taken. Please choose another one.",
        choice=place.choice,
    )


def cutoff_passed(slot: Slot, zone: str) -> Problem:
    """409: it is too late for this slot."""
    return Problem(
        409,
        "cutoff_passed",
        f"This slot could be booked until {_said(slot.cutoff_at, zone)}. "
        "Please choose a later one.",
        choice=slot.choice,
    )


def no_such_option(choice: str) -> Problem:
    """404: it is not offered, or no longer."""
    return Problem(
        404,
        "no_such_option",
        "That is not offered, or no longer. Please choose another one.",
        choice=choice[:80],
    )


def case_closed(case: Case) -> Problem:
    """409: the matter is closed; how and when."""
    how = (case.resolution or "closed").replace("_", " ")
    when = f" on {_said(case.closed_at, case.zone)}" if case.closed_at else ""
    return Problem(
        409,
        "case_closed",
        f"There is nothing left to book: this case was closed{when} ({how}).",
        resolution=case.resolution,
        closed_at=case.closed_at.isoformat() if case.closed_at else None,
    )


def refuse_over(case: Case) -> None:
    """Refuse a case for which nothing can be booked.

    Raises:
        Problem: case_closed, set_aside, not_offered.
    """
    if case.closed:
        raise case_closed(case)
    if case.aside:
        raise set_aside()
    if not case.deliverable:
        raise not_offered(case)


def set_aside() -> Problem:
    """409: nobody has begun this old news."""
    return Problem(
        409,
        "set_aside",
        "The courier's news of this parcel is old, so nothing can be booked before somebody at "
        "the depot has looked at it.",
    )


def not_offered(case: Case) -> Problem:
    """409: there is no parcel to bring once more."""
    return Problem(
        409,
        "not_offered",
        f"The courier reported this parcel as {case.kind}, so there is nothing to book.",
        kind=case.kind,
    )


def nothing_offered(case: Case) -> Problem:
    """409: there is no delivery that could be left somewhere."""
    return Problem(
        409, "not_offered", "No new delivery can be booked at the moment.", kind=case.kind
    )


def nothing_booked() -> Problem:
    """409: there is nothing to take back."""
    return Problem(409, "nothing_booked", "Nothing is booked at the moment.")


def nothing_to_undo() -> Problem:
    """409: what stood before it is not known, or somebody else has chosen since."""
    return Problem(409, "nothing_to_undo", "There is nothing to undo. Please choose again.")


def too_late_to_change(held: Booking) -> Problem:
    """409: what was booked is on its way."""
    return Problem(
        409,
        "too_late_to_change",
        f"The booking for {_said(held.starts_at, held.zone)} could be changed until "
        f"{_said(held.cutoff_at, held.zone)} and stands now.",
        choice=held.choice,
    )


def _said(at: datetime, zone: str) -> str:
    return dates.say(clock.local(at, zone), "long")
