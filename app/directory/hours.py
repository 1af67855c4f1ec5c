"""Verbs on a depot's opening hours. In the caller's transaction; each is remembered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from itertools import pairwise

from app.db.connection import Connection
from app.directory import changes, store
from app.directory.changes import By
from app.directory.rotas import edit_store, facts
from app.directory.rotas import store as rotas
from app.directory.rotas.model import Opening
from app.errors import Problem
from app.languages.sentence import sentence

Hours = tuple[int, time, time]
"""An ISO weekday, and from when to when; past midnight where it closes before it opens."""
_DAY = 24 * 60


def put(
    conn: Connection,
    who: By,
    depot: str,
    hours: Sequence[Hours],
    now: datetime,
    *,
    keeps_holidays: bool,
) -> bool:
    """Let a depot be open then, and closed on public holidays or not; False when it is so already.

    Without any hours it is open day and night.

    Raises:
        Problem: 404 there is no such depot; 422 some hours overlap.
    """
    known = store.lock_depot(conn, depot)
    if known is None:
        raise Problem(
            404, "no_such_depot", sentence("There is no depot {depot}.", depot=repr(depot))
        )
    depot_id, name = known
    wanted = sorted(set(hours))
    if both := _overlap(wanted):
        one, other = (_said(one) for one in both)
        raise Problem(422, "hours_overlap", f"{one} and {other} overlap: make them one.")
    before = read(conn, depot_id, now)
    edit_store.put_hours(conn, depot_id, wanted, keeps_holidays=keeps_holidays)
    after = read(conn, depot_id, now)
    said = (facts.of_hours(before), facts.of_hours(after))
    subject = (depot_id, name)
    return changes.record(conn, who, "opening_hours", subject, [depot_id], *said, now)


def read(conn: Connection, depot_id: int, at: datetime) -> Opening:
    """When a depot is open around this moment."""
    return rotas.opening(conn, depot_id, at, at)


def _overlap(hours: Sequence[Hours]) -> tuple[Hours, Hours] | None:
    """Two hours that are open at once, also over midnight and from Sunday to Monday."""
    spans = sorted(_minutes(hours))
    if not spans:
        return None
    first = spans[0]
    round_the_week = (first[0] + 7 * _DAY, first[1] + 7 * _DAY, first[2])
    for one, following in pairwise([*spans, round_the_week]):
        if one[1] > following[0]:
            return one[2], following[2]
    return None


def _minutes(hours: Sequence[Hours]) -> Iterator[tuple[int, int, Hours]]:
    for one in hours:
        weekday, opens, closes = one
        midnight = (weekday - 1) * _DAY
        begins, ends = (midnight + at.hour * 60 + at.minute for at in (opens, closes))
        yield begins, ends if ends > begins else ends + _DAY, one


def _said(hours: Hours) -> str:
    weekday, opens, closes = hours
    return f"{facts.WEEKDAYS[weekday - 1]} {opens:%H:%M}–{closes:%H:%M}"
