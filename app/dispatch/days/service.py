"""Verbs on the lists of a depot's days."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app import clock
from app.access import links
from app.db.connection import Connection
from app.dispatch.days import rules, store
from app.dispatch.days.rules import Bounds, Change
from app.dispatch.days.store import Depot, Row
from app.errors import Problem
from app.languages.language import mark

FEED = "days"
"""The purpose of the links that open a depot's calendar feed."""


@dataclass(frozen=True, slots=True)
class DayList:
    """The list of a depot and day as it is now."""

    depots: list[Depot]
    depot: Depot
    day: date
    bounds: Bounds
    rows: list[Row]
    changes: list[Change]
    """What changed since it was taken."""


def first_depot(
    conn: Connection, slug: str, now: datetime, theirs: Collection[int] | None
) -> Depot:
    """The depot of this slug, else the first one; of `theirs`, where not all are.

    Raises:
        Problem: 404, there is none at all.
    """
    found = [d for d in store.depots(conn, now.date()) if theirs is None or d.id in theirs]
    if not found:
        detail = mark("There is no depot yet, or none is yours: an admin can give you one.")
        raise Problem(404, "no_such_depot", detail)
    return next((depot for depot in found if depot.slug == slug), found[0])


def read(conn: Connection, slug: str, day: date) -> DayList:
    """The list of a depot and day.

    Raises:
        Problem: 404, there is no such depot.
    """
    depots = store.depots(conn, day)
    depot = next((depot for depot in depots if depot.slug == slug), None)
    if depot is None:
        raise Problem(404, "no_such_depot", mark("There is no depot of this name."))
    bounds = rules.bounds(day, depot.zone)
    rows = store.rows(conn, depot.id, *bounds, depot.seen)
    taken = depot.taken_at
    changes = rules.changes(rows, bounds, depot.seen, taken) if taken else []
    return DayList(depots, depot, day, bounds, rules.listed(rows, bounds), changes)


def take(
    conn: Connection, shown: DayList, ids: Collection[int], by: str, at: datetime, now: datetime
) -> None:
    """Somebody took the list as it was shown to them then, with these bookings on it.

    A page may be printed some time after it was opened: what changed meanwhile is news.
    """
    rows = store.rows(conn, shown.depot.id, *shown.bounds, shown.depot.seen)
    seen = [row.id for row in rows if row.id in set(ids)]
    at = at if now - timedelta(days=1) < at <= now else now
    store.take(conn, shown.depot.id, shown.day, seen, by, at)


def feed_token(depot: Depot) -> str:
    """What opens the depot's calendar feed without a sign-in."""
    return links.make(FEED, depot.id, depot.feed_version)


def check_feed(depot: Depot, token: str) -> None:
    """Let a calendar in whose link is this depot's, and is the newest.

    Raises:
        Problem: 404, it is not.
    """
    if links.read(FEED, token) != (depot.id, depot.feed_version):
        raise Problem(
            404,
            "unknown_link",
            mark("This link is not known, or a newer one took its place."),
        )


def coming(conn: Connection, slug: str, days: int, now: datetime) -> list[DayList]:
    """The lists of a depot from today on, each as far as it is known."""
    depot = next((d for d in store.depots(conn, now.date()) if d.slug == slug), None)
    if depot is None:
        raise Problem(404, "no_such_depot", mark("There is no depot of this name."))
    today = clock.local(now, depot.zone).date()
    whole = Bounds(
        rules.bounds(today, depot.zone).since,
        rules.bounds(today + timedelta(days=days - 1), depot.zone).until,
    )
    rows = store.rows(conn, depot.id, *whole)
    lists = []
    for number in range(days):
        day = today + timedelta(days=number)
        bounds = rules.bounds(day, depot.zone)
        here = [row for row in rules.listed(rows, bounds) if row.starts_at < bounds.until]
        here = [row for row in here if row.starts_at >= bounds.since or row.ends_at > bounds.since]
        lists.append(DayList([depot], depot, day, bounds, here, []))
    return lists
