"""What is offered by number in a message: a few windows, each with its digit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from app.booking.service import PickupPoint, Slot
from app.cases import speech
from app.cases.model import Case
from app.clock import local
from app.customer.hours import span

AT_MOST = 3
"""More make a text message longer by one part each, and nobody reads them."""


class Listed(NamedTuple):
    """Some choices by their numbers, and how a message says them."""

    choices: Sequence[str]
    words: str


def a_few(slots: Sequence[Slot], zone: str) -> list[Slot]:
    """The first window of each of the next days; where there are fewer days, more of them."""
    ordered = sorted(slots, key=lambda slot: slot.starts_at)
    days = [list(g) for _, g in groupby(ordered, key=lambda s: local(s.starts_at, zone).date())]
    first = [day[0] for day in days][:AT_MOST]
    more = [slot for day in days for slot in reversed(day[1:])]
    return sorted([*first, *more[: AT_MOST - len(first)]], key=lambda slot: slot.starts_at)


def numbered(case: Case, chosen: Sequence[Slot | PickupPoint]) -> Listed:
    """`1 = Fri 28 Nov, 08:00-12:00; 2 = Sat 29 Nov, 09:00-13:00`."""
    said = [f"{number} = {_said(case, one)}" for number, one in enumerate(chosen, 1)]
    return Listed([one.choice for one in chosen], "; ".join(said))


def _said(case: Case, one: Slot | PickupPoint) -> str:
    if isinstance(one, PickupPoint):
        return one.name
    return span(speech.of(case), one.starts_at, one.ends_at, case.zone)
