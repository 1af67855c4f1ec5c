"""A timeline's entries to and from rows. What older and newer versions wrote can be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple, get_type_hints

from app.cases.timeline.facts import CLASSES, Booking, BookingConfirmed, Facts, Unknown
from app.cases.timeline.kinds import Actor, Kind, Topic, Visibility, Word
from app.db.connection import dumps

_KINDS = {cls: kind for kind, cls in CLASSES.items()}


class Entry(NamedTuple):
    """Something that happened, to be written down; `actor` is an `Actor` or a dispatcher's name."""

    case_id: int
    facts: Facts
    actor: str = Actor.REKNOCK


class Recorded(NamedTuple):
    """Something that was written down."""

    at: datetime
    actor: str
    facts: Facts


def confirmed(timeline: Sequence[Recorded]) -> frozenset[int]:
    """The bookings to which somebody said yes; the others were only asked for."""
    facts = (entry.facts for entry in timeline)
    return frozenset(said.booking_id for said in facts if isinstance(said, BookingConfirmed))


def kind_of(facts: Facts) -> str:
    """The kind as the table knows it."""
    return facts.kind if isinstance(facts, Unknown) else _KINDS[type(facts)].value


def to_json(facts: Facts) -> dict[str, Any]:
    """The facts as the table keeps them."""
    return facts.facts if isinstance(facts, Unknown) else asdict(facts)


def stored(facts: Facts) -> str:
    """The same, written; making a `dict` of it before costs fifteen times as much."""
    return dumps(facts.facts if isinstance(facts, Unknown) else facts).decode()


def read(kind: str, facts: dict[str, Any]) -> Facts:
    """The facts of a row. What is missing or no such value becomes its type's empty value."""
    try:
        cls = CLASSES[Kind(kind)]
    except ValueError:
        return Unknown(kind=kind, facts=facts)
    made: Facts = _make(cls, facts)
    return made


def _make(cls: type[Any], facts: Mapping[str, Any]) -> Any:
    return cls(**{name: value(facts.get(name)) for name, value in _FIELDS[cls].items()})


def _moment(raw: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(raw)
    except (TypeError, ValueError):
        return None


_VALUES: dict[Any, Callable[[Any], Any]] = {
    str: lambda raw: raw if isinstance(raw, str) else "",
    int: lambda raw: raw if isinstance(raw, int) else 0,
    bool: lambda raw: raw is True,
    str | None: lambda raw: raw if isinstance(raw, str) else None,
    datetime | None: _moment,
    tuple[str, ...]: lambda raw: tuple(map(str, raw)) if isinstance(raw, list | tuple) else (),
    Topic: Topic,
    Visibility: Visibility,
    Word: Word,
    Booking | None: lambda raw: _make(Booking, raw) if isinstance(raw, dict) else None,
}
"""How a value of each type is read."""

_FIELDS = {
    cls: {name: _VALUES[hint] for name, hint in get_type_hints(cls).items()}
    for cls in (*CLASSES.values(), Booking)
}
