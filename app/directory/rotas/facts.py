"""What is remembered of a rota and of opening hours when they change, as people read it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from app.directory.changes import Facts
from app.directory.model import Person
from app.directory.rotas.model import Covers, Opening, Rota, Shift
from app.languages.language import mark

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_COVERS = {
    Covers.ALWAYS: mark("at all times"),
    Covers.OPEN: mark("while the depot is open"),
    Covers.SHIFTS: mark("in its shifts"),
}


def of_rota(rota: Rota, people: Mapping[int, Person], depot: str) -> Facts:
    """A rota's settings and shifts."""
    turns = rota.handover
    return {
        mark("name"): rota.name,
        mark("depot"): depot,
        mark("time zone"): rota.zone,
        mark("turns"): f"every {turns.days} days from {turns.first} {turns.at:%H:%M}",
        mark("somebody on duty"): _COVERS[rota.covers],
        mark("shifts"): "; ".join(_shift(one, people) for one in rota.shifts),
    }


def of_hours(opening: Opening) -> Facts:
    """When a depot is open."""
    spans: dict[str, str] = {}
    for weekday, opens, closes in sorted(opening.hours):
        day, said = WEEKDAYS[weekday - 1], f"{opens:%H:%M}–{closes:%H:%M}"
        spans[day] = f"{spans[day]}, {said}" if day in spans else said
    week = {day: spans.get(day, mark("closed")) for day in WEEKDAYS} if spans else {}
    return {
        **(week or {mark("hours"): mark("day and night")}),
        mark("public holidays"): mark("closed") if opening.keeps_holidays else mark("open"),
    }


def _shift(shift: Shift, people: Mapping[int, Person]) -> str:
    days = " ".join(WEEKDAYS[day - 1][:3] for day in sorted(shift.weekdays))
    names = ", ".join(people[one].name for one in shift.people if one in people) or "nobody"
    between = f" from {shift.first}" if shift.first else ""
    between += f" until {shift.last}" if shift.last else ""
    return f"{days} {shift.starts:%H:%M}–{shift.ends:%H:%M}{between}: {names}"
