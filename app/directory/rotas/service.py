"""Verbs on rotas. They run inside the caller's transaction, and each writes down who did what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from app.access import links
from app.db.connection import Connection
from app.directory import changes
from app.directory import service as directory
from app.directory import store as people
from app.directory.changes import By, Facts
from app.directory.rotas import edit_store, facts, ical, opening, rules, store
from app.directory.rotas.edit_store import Settings
from app.directory.rotas.ical import UnreadableError
from app.directory.rotas.model import Covers, Rota, Shift, Span
from app.directory.rotas.store import Known
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import again, joined, sentence
from app.plain import counted

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
    who: By,
    now: datetime,
    version: int | None = None,
) -> None:
    """Let there be this rota with these shifts; a shift that keeps its id keeps its swaps.

    Raises:
        Problem: 404 no such depot, 409 somebody changed it since `version`, 422 it cannot be so.
    """
    directory.check_zone(settings.zone)
    directory.check_slug(slug)
    check_people(conn, (person for shift in shifts for person in shift.people))
    if twice := rules.twice_at_once(shifts):
        person = people.person(conn, twice)
        name = person.name if person else sentence("Somebody")
        raise Problem(
            422,
            "shifts_overlap",
            sentence("{name} would have two shifts at the same time.", name=name),
        )
    depot_id = people.depot_id(conn, depot)
    if depot_id is None:
        raise Problem(
            404, "no_such_depot", sentence("There is no depot {depot}.", depot=repr(depot))
        )
    found = edit_store.lock(conn, slug)
    if found is None:
        rota_id = edit_store.add(conn, slug, depot_id, settings, now)
        if rota_id is None:  # somebody was faster
            raise _changed()
        before: Facts = {}
        known: set[int] = set()
    else:
        rota_id, is_now = found
        if version is not None and version != is_now:
            raise _changed()
        was = read(conn, slug, now, now)
        before = facts.of_rota(was.rota, was.people, was.depot)
        known = {shift.id for shift in was.rota.shifts}
        edit_store.set_settings(conn, rota_id, depot_id, settings)
    if strange := {shift.id for shift in shifts if shift.id} - known:
        raise Problem(
            422, "invalid", sentence("This rota has no shift {number}.", number=min(strange))
        )
    edit_store.put_shifts(conn, rota_id, shifts)
    edit_store.touch(
        conn, rota_id, who.name, mark("changed the shifts") if found else mark("made the rota"), now
    )
    after = read(conn, slug, now, now)
    said = facts.of_rota(after.rota, after.people, after.depot)
    remember(conn, who, after, "rota", before, said, now)


def remove(conn: Connection, slug: str, who: By, now: datetime) -> None:
    """Delete a rota that no level names.

    Raises:
        Problem: 404 there is no such rota; 409 a level would be empty.
    """
    rota_id = lock(conn, slug)
    if levels := edit_store.levels_of(conn, rota_id):
        raise Problem(
            409,
            "rota_in_use",
            sentence(
                "This rota is {levels}: name somebody else there first.", levels=", ".join(levels)
            ),
        )
    known = read(conn, slug, now, now)
    before = facts.of_rota(known.rota, known.people, known.depot)
    edit_store.remove(conn, rota_id)
    remember(conn, who, known, "rota", before, {}, now)


def import_calendar(conn: Connection, slug: str, text: str, who: By, now: datetime) -> int:
    """Let a calendar say who is on duty, for a year ahead; without a text none does any more.

    Shifts of our own stay beside it, and overrides count over both. How many times on duty it has.

    Raises:
        Problem: 404 there is no such rota; 422 it cannot be read, with the lines.
    """
    rota_id = lock(conn, slug)
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
        why = joined(
            [
                sentence("Nothing was changed."),
                *(
                    sentence("Line {line}: {why}.", line=str(line), why=partial(again, said=detail))
                    for line, detail in error.faults[:3]
                ),
            ]
        )
        raise Problem(422, "bad_calendar", why, errors=faults) from error
    edit_store.put_imported(conn, rota_id, text, until, spans)
    what = mark("read a calendar") if text else mark("ended the calendar")
    edit_store.touch(conn, rota_id, who.name, what, now)
    before, after = ({"calendar": _calendar(one)} for one in (known.source, text))
    remember(conn, who, known, "rota", before, after, now)
    return len(spans)


def renew_feed(conn: Connection, slug: str, who: By, now: datetime) -> None:
    """End all links of the rota's calendar.

    Raises:
        Problem: 404, there is no such rota.
    """
    rota_id = lock(conn, slug)
    edit_store.renew_feed(conn, rota_id)
    edit_store.touch(conn, rota_id, who.name, mark("made a new link of the calendar"), now)
    known = read(conn, slug, now, now)
    before, after = ({"calendar's link": f"number {known.feed_version - n}"} for n in (1, 0))
    remember(conn, who, known, "rota", before, after, now)


def feed_token(known: Known) -> str:
    """What opens a rota's calendar without a sign-in."""
    return links.make(_FEED, known.rota.id, known.feed_version)


def check_feed(known: Known, token: str) -> None:
    """Let a calendar in whose link is this rota's, and is the newest.

    Raises:
        Problem: 404, it is not.
    """
    if links.read(_FEED, token) != (known.rota.id, known.feed_version):
        raise Problem(
            404, "unknown_link", mark("This link is not known, or a newer one took its place.")
        )


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


def lock(conn: Connection, slug: str) -> int:
    """A rota's id, locked until the transaction ends.

    Raises:
        Problem: 404, there is no such rota.
    """
    found = edit_store.lock(conn, slug)
    if found is None:
        raise _unknown(slug)
    return found[0]


def check_people(conn: Connection, ids: Iterable[int]) -> None:
    """Let pass whom one can call.

    Raises:
        Problem: 422, one of them is nobody.
    """
    wanted = set(ids)
    if missing := wanted - edit_store.people_ids(conn, list(wanted)):
        raise Problem(
            422,
            "no_such_member",
            sentence("There is nobody with the id {it}.", it=str(min(missing))),
        )


def remember(
    conn: Connection,
    who: By,
    known: Known,
    kind: str,
    before: Facts,
    after: Facts,
    now: datetime,
) -> None:
    """Write down in the memory of the set-up what of a rota is otherwise now."""
    subject = (known.rota.id, known.rota.name)
    changes.record(conn, who, kind, subject, [known.depot_id], before, after, now)


def _calendar(text: str | None) -> str:
    return f"one with {counted(text.count('BEGIN:VEVENT'), 'event')}" if text else "none"


def _unknown(slug: str) -> Problem:
    return Problem(404, "no_such_rota", sentence("There is no rota {it}.", it=repr(slug)))


def _changed() -> Problem:
    return Problem(
        409,
        "rota_changed",
        mark("Somebody changed this rota while you had it open. Look at it again, then change it."),
    )
