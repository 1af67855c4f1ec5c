"""Verbs on what a depot is and offers, each remembered. In the caller's transaction.

Nothing here takes a booking back: what was promised to a customer stands until it is changed with
them. A window that goes, or a day that is closed, is offered no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

import psycopg
from phonenumbers import SUPPORTED_REGIONS

from app import clock
from app.booking import places_store
from app.db.connection import Connection
from app.directory import roles_store, service
from app.directory import store as directory
from app.directory.changes import By, Facts, record
from app.errors import Problem
from app.languages.language import Language, mark
from app.languages.sentence import sentence
from app.managing import depots_store as store
from app.managing.depots_store import Depot
from app.theme import dates

MOST = 10_000
"""Parcels of a window or a pickup point."""
AHEAD = timedelta(days=730)
"""How far ahead a day is closed: beyond that it is a typing error."""


def find(conn: Connection, slug: str) -> Depot:
    """A depot, locked until the transaction ends.

    Raises:
        Problem: 404, there is none.
    """
    depot = store.lock(conn, slug)
    if depot is None:
        raise Problem(404, "no_such_depot", mark("There is no depot of this name."))
    return depot


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Whose clocks and public holidays a depot keeps."""

    timezone: str
    country: str
    region: str | None = None


def add(
    conn: Connection, who: By, slug: str, name: str, where: Where, in_charge: int, now: datetime
) -> Depot:
    """Add a depot; `in_charge` is called when nobody else answers, and sees its cases.

    Raises:
        Problem: 422, it cannot be so.
    """
    service.check_slug(slug)
    _check(where)
    if not name:
        raise _unusable(mark("A depot needs a name."))
    if directory.depot_id(conn, slug):
        raise _unusable(mark("There is a depot with this short name already."))
    directory.add_depot(
        *(conn, slug, name, where.timezone, where.country, in_charge, now), region=where.region
    )
    roles_store.let_see(conn, in_charge, slug)
    depot = find(conn, slug)
    _record(conn, who, depot, "depot", depot.name, {}, {**_place(depot), **_where(depot)}, now)
    return depot


def set_where(conn: Connection, who: By, depot: Depot, where: Where, now: datetime) -> bool:
    """Let a depot keep these clocks and holidays; False when it does already.

    What is booked keeps its moment.

    Raises:
        Problem: 422, it cannot be so.
    """
    _check(where)
    if where.country != depot.country:
        store.forget_areas(conn, depot.id)  # they were postcodes of the former country
    store.set_where(conn, depot.id, where.timezone, where.country, where.region)
    after = find(conn, depot.slug)
    return _record(conn, who, depot, "depot", depot.name, _where(depot), _where(after), now)


def set_place(
    conn: Connection, who: By, depot: Depot, name: str, address: str, phone: str, now: datetime
) -> bool:
    """Let a depot be called so, and be found there; False when it is already.

    Raises:
        Problem: 422, it has no name.
    """
    if not name:
        raise _unusable(mark("A depot needs a name."))
    store.update(conn, depot.id, name, address, phone or None)
    after = find(conn, depot.slug)
    return _record(conn, who, depot, "depot", depot.name, _place(depot), _place(after), now)


def add_windows(
    conn: Connection,
    who: By,
    depot: Depot,
    weekdays: Sequence[int],
    window: tuple[time, time],
    capacity: int,
    cutoff: timedelta,
    now: datetime,
) -> None:
    """Let a depot deliver then on these weekdays.

    Raises:
        Problem: 422, there is no such window, or another is there at that time.
    """
    starts, ends = window
    if not weekdays or not starts < ends or not 0 < capacity <= MOST:
        raise _unusable(
            mark("A window needs a weekday, an end after its beginning, and room for parcels.")
        )
    there = store.windows(conn, depot.id)
    for weekday in weekdays:
        made = store.Window(weekday, starts, ends, capacity, cutoff)
        for one in there:
            if one.weekday == weekday and one.starts < ends and starts < one.ends:
                raise _unusable(
                    sentence(
                        "{window} overlaps {other}, and one driver cannot be in both. Remove that "
                        "one first, or let this one begin at {hour}.",
                        window=partial(_called, made),
                        other=partial(_called, one),
                        hour=f"{one.ends:%H:%M}",
                    )
                )
        places_store.add_rule(conn, depot.id, weekday, starts, ends, capacity, cutoff)
        _record(conn, who, depot, "window", _called(made), {}, _window(made), now)


def remove_window(
    conn: Connection, who: By, depot: Depot, weekday: int, starts: time, now: datetime
) -> bool:
    """Offer a window no more; False when there is none."""
    for one in store.windows(conn, depot.id):
        if (one.weekday, one.starts) == (weekday, starts):
            store.remove_window(conn, depot.id, weekday, starts)
            return _record(conn, who, depot, "window", _called(one), _window(one), {}, now)
    return False


