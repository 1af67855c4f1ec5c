"""Rotas and ladders for staff and their systems, and who would be called."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app import clock
from app.access import links, scope
from app.access.api import Blueprint
from app.access.keys import caller, require
from app.access.once import once
from app.access.openapi import may_answer
from app.db.connection import Connection, connection, transaction
from app.directory import ladders
from app.directory.changes import by
from app.directory.ladders import CalledWhen, NewRung
from app.directory.model import Person
from app.directory.rotas import rules, standing_in
from app.directory.rotas import service as rotas
from app.directory.rotas import store as rotas_store
from app.directory.rotas.edit_store import Settings
from app.directory.rotas.model import Handover, Shift, Swap
from app.directory.rotas.store import Known
from app.dispatch.oncall import schemas, service
from app.errors import Problem

blueprint = Blueprint("oncall", __name__, url_prefix="/api/v1", description="Who is on duty")

_AHEAD, _MOST = timedelta(days=14), timedelta(days=92)


@blueprint.get("/depots/<slug>/oncall")
@require("dispatcher")
@blueprint.arguments(schemas.OncallQuery, location="query")
@blueprint.response(200, schemas.OncallOut)
@may_answer("no_such_depot")
def oncall(query: dict[str, Any], slug: str) -> dict[str, Any]:
    """Who would be called at a depot, when and by what, if a delivery failed at that moment."""
    return _oncall(connection(), slug, query["at"] or clock.now())


def _oncall(conn: Connection, slug: str, at: datetime) -> dict[str, Any]:
    answer = service.would_call(conn, slug, at)
    return {
        "depot": answer.depot.slug,
        "at": answer.at,
        "timezone": answer.depot.zone,
        "open": answer.closed is None,
        "closed_for": answer.closed,
        "calls": [
            {
                "at": call.at,
                "level": call.level,
                "last": call.catch_all,
                "rotas": call.rotas,
                "until": call.until,
                "called": [
                    {"person": person, "channels": [way[0].channel for way in ways]}
                    for person, ways in call.people
                ],
                "passed_over": [
                    {"level": one.level, "why": one.why, "rotas": one.rotas} for one in call.passed
                ],
            }
            for call in answer.calls
        ],
    }


@blueprint.get("/depots/<slug>/ladder")
@require("dispatcher")
@blueprint.response(200, schemas.LadderOut)
@may_answer("no_such_depot")
def ladder(slug: str) -> dict[str, Any]:
    """A depot's levels, as they are set up."""
    now = clock.now()
    known = service.would_call(connection(), slug, now).ladder
    levels = [
        {
            "people": rung.people,
            "rotas": [known.rotas[rota].rota.slug for rota in rung.rotas],
            "everyone": rung.everyone,
            "wait_seconds": int(rung.wait.total_seconds()),
            "called": rung.called,
            "ways": [
                {"channel": way.channel, "wait_seconds": int(way.wait.total_seconds())}
                for way in rung.ways
            ],
        }
        for rung in known.rungs
    ]
    return {"levels": levels, "last": known.last.people[0]}


@blueprint.put("/depots/<slug>/ladder")
@require("supervisor")
@blueprint.arguments(schemas.LadderIn)
@blueprint.response(200, schemas.OncallOut)
@may_answer("no_such_depot", "last_level_empty")
def put_ladder(body: dict[str, Any], slug: str) -> dict[str, Any]:
    """Give a depot these levels; the answer is who would be called now."""
    with transaction() as conn:
        rungs, now = [_rung(level) for level in body["levels"]], clock.now()
        ladders.put(conn, by(caller()), slug, rungs, body["last"], now)
        return _oncall(conn, slug, now)


@blueprint.get("/rotas")
@require("dispatcher")
@blueprint.response(200, schemas.RotaPage)
def listing() -> dict[str, Any]:
    """All rotas, and who is on duty now."""
    now = clock.now()
    known = rotas_store.all_of(connection(), now, now)
    return {"items": [_listed(one, now) for one in known if _sees(one.depot_id)]}


@blueprint.get("/rotas/<rota>")
@require("dispatcher")
@blueprint.arguments(schemas.RotaQuery, location="query")
@blueprint.response(200, schemas.RotaOut)
@may_answer("no_such_rota")
def show(query: dict[str, Any], rota: str) -> dict[str, Any]:
    """A rota, and who is on duty in that time: the final schedule, with swaps and overrides."""
    since = query["since"] or clock.now()
    until = min(query["until"] or since + _AHEAD, since + _MOST)
    return _shown(connection(), rota, since, max(since, until))


@blueprint.put("/rotas/<rota>")
@require("supervisor")
@blueprint.arguments(schemas.RotaIn)
@blueprint.response(200, schemas.RotaOut)
@may_answer(
    "no_such_depot", "bad_zone", "bad_slug", "no_such_member", "rota_changed", "shifts_overlap"
)
def put(body: dict[str, Any], rota: str) -> dict[str, Any]:
    """Make a rota, or give it these settings and shifts."""
    now, turns = clock.now(), body["handover"]
    handover = Handover(turns["first"], turns["at"], turns["days"])
    scope.check(caller().sees, "slug", [body["depot"]])
    settings = Settings(body["name"], body["timezone"], handover, body["covers"])
    with transaction() as conn:
        shifts = [_shift(one) for one in body["shifts"]]
        rotas.put(conn, rota, body["depot"], settings, shifts, by(caller()), now, body["version"])
        return _shown(conn, rota, now, now + _AHEAD)


