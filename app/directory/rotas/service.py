"""Verbs on rotas. They run inside the caller's transaction, and each writes down who did what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from app.access import links
from app.db.connection import Connection
from app.directory import service as directory
from app.directory import store as people
from app.directory.model import Person
from app.directory.rotas import edit_store, ical, opening, rules, store
from app.directory.rotas.edit_store import Settings
from app.directory.rotas.ical import UnreadableError
from app.directory.rotas.model import Covers, Rota, Shift, Span, Swap
from app.directory.rotas.store import Known
from app.errors import Problem
from app.plain import counted
from app.theme.times import When

_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")
LONGEST = timedelta(days=92)
"""Nobody takes a shift, or is away, for longer at a time."""
READ_AHEAD = timedelta(days=366)
"""So far a calendar is read; what comes later is read as time goes on."""
_FEED = "rota"


def read(conn: Connection, slug: str, since: datetime, until: datetime) -> Known:
    """A rota, with what decides who is on duty in this time.

    Raises:
        Problem: 404, there is no such rota.
    """
    known = store.by_slug(conn, slug, since, until)
    if known is None:
        raise _unknown(slug)
    return known


def put(
    conn: Connection,
    slug: str,
    depot: str,
    settings: Settings,
    shifts: Sequence[Shift],
    by: str,
    now: datetime,
    version: int | None = None,
) -> None:
    """Let there be this rota with these shifts; a shift that keeps its id keeps its swaps.

    Raises:
        Problem: 404 no such depot, 409 somebody changed it since `version`, 422 it cannot be so.
    """
    directory.check_zone(settings.zone)
    if not _SLUG.fullmatch(slug):
        raise Problem(422, "bad_slug", "A slug has lower-case letters, digits and hyphens.")
    _check_people(conn, (person for shift in shifts for person in shift.people))
    depot_id = people.depot_id(conn, depot)
    if depot_id is None:
        raise Problem(404, "no_such_depot", f"There is no depot {depot!r}.")
    found = edit_store.lock(conn, slug)
    if found is None:
        rota_id = edit_store.add(conn, slug, depot_id, settings, now)
        if rota_id is None:  # somebody was faster
            raise _changed()
        known: set[int] = set()
    else:
        rota_id, is_now = found
        if version is not None and version != is_now:
            raise _changed()
        known = {shift.id for shift in read(conn, slug, now, now).rota.shifts}
        edit_store.set_settings(conn, rota_id, depot_id, settings)
    if strange := {shift.id for shift in shifts if shift.id} - known:
        raise Problem(422, "invalid", f"This rota has no shift {min(strange)}.")
    edit_store.put_shifts(conn, rota_id, shifts)
    edit_store.touch(conn, rota_id, by, "changed the shifts" if found else "made the rota", now)


def remove(conn: Connection, slug: str) -> None:
    """Delete a rota that no level names.

    Raises:
        Problem: 404 there is no such rota; 409 a level would be empty.
    """
    rota_id = _lock(conn, slug)
    if levels := edit_store.levels_of(conn, rota_id):
        raise Problem(
            409, "rota_in_use", f"This rota is {', '.join(levels)}: name somebody else there first."
        )
    edit_store.remove(conn, rota_id)


def take(
    conn: Connection, slug: str, person: Person, until: datetime, by: str, now: datetime
) -> None:
    """Somebody is on duty from now on until then, whoever else would have been.

    Raises:
        Problem: 404 there is no such rota; 422 it is no time ahead.
    """
    override(conn, slug, now, until, person.id, None, by, now)


def override(
    conn: Connection,
    slug: str,
    starts_at: datetime,
    ends_at: datetime,
    person_id: int | None,
    of_id: int | None,
    by: str,
    now: datetime,
) -> int:
    """Let `person_id` be on duty in this time, for all or for `of_id`; without one that is away.

    What was said before of the same time gives way. Said twice it is said once. Returns its id.

    Raises:
        Problem: 404 no such rota, 422 no such person, or no such time.
    """
    rota_id = _lock(conn, slug)
    _check_people(conn, (one for one in (person_id, of_id) if one is not None))
    if person_id is None and of_id is None:
        raise Problem(422, "invalid", "Say who is on duty, or who is away.")
    if not now - LONGEST < starts_at < ends_at <= starts_at + LONGEST or ends_at <= now:
        raise Problem(
            422, "invalid", "The time must end after it begins, ahead of now and within 92 days."
        )
    known = read(conn, slug, starts_at, ends_at)
    for one in known.rota.overrides:
        if one[1:] == (starts_at, ends_at, person_id, of_id):
            return one.id
    override_id = edit_store.add_override(conn, rota_id, starts_at, ends_at, person_id, of_id)
    when = When(known.rota.zone, now).window_on(starts_at, ends_at)
    who = _name(conn, person_id) if person_id else ""
    of = _name(conn, of_id) if of_id else ""
    if person_id is None:
        what = f"said that {of} is away {when}"
    else:
        what = f"gave {when} to {who}" + (f" in place of {of}" if of else "")
    edit_store.touch(conn, rota_id, by, what, now)
    return override_id


def drop_override(conn: Connection, slug: str, override_id: int, by: str, now: datetime) -> None:
    """Take back who stands in, so that it is again as it was planned.

    Raises:
        Problem: 404, there is no such rota, or nothing of this id.
    """
    rota_id = _lock(conn, slug)
    if not edit_store.drop_override(conn, rota_id, override_id):
        raise Problem(404, "no_such_override", "This was taken back already, or never said.")
    edit_store.touch(conn, rota_id, by, "took back who stands in", now)


def swap(conn: Connection, slug: str, swaps: Sequence[Swap], by: str, now: datetime) -> None:
    """Let people stand for each other on whole shifts, whatever their hours will be.

    Raises:
        Problem: 404 no such rota; 422 no such shift on that day, or no such person.
    """
    rota_id = _lock(conn, slug)
    _check_people(conn, (person for one in swaps for person in (one.of, one.to)))
    for one in swaps:
        if not edit_store.is_planned(conn, rota_id, one.shift_id, one.day):
            raise Problem(422, "invalid", f"There is no such shift on {one.day}.")
        edit_store.put_swap(conn, one)
        who = f"{_name(conn, one.to)} for {_name(conn, one.of)}"
        edit_store.touch(conn, rota_id, by, f"swapped {who} on {one.day:%d %B %Y}", now)


def set_hours(
    conn: Connection,
    depot: str,
    hours: Sequence[tuple[int, time, time]],
    *,
    keeps_holidays: bool,
) -> None:
    """Let a depot be open at these hours; without any it always is.

    Raises:
        Problem: 404, there is no such depot.
    """
    depot_id = people.depot_id(conn, depot)
    if depot_id is None:
        raise Problem(404, "no_such_depot", f"There is no depot {depot!r}.")
    edit_store.put_hours(conn, depot_id, sorted(set(hours)), keeps_holidays=keeps_holidays)


def import_calendar(conn: Connection, slug: str, text: str, by: str, now: datetime) -> int:
    """Let a calendar say who is on duty, for a year ahead; without a text none does any more.

    Shifts of our own stay beside it, and overrides count over both. How many times on duty it has.

    Raises:
        Problem: 404 there is no such rota; 422 it cannot be read, with the lines.
    """
    rota_id = _lock(conn, slug)
    known = read(conn, slug, now, now)
    since, until = now - timedelta(days=31), now + READ_AHEAD
    try:
        everybody = people.everybody(conn)
        spans = ical.read(text, everybody, known.rota.zone, since, until) if text else []
    except UnreadableError as error:
        faults = [
            {"field": f"line {line}", "code": "bad_calendar", "detail": detail}
            for line, detail in error.faults
        ]
        why = "; ".join(f"line {line}: {detail}" for line, detail in error.faults[:3])
        raise Problem(422, "bad_calendar", f"Nothing was changed: {why}.", errors=faults) from error
    edit_store.put_imported(conn, rota_id, text, until, spans)
    what = f"read a calendar with {counted(len(spans), 'shift')}" if text else "ended the calendar"
    edit_store.touch(conn, rota_id, by, what, now)
    return len(spans)


def renew_feed(conn: Connection, slug: str, by: str, now: datetime) -> None:
    """End all links of the rota's calendar.

    Raises:
        Problem: 404, there is no such rota.
    """
    rota_id = _lock(conn, slug)
    edit_store.renew_feed(conn, rota_id)
    edit_store.touch(conn, rota_id, by, "made a new link of the calendar", now)


def feed_token(known: Known) -> str:
    """What opens a rota's calendar without a sign-in."""
    return links.make(_FEED, known.rota.id, known.feed_version)