def close_on(conn: Connection, who: By, depot: Depot, day: date, why: str, now: datetime) -> int:
    """Let a depot be closed on a day; how many redeliveries are booked on it and stay so.

    Raises:
        Problem: 422, the day is over, or too far ahead, or it is closed on it already.
    """
    today = clock.local(now, depot.timezone).date()
    if not today <= day <= today + AHEAD:
        over = mark("{day} is over. Choose a day from {today} on.")
        far = mark("{day} is more than two years ahead. Choose a day from {today} on.")
        raise _unusable(sentence(over if day < today else far, day=str(day), today=str(today)))
    if not why:
        raise _unusable(mark("Say why: whoever plans that day reads it."))
    try:
        with conn.transaction():
            places_store.add_closure(conn, depot.id, day, why)
    except psycopg.errors.UniqueViolation as error:
        raise _unusable(mark("The depot is closed on this day already.")) from error
    _record(
        conn, who, depot, "closure", str(day), {}, {mark("day"): str(day), mark("why"): why}, now
    )
    return store.booked_on(conn, depot.id, day)


def open_on(conn: Connection, who: By, depot: Depot, day: date, now: datetime) -> bool:
    """Let a depot be open on a day that was to be closed; False when it was not."""
    for row in store.closures(conn, depot.id, day):
        if row["day"] == day:
            store.remove_closure(conn, depot.id, day)
            facts = {"day": str(day), "why": row["why"]}
            return _record(conn, who, depot, "closure", str(day), facts, {}, now)
    return False


def put_point(
    conn: Connection, who: By, depot: Depot, point_id: int, facts: dict[str, Any], now: datetime
) -> bool:
    """Let a pickup point be so, or add one where `point_id` is 0; False when it is so already.

    `facts` are those of `depots_store.Point` but for its id and what is taken.

    Raises:
        Problem: 422, it cannot be so; 404, it is not one of this depot.
    """
    if not facts["name"] or not 0 <= facts["capacity"] <= MOST:
        raise _unusable(mark("A pickup point needs a name, and a number of places."))
    known = {one.id: one for one in store.points(conn, depot.id)}
    if point_id and point_id not in known:
        raise Problem(404, "no_such_depot", mark("There is no such pickup point of this depot."))
    before = _point(asdict(known[point_id])) if point_id else {}
    try:
        with conn.transaction():
            if not point_id:
                places_store.add_point(conn, depot.id, **facts)
            elif not store.update_point(conn, depot.id, point_id, **facts):
                raise _unusable(mark("More parcels are there now than this many places hold."))
    except psycopg.errors.UniqueViolation as error:
        raise _unusable(mark("A pickup point of this depot has this name already.")) from error
    return _record(conn, who, depot, "pickup_point", facts["name"], before, _point(facts), now)


def _record(
    conn: Connection,
    who: By,
    depot: Depot,
    kind: str,
    called: str,
    before: Facts,
    after: Facts,
    now: datetime,
) -> bool:
    subject = called if kind == "depot" else f"{called}, {depot.name}"
    return record(conn, who, kind, (depot.id, subject), [depot.id], before, after, now)


def _check(where: Where) -> None:
    service.check_zone(where.timezone)
    if where.country not in SUPPORTED_REGIONS:
        raise _unusable(mark("Write the country's two letters, like DE or US."))


def _where(depot: Depot) -> Facts:
    return {
        mark("time zone"): depot.timezone,
        mark("country"): depot.country,
        mark("region"): depot.region,
    }


def _place(depot: Depot) -> Facts:
    return {
        mark("name"): depot.name,
        mark("address"): depot.address,
        mark("phone"): depot.phone,
    }


def _called(window: store.Window, language: Language | None = None) -> str:
    weekday = dates.weekday(window.weekday, language)
    return f"{weekday} {window.starts:%H:%M}–{window.ends:%H:%M}"


def _window(window: store.Window) -> Facts:
    return {
        mark("when"): _called(window),
        mark("parcels"): window.capacity,
        mark("booked until"): f"{hours(window.cutoff)} h before",
    }


def _point(facts: dict[str, Any]) -> Facts:
    return {
        mark("name"): facts["name"],
        mark("address"): facts["address"],
        mark("hours"): facts["hours"],
        mark("ready in"): f"{hours(facts['ready_in'])} h",
        mark("keeps for"): f"{facts['keeps_for'].days} days",
        mark("places"): facts["capacity"],
    }


def hours(span: timedelta) -> int:
    """A span in whole hours."""
    return int(span.total_seconds() // 3600)


def _unusable(why: str) -> Problem:
    return Problem(422, "not_offered_so", why)
