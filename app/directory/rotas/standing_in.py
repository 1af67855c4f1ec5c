"""Verbs on who stands in for whom: for a span of time, or on a day's shift.

They run inside the caller's transaction, and each writes down who did what.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.db.connection import Connection
from app.directory import store as people
from app.directory.changes import By, Facts
from app.directory.rotas import edit_store
from app.directory.rotas.model import Override, Swap
from app.directory.rotas.service import check_people, lock, read, remember
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.theme.times import When

LONGEST = timedelta(days=92)
"""Nobody takes a shift, or is away, for longer at a time."""
_KIND = "stand-in"


def override(
    conn: Connection,
    slug: str,
    starts_at: datetime,
    ends_at: datetime,
    person_id: int | None,
    of_id: int | None,
    who: By,
    now: datetime,
) -> int:
    """Let `person_id` be on duty in this time, for all or for `of_id`; without one that is away.

    What was said before of the same time gives way. Said twice it is said once. Returns its id.

    Raises:
        Problem: 404 no such rota, 422 no such person, or no such time.
    """
    rota_id = lock(conn, slug)
    check_people(conn, (one for one in (person_id, of_id) if one is not None))
    if person_id is None and of_id is None:
        raise Problem(422, "invalid", "Say who is on duty, or who is away.")
    if person_id == of_id:
        raise Problem(422, "invalid", "Nobody stands in for themselves.")
    if not now - LONGEST < starts_at < ends_at <= starts_at + LONGEST or ends_at <= now:
        raise Problem(
            422, "invalid", "The time must end after it begins, ahead of now and within 92 days."
        )
    known = read(conn, slug, starts_at, ends_at)
    wanted = Override(0, starts_at, ends_at, person_id, of_id)
    for one in known.rota.overrides:
        if one[1:] == wanted[1:]:
            return one.id
    override_id = edit_store.add_override(conn, rota_id, *wanted[1:])
    when = When(known.rota.zone, now).window_on(starts_at, ends_at)
    name, of = _name(conn, person_id), _name(conn, of_id)
    if person_id is None:
        what = f"said that {of} is away {when}"
    else:
        what = f"gave {when} to {name}" + (f" in place of {of}" if of else "")
    edit_store.touch(conn, rota_id, who.name, what, now)
    remember(conn, who, known, _KIND, {}, _said(conn, wanted, known.rota.zone, now), now)
    return override_id


def drop_override(conn: Connection, slug: str, override_id: int, who: By, now: datetime) -> None:
    """Take back who stands in, so that it is again as it was planned.

    Raises:
        Problem: 404, there is no such rota, or nothing of this id.
    """
    rota_id = lock(conn, slug)
    known = read(conn, slug, now - LONGEST, now + LONGEST)
    if not edit_store.drop_override(conn, rota_id, override_id):
        raise Problem(404, "no_such_override", mark("This was taken back already, or never said."))
    edit_store.touch(conn, rota_id, who.name, mark("took back who stands in"), now)
    for one in known.rota.overrides:
        if one.id == override_id:
            remember(conn, who, known, _KIND, _said(conn, one, known.rota.zone, now), {}, now)


def swap(conn: Connection, slug: str, swaps: Sequence[Swap], who: By, now: datetime) -> None:
    """Let people stand for each other on whole shifts, whatever their hours will be.

    Raises:
        Problem: 404 no such rota; 422 no such shift on that day, or no such person.
    """
    rota_id = lock(conn, slug)
    check_people(conn, (person for one in swaps for person in (one.of, one.to)))
    for one in swaps:
        if not edit_store.is_planned(conn, rota_id, one.shift_id, one.day):
            raise Problem(
                422, "invalid", sentence("There is no such shift on {day}.", day=str(one.day))
            )
        known = read(conn, slug, now, now)
        edit_store.put_swap(conn, one)
        name, of = _name(conn, one.to), _name(conn, one.of)
        what = f"swapped {name} for {of} on {one.day:%d %B %Y}"
        edit_store.touch(conn, rota_id, who.name, what, now)
        shift = f"shift of {one.day:%d %B %Y}, as planned {of}"
        remember(conn, who, known, "swap", {shift: of}, {shift: name}, now)


def _said(conn: Connection, one: Override, zone: str, now: datetime) -> Facts:
    return {
        mark("when"): When(zone, now).window_on(one.starts_at, one.ends_at),
        mark("on duty"): _name(conn, one.person) or mark("nobody"),
        mark("instead of"): _name(conn, one.of) or mark("everybody"),
    }


def _name(conn: Connection, person_id: int | None) -> str:
    person = people.person(conn, person_id) if person_id else None
    return person.name if person else ""
