"""Slots by day, as people choose from them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from app.booking.rows import Slot
from app.clock import local
from app.theme.times import When


class Day(NamedTuple):
    """The slots of one day, under its name."""

    name: str
    slots: list[Slot]


def days(slots: Sequence[Slot], when: When) -> list[Day]:
    """The slots in order, by the day they are on."""
    ordered = sorted(slots, key=lambda slot: slot.starts_at)
    by_day = groupby(ordered, key=lambda slot: local(slot.starts_at, when.zone).date())
    return [Day(_name(group[0], when), group) for group in (list(g) for _, g in by_day)]


def _name(slot: Slot, when: When) -> str:
    near, date = when.day(slot.starts_at), when.date(slot.starts_at)
    if near.startswith(date):
        name = date
    else:
        name = when.language.say("{near}, {date}", near=near, date=date)
    return f"{name[:1].upper()}{name[1:]}"
