"""What the forms of duty say, read; each act in the caller's transaction."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from flask import request

from app import clock
from app.access.keys import caller
from app.db.connection import Connection
from app.directory import store as directory
from app.directory.changes import by
from app.directory.model import Person
from app.directory.rotas import service as rotas
from app.directory.rotas import standing_in
from app.directory.rotas import store as rotas_store
from app.directory.rotas.edit_store import Settings
from app.directory.rotas.model import Covers, Handover, Shift, Swap
from app.directory.rotas.store import Known
from app.dispatch.oncall import covers, moments
from app.dispatch.oncall.store import Depot
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.theme.speaking import plain

ROWS = 2
"""Empty rows for further shifts."""


def make(conn: Connection, depot: Depot, now: datetime) -> str:
    """Make an empty rota of the name that the form says; its slug."""
    edits()
    name = " ".join(request.form.get("name", "").split())[:80]
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]
    if not slug:
        raise _wrong(mark("Give the rota a name, such as Night shift."))
    if rotas_store.by_slug(conn, slug, now, now) is not None:
        raise _wrong(sentence("There is a rota {name} already.", name=repr(name)))
    today = clock.local(now, depot.zone).date()
    monday = today - timedelta(days=today.weekday())
    settings = Settings(name, depot.zone, Handover(monday, time(9), 7), Covers.OPEN)
    rotas.put(conn, slug, depot.slug, settings, [], by(caller()), now)
    return slug


def of_depot(conn: Connection, depot: Depot) -> str:
    """The rota that the form names, if it is this depot's."""
    slug = request.form.get("rota", "")
    if rotas_store.depot_of(conn, slug) == depot.id:
        return slug
    raise _wrong(mark("There is no such rota here."))


def take(conn: Connection, rota: str, now: datetime) -> datetime:
    """Whoever sends the form is on duty until the time it says, which is returned."""
    known = rotas.read(conn, rota, now, now)
    if not request.form.get("until"):
        raise _wrong(mark("Say until when you take it."))
    until = moments.one(request.form["until"], known.rota.zone)
    standing_in.override(conn, rota, now, until, _who(conn).id, None, by(caller()), now)
    return until


def stand_in(conn: Connection, known: Known, now: datetime) -> None:
    """Somebody stands in, or is away, as the form says."""
    starts, ends = _from_until(known.rota.zone)
    person, of = (number(name) for name in ("person", "of"))
    standing_in.override(conn, known.rota.slug, starts, ends, person, of, by(caller()), now)


def swap(conn: Connection, known: Known, now: datetime) -> str:
    """Two people swap two shifts, or one takes a shift of another; what was done, in words."""
    given, taken = (_shift_of(request.form.get(name, "")) for name in ("shift", "in_return"))
    person = number("person")
    if given is None or (taken is None and person is None):
        raise _wrong(mark("Say which shift, and who takes it or for which other shift."))
    if taken is not None and person not in {None, taken.of}:
        raise _wrong(mark("The shift in return is another person's: leave out who takes it."))
    to = taken.of if taken else person or 0
    swaps = [given._replace(to=to)]
    if taken:
        swaps.append(taken._replace(to=given.of))
    standing_in.swap(conn, known.rota.slug, swaps, by(caller()), now)
    return plain("They are swapped.") if taken else plain("It is swapped. It moves with the shift.")


def _shift_of(text: str) -> Swap | None:
    """A shift as the form names it: `shift_id day person`."""
    shift, _, rest = text.partition(" ")
    day, _, of = rest.partition(" ")
    if not (shift.isascii() and shift.isdigit() and of.isascii() and of.isdigit()):
        return None
    try:
        return Swap(int(shift), date.fromisoformat(day), int(of), 0)
    except ValueError:
        return None


def ask_for_cover(conn: Connection, known: Known, now: datetime) -> int:
    """Whoever sends the form asks the others to take a shift of theirs; how many are asked."""
    starts, ends = _from_until(known.rota.zone)
    return covers.ask(conn, known.rota.slug, _who(conn), starts, ends, now)


def change(conn: Connection, known: Known, now: datetime) -> None:
    """Give the rota the settings and shifts of the form."""
    edits()
    form = request.form
    try:
        handover = Handover(
            date.fromisoformat(form.get("handover_from", "")),
            time.fromisoformat(form.get("handover_at", "")),
            int(form.get("handover_days", "")),
        )
        version = int(form.get("version", ""))
    except ValueError:
        raise _wrong(mark("Say from which day and at what time turns pass on.")) from None
    covers = form.get("covers", "")
    name = " ".join(form.get("name", "").split())[:80]
    if not name or not 1 <= handover.days <= 366 or covers not in set(Covers):
        raise _wrong(mark("A rota has a name, and turns last between 1 and 366 days."))
    settings = Settings(name, form.get("zone", ""), handover, covers)
    people = {_folded(person.name): person for person in directory.everybody(conn)}
    rows = range(len(known.rota.shifts) + ROWS)
    shifts = [shift for row in rows if (shift := _shift(row, people)) is not None]
    rotas.put(conn, known.rota.slug, known.depot, settings, shifts, by(caller()), now, version)


def _shift(row: int, people: dict[str, Person]) -> Shift | None:
    """The shift of a row of the form; None where the row is empty."""
    form = request.form
    names = [name for name in form.get(f"people-{row}", "").split(",") if name.strip()]
    weekdays = {int(day) for day in form.getlist(f"days-{row}") if day in set("1234567")}
    if not names and not weekdays:
        return None
    found = [people.get(_folded(name)) for name in names]
    if missing := [name.strip() for name, person in zip(names, found, strict=True) if not person]:
        raise _wrong(
            sentence(
                "There is nobody called {name}. Names stand with commas between them.",
                name=repr(missing[0]),
            )
        )
    try:
        starts, ends = (time.fromisoformat(form.get(f"{n}-{row}", "")) for n in ("starts", "ends"))
    except ValueError:
        raise _wrong(mark("Each shift needs a beginning and an end.")) from None
    if not weekdays:
        raise _wrong(mark("Each shift needs a day of the week."))
    kept = form.get(f"id-{row}", "")
    ids = tuple(person.id for person in found if person)
    return Shift(int(kept) if kept.isdigit() else 0, frozenset(weekdays), starts, ends, ids)


def _from_until(zone: str) -> tuple[datetime, datetime]:
    said = [request.form.get(name, "") for name in ("starts", "ends")]
    if not all(said):
        raise _wrong(mark("Say from when until when."))
    starts, ends = (moments.one(text, zone) for text in said)
    return starts, ends


def _who(conn: Connection) -> Person:
    """Whoever acts; a key that is nobody's says whom it means."""
    person = directory.person(conn, caller().person_id or number("person") or 0)
    if person is None:
        raise _wrong(mark("Say who takes it."))
    return person


def number(name: str) -> int | None:
    """The number that a field of the form holds; None where it is none."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def edits() -> None:
    """Only a supervisor goes on from here.

    Raises:
        Problem: 422, it is somebody else.
    """
    if not caller().may("supervisor"):
        raise _wrong(
            mark("Only a supervisor changes how a rota is made; you can stand in for others.")
        )


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _wrong(detail: str) -> Problem:
    return Problem(422, "invalid", detail)
