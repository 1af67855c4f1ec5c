"""Why a choice cannot be had, in words that say what to do instead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app import clock
from app.booking.rows import Booking, Slot
from app.cases import ended
from app.cases.model import Case
from app.errors import Problem
from app.languages.language import Language, mark
from app.languages.sentence import joined, sentence


def slot_full(choice: str) -> Problem:
    """409: somebody else took the last place."""
    return Problem(
        409,
        "slot_full",
        mark("The last place there has just been taken. Please choose another one."),
        choice=choice,
    )


def cutoff_passed(slot: Slot, zone: str) -> Problem:
    """409: it is too late for this slot."""
    return Problem(
        409,
        "cutoff_passed",
        sentence(
            "This slot could be booked until {moment}. Please choose a later one.",
            moment=_said(slot.cutoff_at, zone),
        ),
        choice=slot.choice,
    )


def no_such_option(choice: str) -> Problem:
    """404: it is not offered, or no longer."""
    return Problem(
        404,
        "no_such_option",
        mark("That is not offered, or no longer. Please choose another one."),
        choice=choice[:80],
    )


def case_closed(case: Case) -> Problem:
    """409: the matter is closed; how and when."""
    said = mark("There is nothing left to book: this case was closed.")
    if case.closed_at:
        said = sentence(
            "There is nothing left to book: this case was closed on {moment}.",
            moment=_said(case.closed_at, case.zone),
        )
    return Problem(
        409,
        "case_closed",
        joined([said, how]) if (how := ended.how(case)) else said,
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
        mark(
            "The courier's news of this parcel is old, so nothing can be booked before somebody at "
            "the depot has looked at it."
        ),
    )


def not_offered(case: Case) -> Problem:
    """409: there is no parcel to bring once more."""
    return Problem(
        409,
        "not_offered",
        mark("The courier has no parcel to bring once more, so there is nothing to book."),
        kind=case.kind,
    )


def nothing_offered(case: Case) -> Problem:
    """409: there is no delivery that could be left somewhere."""
    return Problem(
        409, "not_offered", mark("No new delivery can be booked at the moment."), kind=case.kind
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
        sentence(
            "The booking for {moment} could be changed until {until} and stands now.",
            moment=_said(held.starts_at, held.zone),
            until=_said(held.cutoff_at, held.zone),
        ),
        choice=held.choice,
    )


def _said(at: datetime, zone: str) -> Callable[[Language], str]:
    return lambda language: language.date(clock.local(at, zone), "long")
