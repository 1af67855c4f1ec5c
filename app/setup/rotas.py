"""The rotas of a set-up file, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app import clock
from app.db.connection import Connection
from app.directory.rotas import service, store
from app.directory.rotas.edit_store import Settings
from app.directory.rotas.model import Covers, Handover, Shift
from app.setup import fields
from app.setup.people import ids_of

if TYPE_CHECKING:
    from app.setup.applying import Work


def put(work: Work, slug: str, said: Mapping[str, Any]) -> None:
    """Let a rota be so; a shift at the same times keeps what was swapped in it."""
    turns = Handover(said["turns"]["first"], said["turns"]["at"], said["turns"]["days"])
    settings = Settings(said["name"], said["timezone"], turns, Covers(said["covers"]))
    known = store.by_slug(work.conn, slug, work.now, work.now)
    before = list(known.rota.shifts) if known else []
    shifts = []
    for one in said["shifts"]:
        times = (frozenset(one["days"]), one["starts"], one["ends"])
        same = next((old for old in before if old[1:4] == times), None)
        if same:
            before.remove(same)
        people = tuple(ids_of(work.conn, one["people"]))
        shifts.append(Shift(same.id if same else 0, *times, people, one["first"], one["last"]))
    if known:
        rota = known.rota
        was = Settings(rota.name, rota.zone, rota.handover, rota.covers)
        if (was, known.depot, sorted(rota.shifts)) == (settings, said["depot"], sorted(shifts)):
            return
    service.put(work.conn, slug, said["depot"], settings, shifts, work.who, work.now)


def export(conn: Connection) -> dict[str, Any]:
    """Every rota, as a file says it; swaps and overrides are of the day and stay out of it."""
    now = clock.now()
    found = {}
    for slug, _ in store.names(conn):
        known = store.by_slug(conn, slug, now, now)
        assert known is not None  # noqa: S101 - it was just listed
        rota, turns = known.rota, known.rota.handover
        found[slug] = {
            "name": rota.name,
            "depot": known.depot,
            "timezone": rota.zone,
            "turns": {"first": turns.first, "at": fields.wall(turns.at), "days": turns.days},
            "covers": str(rota.covers),
            "shifts": [
                {
                    "days": fields.days(shift.weekdays),
                    "starts": fields.wall(shift.starts),
                    "ends": fields.wall(shift.ends),
                    "people": [email for one in shift.people if (email := known.people[one].email)],
                    **({"first": shift.first} if shift.first else {}),
                    **({"last": shift.last} if shift.last else {}),
                }
                for shift in rota.shifts
            ],
        }
    return found