def check_feed(known: Known, token: str) -> None:
    """Let a calendar in whose link is this rota's, and is the newest.

    Raises:
        Problem: 404, it is not.
    """
    if links.read(_FEED, token) != (known.rota.id, known.feed_version):
        raise Problem(404, "unknown_link", "This link is not known, or a newer one took its place.")


def holes(
    conn: Connection, known: Known, since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """When somebody should be on duty in this time and nobody is."""
    spans = [one for one in rules.final(known.rota, since, until) if one.person in known.people]
    wanted = _wanted(conn, known, since, until)
    return rules.uncovered(wanted, spans)


def _wanted(
    conn: Connection, known: Known, since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    covers = known.rota.covers
    if covers is Covers.ALWAYS:
        return [(since, until)]
    if covers is Covers.OPEN:
        hours = store.opening(conn, known.depot_id, since, until)
        return opening.open_times(hours, since, until)
    times = rules.shift_times(known.rota, since, until)
    cut = ((max(starts, since), min(ends, until)) for starts, ends in times)
    return rules.joined(one for one in cut if one[0] < one[1])


def schedule(rota: Rota, since: datetime, until: datetime) -> list[Span]:
    """Who is on duty in this time, as people read it: what follows upon each other is one."""
    return rules.merged(rules.final(rota, since, until))


def _lock(conn: Connection, slug: str) -> int:
    found = edit_store.lock(conn, slug)
    if found is None:
        raise _unknown(slug)
    return found[0]


def _check_people(conn: Connection, ids: Iterable[int]) -> None:
    wanted = set(ids)
    if missing := wanted - edit_store.people_ids(conn, list(wanted)):
        raise Problem(422, "no_such_member", f"There is nobody with the id {min(missing)}.")


def _name(conn: Connection, person_id: int) -> str:
    person = people.person(conn, person_id)
    return person.name if person else "somebody"


def _unknown(slug: str) -> Problem:
    return Problem(404, "no_such_rota", f"There is no rota {slug!r}.")


def _changed() -> Problem:
    return Problem(
        409,
        "rota_changed",
        "Somebody changed this rota while you had it open. Look at it again, then change it.",
    )
