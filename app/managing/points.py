"""Pickup points of a depot from a courier's or a network's file, and as such a file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from io import StringIO
from itertools import islice
from typing import Any, NamedTuple

from app.booking import points_file, points_store
from app.booking.points_file import Row
from app.db.connection import Connection
from app.directory.changes import By, record
from app.managing.depots_store import Depot

_AT_ONCE = 1000
_SHOWN = 20
_COLUMNS = (
    *("code", "name", "address", "postcode", "latitude", "longitude", "hours", "ready_in_hours"),
    *("keeps_for_days", "capacity", "keeps_holidays", "closed"),
)


class Taken(NamedTuple):
    """What became of a file."""

    rows: int
    changed: int
    faults: list[Row]

    @property
    def said(self) -> str:
        """The first faults, by their lines."""
        more = len(self.faults) - _SHOWN
        rest = [f"and {more} more"] if more > 0 else []
        return "; ".join([*map(fault, self.faults[:_SHOWN]), *rest])


def take(
    conn: Connection,
    depot_id: int,
    lines: Iterable[str],
    *,
    as_json: bool,
    batch: Callable[[], AbstractContextManager[Any]] | None = None,
) -> Taken:
    """Let a depot have the points of a file; rows with a fault are left out.

    Raises:
        ValueError: the file cannot be read.
    """
    taken, changed, faults = 0, 0, []
    every = points_file.rows(lines, as_json=as_json)
    while some := list(islice(every, _AT_ONCE)):
        faults += [row for row in some if row.faults]
        good = [_named(row) for row in some if not row.faults]
        with (batch or conn.transaction)():
            changed += points_store.put(conn, depot_id, good) if good else 0
        taken += len(good)
    return Taken(taken, changed, faults)


def fault(row: Row) -> str:
    """What is wrong with a row."""
    said = "; ".join(f"{name}: {why}" if name else why for name, why in row.faults.items())
    return f"line {row.line}: {said}"


def remember(
    conn: Connection, who: By, depot: Depot, name: str, changed: int, now: datetime
) -> None:
    """Keep in mind that points came from a file."""
    if changed:
        subject = (depot.id, f"{name}, {depot.name}")
        facts = {"new or changed": changed}
        record(conn, who, "pickup_point", subject, [depot.id], {}, facts, now)


def written(conn: Connection, depot_id: int) -> str:
    """The points that came from files, as CSV that `take` reads; empty where there are none."""
    text = StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    rows = points_store.coded(conn, depot_id)
    if rows:
        writer.writeheader()
    for row in rows:
        said = {
            **row,
            "ready_in_hours": _number(row["ready_in"] / timedelta(hours=1)),
            "keeps_for_days": _number(row["keeps_for"] / timedelta(days=1)),
            "keeps_holidays": {True: "yes", False: "no", None: ""}[row["keeps_holidays"]],
            "closed": " ".join(map(str, row["closed"])),
        }
        writer.writerow({name: said[name] for name in _COLUMNS})
    return text.getvalue()


def _number(value: float) -> str:
    return f"{value:.10g}"


def _named(row: Row) -> dict[str, object]:
    point = dict(row.point)
    point["ready_in"], point["keeps_for"] = point.pop("ready_in_hours"), point.pop("keeps_for_days")
    return point
