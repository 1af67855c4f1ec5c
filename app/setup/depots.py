"""The depots of a set-up file, with what they offer and who is called there, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from app import clock
from app.db.connection import Connection
from app.directory import hours, ladders
from app.directory.ladders import CalledWhen, NewRung, Rung
from app.directory.rotas.model import Opening
from app.errors import Problem
from app.managing import areas, depots, depots_store, people_store, points
from app.managing.depots import Where
from app.managing.depots_store import Depot, Window
from app.managing.endpoints import Subject
from app.setup import chats, fields, names_store, systems
from app.setup.people import id_of, ids_of

if TYPE_CHECKING:
    from app.setup.applying import Work

_CUTOFF = timedelta(hours=12)
"""A window is booked until so long before, unless the file says otherwise."""


def add(work: Work, slug: str, said: Mapping[str, Any]) -> None:
    """Let there be this depot, at this place."""
    where = Where(timezone=said["timezone"], country=said["country"], region=said.get("region"))
    if depots_store.lock(work.conn, slug) is None:
        in_charge = id_of(work.conn, said["in_charge"])
        depots.add(work.conn, work.who, slug, said["name"], where, in_charge, work.now)
    depot = depots.find(work.conn, slug)
    depots.set_where(work.conn, work.who, depot, where, work.now)
    place = (said["name"], said["address"], said.get("phone", ""))
    depots.set_place(work.conn, work.who, depot, *place, work.now)


def leave(work: Work, slug: str, said: Mapping[str, Any]) -> None:
    """Let it serve no postcodes that another depot of the file may be given."""
    if "postcodes" in said:
        depot = depots.find(work.conn, slug)
        wanted = areas.read(",".join(said["postcodes"]))
        left = [one for one in depots_store.areas(work.conn, depot.id)[""] if one in wanted]
        areas.put(work.conn, work.who, depot, left, work.now)


def put(work: Work, slug: str, said: Mapping[str, Any]) -> None:
    """Let it offer this, and call these."""
    depot = depots.find(work.conn, slug)
    for name, act in _PARTS.items():
        if name in said:
            with work.at("depots", slug, name):
                act(work, depot, said)
    if "levels" not in said and names_store.in_charge(work.conn, depot.id) != said["in_charge"]:
        why = "Who is in charge is the last level: give the `levels` too to change it."
        raise Problem(422, "invalid", why)


def _hours(work: Work, depot: Depot, said: Mapping[str, Any]) -> None:
    before = hours.read(work.conn, depot.id, work.now)
    wanted = before.hours
    if "hours" in said:
        wanted = [
            (day, one["opens"], one["closes"]) for one in said["hours"] for day in one["days"]
        ]
    keeps = said.get("closed_on_holidays", before.keeps_holidays)
    hours.put(work.conn, work.who, depot.slug, wanted, work.now, keeps_holidays=keeps)


def _windows(work: Work, depot: Depot, said: Mapping[str, Any]) -> None:
    wanted = {
        Window(day, one["starts"], one["ends"], one["parcels"], one["booked_until"] or _CUTOFF): n
        for n, one in enumerate(said["windows"])
        for day in one["days"]
    }
    there = depots_store.windows(work.conn, depot.id)
    for old in there:
        if old not in wanted:
            at = (old.weekday, old.starts)
            depots.remove_window(work.conn, work.who, depot, *at, work.now)
    for new, number in wanted.items():
        if new not in there:
            rest = ((new.starts, new.ends), new.capacity, new.cutoff, work.now)
            with work.at("depots", depot.slug, "windows", str(number)):
                depots.add_windows(work.conn, work.who, depot, [new.weekday], *rest)


def _closures(work: Work, depot: Depot, said: Mapping[str, Any]) -> None:
    today = clock.local(work.now, depot.timezone).date()
    wanted = {one["day"]: one["why"] for one in said["closures"] if one["day"] >= today}
    there = {row["day"]: row["why"] for row in depots_store.closures(work.conn, depot.id, today)}
    for day, why in there.items():
        if wanted.get(day) != why:
            depots.open_on(work.conn, work.who, depot, day, work.now)
    for day, why in wanted.items():
        if there.get(day) != why:
            depots.close_on(work.conn, work.who, depot, day, why, work.now)


def _levels(work: Work, depot: Depot, said: Mapping[str, Any]) -> None:
    rungs = [
        NewRung(
            people=ids_of(work.conn, one["people"]),
            rotas=one["rotas"],
            everyone=one["everyone"],
            wait=one["wait"],
            called=CalledWhen(one["when"]),
            ways=[{**way, "wait": int(way["wait"].total_seconds())} for way in one["ways"]],
        )
        for one in said["levels"]
    ]
    last = id_of(work.conn, said["in_charge"])
    ladders.put(work.conn, work.who, depot.slug, rungs, last, work.now)


def _points(work: Work, depot: Depot, said: Mapping[str, Any]) -> None:
    known = {point.name: point.id for point in depots_store.points(work.conn, depot.id)}
    for number, one in enumerate(said["pickup_points"]):
        facts = {name: value for name, value in one.items() if name != "places"}
        with work.at("depots", depot.slug, "pickup_points", str(number)):
            point = (known.get(one["name"], 0), facts | {"capacity": one["places"]})
            depots.put_point(work.conn, work.who, depot, *point, work.now)


def _points_file(work: Work, depot: Depot, said: Mapping[str, Any]) -> None:
    """The points of a courier's or a network's file; those that it does not name stay."""
    path = work.document.folder / said["pickup_points_file"]
    try:
        with path.open(encoding="utf-8-sig") as lines:
            result = points.take(work.conn, depot.id, lines, as_json=path.suffix != ".csv")
    except (OSError, ValueError) as error:
        raise Problem(422, "invalid", f"{path.name} cannot be used: {error}.") from error
    if result.faults:
        raise Problem(422, "invalid", f"{path.name}: {result.said}")
    points.remember(work.conn, work.who, depot, path.name, result.changed, work.now)


def _postcodes(work: Work, depot: Depot, said: Mapping[str, Any]) -> None:
    wanted = areas.read(",".join(said["postcodes"]))
    areas.put(work.conn, work.who, depot, wanted, work.now)


def _chats(work: Work, depot: Depot, said: Mapping[str, Any]) -> None:
    chats.put(work, _subject(depot), ("depots", depot.slug), said["chats"])


def _systems(work: Work, depot: Depot, said: Mapping[str, Any]) -> None:
    systems.put(work, _subject(depot), ("depots", depot.slug), said["systems"])


def _subject(depot: Depot) -> Subject:
    return Subject("depot", depot.id, depot.name, [depot.id])


_PARTS = {
    "hours": _hours,
    "closed_on_holidays": _hours,
    "windows": _windows,
    "closures": _closures,
    "levels": _levels,
    "pickup_points": _points,
    "pickup_points_file": _points_file,
    "chats": _chats,
    "systems": _systems,
    "postcodes": _postcodes,
}


def export(conn: Connection, beside: dict[str, str | bytes]) -> dict[str, Any]:
    """Every depot, as a file says it; closed days from today on, points with a code beside it."""
    found = {slug: _said(conn, slug) for _, slug, _ in people_store.depots(conn, None)}
    for slug, said in found.items():
        if text := points.written(conn, depots.find(conn, slug).id):
            said["pickup_points_file"] = f"{slug}.points.csv"
            beside[said["pickup_points_file"]] = text
    return found


def _said(conn: Connection, slug: str) -> dict[str, Any]:
    now = clock.now()
    depot = depots.find(conn, slug)
    today = clock.local(now, depot.timezone).date()
    ladder = ladders.read(conn, depot.id, timedelta(), now, now)
    opening = hours.read(conn, depot.id, now)
    return {
        "name": depot.name,
        "country": depot.country,
        **({"region": depot.region} if depot.region else {}),
        "timezone": depot.timezone,
        "address": depot.address,
        **({"phone": depot.phone} if depot.phone else {}),
        "in_charge": ladder.last.people[0].email or "",
        **({"postcodes": served} if (served := depots_store.areas(conn, depot.id)[""]) else {}),
        "closed_on_holidays": opening.keeps_holidays,
        "hours": _said_hours(opening),
        "windows": _said_windows(depots_store.windows(conn, depot.id)),
        "closures": [dict(row) for row in depots_store.closures(conn, depot.id, today)],
        "levels": [
            _said_level(rung, {number: known.rota.slug for number, known in ladder.rotas.items()})
            for rung in ladder.rungs
        ],
        "pickup_points": [
            {
                "name": point.name,
                "address": point.address,
                "hours": point.hours,
                "ready_in": fields.span(point.ready_in),
                "keeps_for": fields.span(point.keeps_for),
                "places": point.capacity,
            }
            for point in depots_store.points(conn, depot.id)
        ],
        **({"chats": theirs} if (theirs := chats.export(conn, _subject(depot), slug)) else {}),
        **({"systems": called} if (called := systems.export(conn, _subject(depot), slug)) else {}),
    }


def _said_hours(opening: Opening) -> list[dict[str, Any]]:
    by_time: dict[tuple[Any, Any], list[int]] = {}
    for day, opens, closes in opening.hours:
        by_time.setdefault((opens, closes), []).append(day)
    return [
        {"days": fields.days(days), "opens": fields.wall(opens), "closes": fields.wall(closes)}
        for (opens, closes), days in by_time.items()
    ]


def _said_windows(windows: list[Window]) -> list[dict[str, Any]]:
    by_rest: dict[tuple[Any, ...], list[int]] = {}
    for one in windows:
        rest = (one.starts, one.ends, one.capacity, one.cutoff)
        by_rest.setdefault(rest, []).append(one.weekday)
    return [
        {
            "days": fields.days(days),
            "starts": fields.wall(starts),
            "ends": fields.wall(ends),
            "parcels": parcels,
            "booked_until": fields.span(cutoff),
        }
        for (starts, ends, parcels, cutoff), days in by_rest.items()
    ]


def _said_level(rung: Rung, rotas: Mapping[int, str]) -> dict[str, Any]:
    ways = [(way, len([*same])) for way, same in groupby(rung.ways)]
    said: dict[str, Any] = {
        "people": [person.email for person in rung.people if person.email],
        "rotas": [rotas[number] for number in rung.rotas],
    }
    said = {name: value for name, value in said.items() if value}
    if rung.everyone:
        said["everyone"] = True
    said["wait"] = fields.span(rung.wait)
    if rung.called is not CalledWhen.ALWAYS:
        said["when"] = str(rung.called)
    if ways:
        said["ways"] = [
            {"channel": way.channel, "wait": fields.span(way.wait), "tries": tries}
            for way, tries in ways
        ]
    return said