@blueprint.delete("/rotas/<rota>")
@require("supervisor")
@blueprint.response(204)
@may_answer("no_such_rota", "rota_in_use")
def remove(rota: str) -> None:
    """Delete a rota that no ladder names."""
    with transaction() as conn:
        rotas.remove(conn, rota, by(caller()), clock.now())


@blueprint.post("/rotas/<rota>/overrides")
@require("dispatcher")
@once()
@blueprint.arguments(schemas.OverrideIn)
@blueprint.response(201, schemas.RotaOut)
@may_answer("no_such_rota", "no_such_member")
def override(body: dict[str, Any], rota: str) -> dict[str, Any]:
    """Let somebody stand in, or say that somebody is away. Said twice it is said once."""
    now = clock.now()
    with transaction() as conn:
        times = body["starts_at"], body["ends_at"]
        who = body["person"], body["instead_of"]
        standing_in.override(conn, rota, *times, *who, by(caller()), now)
        return _shown(conn, rota, now, now + _AHEAD)


@blueprint.delete("/rotas/<rota>/overrides/<id:override_id>")
@require("dispatcher")
@blueprint.response(204)
@may_answer("no_such_rota", "no_such_override")
def drop_override(rota: str, override_id: int) -> None:
    """Take back who stands in."""
    with transaction() as conn:
        standing_in.drop_override(conn, rota, override_id, by(caller()), clock.now())


@blueprint.post("/rotas/<rota>/swaps")
@require("dispatcher")
@once()
@blueprint.arguments(schemas.SwapsIn)
@blueprint.response(201, schemas.RotaOut)
@may_answer("no_such_rota", "no_such_member")
def swap(body: dict[str, Any], rota: str) -> dict[str, Any]:
    """Let people stand for each other on whole shifts, whatever hours these will have."""
    now = clock.now()
    swaps = [Swap(s["shift"], s["day"], s["instead_of"], s["person"]) for s in body["swaps"]]
    with transaction() as conn:
        standing_in.swap(conn, rota, swaps, by(caller()), now)
        return _shown(conn, rota, now, now + _AHEAD)


@blueprint.post("/rotas/<rota>/take")
@require("dispatcher")
@once()
@blueprint.arguments(schemas.TakeIn)
@blueprint.response(201, schemas.RotaOut)
@may_answer("no_such_rota", "no_such_member")
def take(body: dict[str, Any], rota: str) -> dict[str, Any]:
    """Be on duty from now on until then."""
    now, person = clock.now(), caller().person_id or body["person"]
    if person is None:
        raise Problem(422, "no_such_member", "This key is nobody's: say who takes it.")
    with transaction() as conn:
        standing_in.override(conn, rota, now, body["until"], person, None, by(caller()), now)
        return _shown(conn, rota, now, now + _AHEAD)


@blueprint.post("/rotas/<rota>/import")
@require("supervisor")
@blueprint.arguments(schemas.CalendarIn)
@blueprint.response(200, schemas.ImportOut)
@may_answer("no_such_rota", "bad_calendar")
def import_calendar(body: dict[str, Any], rota: str) -> dict[str, Any]:
    """Let a calendar say who is on duty, in place of the one that was imported before."""
    with transaction() as conn:
        text = body["calendar"]
        return {"shifts": rotas.import_calendar(conn, rota, text, by(caller()), clock.now())}


def _sees(depot_id: int) -> bool:
    depots = caller().depots
    return depots is None or depot_id in depots


def _rung(level: dict[str, Any]) -> NewRung:
    ways = [
        {"channel": way["channel"], "wait": way["wait_seconds"], "tries": way["tries"]}
        for way in level["ways"]
    ]
    return NewRung(
        level["people"],
        level["rotas"],
        level["everyone"],
        timedelta(seconds=level["wait_seconds"]),
        CalledWhen(level["called"]),
        ways,
    )


def _shift(raw: dict[str, Any]) -> Shift:
    return Shift(
        raw["id"],
        frozenset(raw["weekdays"]),
        raw["starts"],
        raw["ends"],
        tuple(raw["people"]),
        raw["first"],
        raw["last"],
    )


def _listed(known: Known, now: datetime) -> dict[str, Any]:
    rota = known.rota
    return {
        "slug": rota.slug,
        "name": rota.name,
        "depot": known.depot,
        "timezone": rota.zone,
        "on_duty": _people(known, rules.on_duty(rota, now)),
    }


def _people(known: Known, ids: list[int]) -> list[Person]:
    return [known.people[person] for person in ids if person in known.people]


def _shown(conn: Connection, slug: str, since: datetime, until: datetime) -> dict[str, Any]:
    known = rotas.read(conn, slug, since, until)
    rota = known.rota
    holes = rotas.holes(conn, known, since, until)
    return {
        **_listed(known, since),
        "handover": rota.handover._asdict(),
        "covers": rota.covers,
        "version": known.version,
        "people": list(known.people.values()),
        "shifts": [one._asdict() | {"weekdays": sorted(one.weekdays)} for one in rota.shifts],
        "overrides": [one._asdict() | {"instead_of": one.of} for one in rota.overrides],
        "schedule": [
            one._asdict() | {"person": known.people[one.person]}
            for one in rotas.schedule(rota, since, until)
            if one.person in known.people
        ],
        "holes": [{"starts_at": starts, "ends_at": ends} for starts, ends in holes],
        "feed": links.at(f"/rotas/{rota.slug}.ics?token={rotas.feed_token(known)}"),
    }
