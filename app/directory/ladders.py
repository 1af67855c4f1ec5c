"""A depot's ladder: who is called at each level at some moment, from levels, rotas and hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from app.db.connection import Connection
from app.directory import changes, store
from app.directory.changes import By, Facts
from app.directory.model import Empty, Level, Person, Way, depot_itself
from app.directory.rotas import opening, rules
from app.directory.rotas import store as rotas
from app.directory.rotas.model import Opening
from app.directory.rotas.store import Known
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.theme.times import length


class CalledWhen(StrEnum):
    """When a level counts; the same list as the CHECK of `ladder_levels.called`."""

    ALWAYS = "always"
    OPEN = "open"
    """While the depot is open."""
    CLOSED = "closed"
    """Out of hours."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A level as it is set up: persons, rotas or everyone."""

    number: int
    wait: timedelta
    called: CalledWhen
    ways: Sequence[Way]
    people: Sequence[Person]
    rotas: Sequence[int]
    everyone: bool


@dataclass(frozen=True, slots=True)
class Ladder:
    """A depot's whole ladder; `at` says what it is at a moment."""

    rungs: Sequence[Rung]
    last: Level
    """The catch-all: it is never empty."""
    rotas: Mapping[int, Known]
    opening: Opening | None
    """None where no level asks whether the depot is open."""
    beside: Sequence[Person] = ()
    """The depot's own chat rooms and systems."""

    def at(self, now: datetime) -> list[Level]:
        """The levels in the order in which they are called; the catch-all is the last."""
        is_open = opening.is_open(self.opening, now) if self.opening else True
        return [*(self._level(rung, now, is_open=is_open) for rung in self.rungs), self.last]

    def everyone(self) -> list[Person]:
        """Everybody who stands on the ladder or takes part in its rotas, each once."""
        found = [
            person
            for rung in self.rungs
            for people in (rung.people, *(self.rotas[rota].people.values() for rota in rung.rotas))
            for person in people
        ]
        return _each_once([*found, *self.last.people])

    def _level(self, rung: Rung, now: datetime, *, is_open: bool) -> Level:
        names = tuple(self.rotas[rota].rota.name for rota in rung.rotas)
        empty = _closed(rung.called, is_open=is_open)
        people = [] if empty else self._people(rung, now)
        if not people and not empty:
            empty = Empty.NOBODY_ON_DUTY
        return Level(
            people,
            rung.wait,
            catch_all=False,
            ways=rung.ways,
            empty=empty,
            rotas=names,
            beside=self.beside,
        )

    def _people(self, rung: Rung, now: datetime) -> list[Person]:
        if rung.everyone:
            return self.everyone()
        on_duty = [
            self.rotas[rota].people[person]
            for rota in rung.rotas
            for person in rules.on_duty(self.rotas[rota].rota, now)
            if person in self.rotas[rota].people
        ]
        return _each_once([*rung.people, *on_duty])


def levels(
    conn: Connection, depot_id: int, catch_all_wait: timedelta, now: datetime
) -> list[Level]:
    """A depot's levels at this moment, in the order in which they are called."""
    return read(conn, depot_id, catch_all_wait, now, now).at(now)


def read(
    conn: Connection, depot_id: int, catch_all_wait: timedelta, since: datetime, until: datetime
) -> Ladder:
    """A depot's ladder with all that decides about this time: one query where it has no rota."""
    *rows, last = store.ladder(conn, depot_id)
    rungs = _rungs(rows)
    wanted = [rota for rung in rungs for rota in rung.rotas]
    known = rotas.by_ids(conn, wanted, since, until) if wanted else {}
    hours = None
    if any(rung.called is not CalledWhen.ALWAYS for rung in rungs):
        hours = rotas.opening(conn, depot_id, since, until)
    own = last["of_depot"]
    beside = [depot_itself(depot_id, last["depot"], own)] if own else []
    top = Level([store.as_person(last)], catch_all_wait, catch_all=True, beside=beside)
    return Ladder(rungs, top, known, hours, beside)


class NewRung(NamedTuple):
    """A level as somebody wants it; its rotas by slug."""

    people: Sequence[int]
    rotas: Sequence[str]
    everyone: bool
    wait: timedelta
    called: CalledWhen
    ways: Sequence[Mapping[str, Any]]
    """`{"channel", "wait" (seconds), "tries"}`, in order."""


