"""Somebody asks for cover and whoever is first takes it; holes are told to who can mend them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from app import languages
from app.access import links
from app.channels import service as channels
from app.channels.service import Draft
from app.db.connection import Connection
from app.directory import store as directory
from app.directory.changes import ITSELF, By
from app.directory.model import Person
from app.directory.rotas import rules as duty
from app.directory.rotas import service as rotas
from app.directory.rotas import standing_in
from app.directory.rotas import store as rotas_store
from app.directory.rotas.store import Known
from app.dispatch import rules
from app.dispatch.oncall import cover_store, store, texts, views
from app.dispatch.oncall.cover_store import Cover
from app.errors import Problem
from app.languages.language import mark
from app.theme.times import When

log = structlog.get_logger(__name__)

AHEAD = (2, 7)
"""So many days before a hole begins, who is in charge is told."""
_READ_ON = timedelta(days=90)


def ask(
    conn: Connection,
    slug: str,
    person: Person,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> int:
    """Ask the others of a rota to take what this person would have in that time; how many.

    Raises:
        Problem: 404 no such rota; 422 they are not on duty then, or nobody else is there.
    """
    known = rotas.read(conn, slug, starts_at, ends_at)
    starts_at = max(starts_at, now)
    own = [
        one
        for one in duty.final(known.rota, starts_at, ends_at)
        if one.person == person.id and one.starts_at < ends_at
    ]
    if starts_at >= ends_at or not own:
        raise Problem(
            422, "invalid", mark("You are not on duty then, so there is nothing to cover.")
        )
    others = [one for one in known.people.values() if one.id != person.id]
    if not others:
        raise Problem(
            422, "invalid", mark("Nobody else takes part in this rota whom we could ask.")
        )
    cover_id = cover_store.ask(conn, known.rota.id, person.id, starts_at, ends_at, now)
    if cover_id is None:
        raise Problem(422, "invalid", mark("The others have been asked for this already."))
    drafts: list[Draft] = []
    for other in others:
        link, language = links.url("cover", cover_id, other.id), other.speaks
        when = views.times(starts_at, ends_at, When(known.rota.zone, now, language))
        subject, text = texts.cover(language, person.name, known.rota.name, when, link)
        drafts += _drafts(
            other, f"cover-{cover_id}:{other.id}", subject, text, ends_at, _country(conn, known)
        )
    channels.enqueue(conn, drafts, now)
    return len(others)


def accept(conn: Connection, cover_id: int, person: Person, now: datetime) -> Cover:
    """Take what somebody asked cover for; what is true of it afterwards, also for who is late.

    Raises:
        Problem: 404 nobody asked for it; 409 it is over.
    """
    cover = cover_store.lock(conn, cover_id)
    if cover is None:
        raise Problem(404, "unknown_link", mark("This link is not known."))
    if cover.taken_by is not None:
        return cover
    if cover.ends_at <= now:
        raise Problem(409, "cover_over", mark("This shift is over; thank you all the same."))
    starts_at = max(cover.starts_at, now)
    who = By(person.name, person.id)
    standing_in.override(
        conn, cover.rota, starts_at, cover.ends_at, person.id, cover.person_id, who, now
    )
    cover_store.take(conn, cover_id, person.id, now)
    known = rotas.read(conn, cover.rota, starts_at, cover.ends_at)
    asked = directory.person(conn, cover.person_id)
    if asked is not None:
        language = asked.speaks
        when = views.times(cover.starts_at, cover.ends_at, When(known.rota.zone, now, language))
        subject, text = texts.covered(language, person.name, known.rota.name, when)
        key, country = f"cover-{cover_id}:taken", _country(conn, known)
        drafts = _drafts(asked, key, subject, text, cover.ends_at, country)
        channels.enqueue(conn, drafts, now)
    return cover_store.find(conn, cover_id) or cover


def watch(conn: Connection, now: datetime) -> int:
    """Tell who is in charge of each hole seven and two days ahead; of how many they were told.

    Calendars that were imported are read on, so that they do not end by themselves.
    """
    told = 0
    until = now + timedelta(days=max(AHEAD))
    for known in rotas_store.all_of(conn, now, until):
        _read_on(conn, known, now)
        told += _warn(conn, known, now, until)
    return told


def _warn(conn: Connection, known: Known, now: datetime, until: datetime) -> int:
    depot = store.depot(conn, known.depot)
    person = directory.person(conn, depot.in_charge) if depot else None
    language = person.speaks if person else languages.get()
    when = When(known.rota.zone, now, language)
    found = {
        starts: views.times(starts, ends, when)
        for starts, ends in rotas.holes(conn, known, now, until)
        if starts > now  # one that has begun was told of before it did
    }
    for cover in cover_store.open_of(conn, known.rota.id, now):
        if now < cover.starts_at < until:
            at = views.times(cover.starts_at, cover.ends_at, when)
            found[cover.starts_at] = language.say(
                "{when} ({name} asked for cover)", when=at, name=cover.asked_by
            )
    staged = [(at, next(n for n in AHEAD if at <= now + timedelta(days=n))) for at in found]
    new = cover_store.warn(conn, known.rota.id, sorted(staged), now)
    if not new or person is None or depot is None:
        return 0
    place = links.place(f"/console/rotas/{known.rota.slug}")
    holes = [found[at] for at in sorted(new)]
    subject, text = texts.holes(language, known.rota.name, depot.name, holes, place)
    key = f"rota-{known.rota.id}:holes:{now.timestamp()}"
    drafts = _drafts(person, key, subject, text, max(new), depot.country)
    channels.enqueue(conn, drafts, now)
    return len(new)


def _read_on(conn: Connection, known: Known, now: datetime) -> None:
    ends = known.read_until
    if known.source and ends and ends - rotas.READ_AHEAD + _READ_ON < now:
        try:
            rotas.import_calendar(conn, known.rota.slug, known.source, ITSELF, now)
        except Problem as problem:  # somebody it names is not there any more: its holes are told
            log.warning("calendar_not_read_on", rota_id=known.rota.id, code=problem.code)


def _country(conn: Connection, known: Known) -> str:
    depot = store.depot(conn, known.depot)
    return depot.country if depot else "ZZ"


def _drafts(
    person: Person, key: str, subject: str, text: str, not_after: datetime, country: str
) -> Sequence[Draft]:
    return [
        Draft(
            case_id=0,
            audience="dispatcher",
            topic="rota",
            idempotency_key=f"{key}:{route.channel}",
            routes=[route],
            subject=subject,
            text=text,
            needs_case="none",
            not_after=not_after,
            request_id=key,
        )
        for route in rules.routes(person, country)
    ]
