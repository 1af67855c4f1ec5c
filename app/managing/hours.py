"""A depot's opening hours, for pages and programs, and one line of them changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from app import clock
from app.db.connection import Connection
from app.directory import hours
from app.directory.changes import By
from app.directory.holidays import public_holidays
from app.directory.hours import Hours
from app.directory.rotas.model import Opening
from app.errors import Problem
from app.languages.language import mark
from app.managing.depots_store import Depot

_YEAR = timedelta(days=365)


class Known(NamedTuple):
    """A depot's week, and the public holidays ahead."""

    opening: Opening
    holidays: list[date]


def known(conn: Connection, depot: Depot, now: datetime) -> Known:
    """When a depot is open."""
    opening = hours.read(conn, depot.id, now)
    today = clock.local(now, opening.zone).date()
    days = {
        day
        for year in (today.year, today.year + 1)
        for day in public_holidays(opening.country, opening.region, year)
    }
    return Known(opening, sorted(day for day in days if today <= day < today + _YEAR))


def add(
    conn: Connection,
    who: By,
    depot: Depot,
    weekdays: Sequence[int],
    opens: time,
    closes: time,
    now: datetime,
) -> bool:
    """Let a depot be open between these times on these weekdays too.

    Raises:
        Problem: 422, no day is named, or it overlaps what is there.
    """
    if not weekdays:
        raise Problem(422, "not_offered_so", mark("Name the days of the week."))
    before = hours.read(conn, depot.id, now)
    wanted: list[Hours] = [*before.hours, *((day, opens, closes) for day in weekdays)]
    keeps = before.keeps_holidays
    return hours.put(conn, who, depot.slug, wanted, now, keeps_holidays=keeps)


def remove(
    conn: Connection, who: By, depot: Depot, weekday: int, opens: time, now: datetime
) -> bool:
    """Let a depot be open then no more; False when it was not."""
    before = hours.read(conn, depot.id, now)
    left = [one for one in before.hours if one[:2] != (weekday, opens)]
    keeps = before.keeps_holidays
    return hours.put(conn, who, depot.slug, left, now, keeps_holidays=keeps)


def keep_holidays(conn: Connection, who: By, depot: Depot, *, keeps: bool, now: datetime) -> bool:
    """Let a depot be closed on public holidays, or work on them; False when it is so already."""
    before = hours.read(conn, depot.id, now)
    return hours.put(conn, who, depot.slug, before.hours, now, keeps_holidays=keeps)