def put(
    conn: Connection, who: By, depot: str, rungs: Sequence[NewRung], last: int, now: datetime
) -> None:
    """Give a depot these levels, and this person as the last one; it is remembered.

    Raises:
        Problem: 404 no such depot; 422 a level is empty, or names who does not exist; the last
            one cannot be reached.
    """
    known = store.lock_depot(conn, depot)
    if known is None:
        raise Problem(
            404, "no_such_depot", sentence("There is no depot {depot}.", depot=repr(depot))
        )
    depot_id, name = known
    in_charge = store.person(conn, last)
    if in_charge is None or not (in_charge.phone or in_charge.email):
        raise Problem(
            422, "last_level_empty", mark("The last level is a person who can be called: name one.")
        )
    before = _facts(read(conn, depot_id, timedelta(), now, now))
    store.clear_ladder(conn, depot_id, last)
    for number, rung in enumerate(rungs, 1):
        found = rotas.ids(conn, rung.rotas)
        missing = [rota for rota in rung.rotas if rota not in found]
        strange = [person for person in rung.people if store.person(conn, person) is None]
        if missing or strange or not (rung.people or rung.rotas or rung.everyone):
            why = sentence("Level {number} is empty.", number=str(number))
            if unknown := missing or strange:
                why = sentence(
                    "Level {number}: there is no {it}.", number=str(number), it=repr(unknown[0])
                )
            raise Problem(422, "invalid", why)
        store.add_rung(
            conn,
            depot_id,
            number,
            wait=rung.wait,
            called=rung.called,
            ways=rung.ways,
            people=list(dict.fromkeys(rung.people)),
            rotas=list(dict.fromkeys(found[rota] for rota in rung.rotas)),
            everyone=rung.everyone,
        )
    after = _facts(read(conn, depot_id, timedelta(), now, now))
    subject = (depot_id, name)
    changes.record(conn, who, "ladder", subject, [depot_id], before, after, now)


def _facts(ladder: Ladder) -> Facts:
    levels = {f"level {rung.number}": _said(rung, ladder) for rung in ladder.rungs}
    return levels | {mark("in the end"): ladder.last.people[0].name}


def _said(rung: Rung, ladder: Ladder) -> str:
    names = [person.name for person in rung.people]
    names += [ladder.rotas[rota].rota.name for rota in rung.rotas]
    names += ["everyone"] if rung.everyone else []
    ways = [f"{way.channel} for {length(way.wait)}" for way in rung.ways] or ["by all ways at once"]
    when = "" if rung.called is CalledWhen.ALWAYS else f", while the depot is {rung.called}"
    return f"{', '.join(names)}{when}: {', then '.join(ways)}, {length(rung.wait)} in all"


def closed(conn: Connection, depot_id: int, at: datetime) -> str | None:
    """Why a depot is closed at this moment, `Christmas Day`; None while it is open."""
    known = rotas.opening(conn, depot_id, at, at)
    if opening.is_open(known, at):
        return None
    return opening.why_closed(known, at) or "out of hours"


def _rungs(rows: Iterable[dict[str, Any]]) -> list[Rung]:
    by_level: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by_level.setdefault(row["level"], []).append(row)
    return [
        Rung(
            number=number,
            wait=here[0]["wait"],
            called=CalledWhen(here[0]["called"]),
            ways=_ways(here[0]["ways"]),
            people=[store.as_person(row) for row in here if row["id"]],
            rotas=[row["rota_id"] for row in here if row["rota_id"]],
            everyone=any(row["everyone"] for row in here),
        )
        for number, here in by_level.items()
    ]


def _ways(raw: Iterable[dict[str, Any]]) -> list[Way]:
    return [
        Way(one["channel"], timedelta(seconds=one["wait"]))
        for one in raw
        for _ in range(one["tries"])
    ]


def _closed(called: CalledWhen, *, is_open: bool) -> Empty | None:
    if called is CalledWhen.OPEN and not is_open:
        return Empty.DEPOT_CLOSED
    if called is CalledWhen.CLOSED and is_open:
        return Empty.DEPOT_OPEN
    return None


def _each_once(people: Iterable[Person]) -> list[Person]:
    return list({person.id: person for person in people}.values())
