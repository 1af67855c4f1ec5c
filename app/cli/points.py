"""`reknock points`: a depot's pickup points from a courier's or a network's file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

import click

from app.booking import points_file, points_store
from app.booking.points_file import Row
from app.cli import environment
from app.cli.errors import CommandError
from app.db.connection import connection, transaction
from app.directory import store as directory

_AT_ONCE = 1000
_SHOWN = 20
"""So many faults are said one by one; the rest is counted."""


@click.group("points")
def command() -> None:
    """Pickup points, many at once.

    Example: reknock points import berlin-south points.csv
    """


@command.command("import")
@click.argument("depot")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--all-faults", is_flag=True, help="Say every fault, and not only the first ones.")
def import_(depot: str, file: Path, *, all_faults: bool) -> None:
    """Let DEPOT have the pickup points of FILE: CSV, or a JSON object a line (.ndjson, .jsonl).

    Columns are code, name and address, and if known postcode, latitude, longitude, hours,
    ready_in_hours, keeps_for_days, capacity, keeps_holidays and closed (days). A row with a fault
    is left out and said; the others are taken. Run again, it changes what is other than before,
    and it goes on where it was stopped. What is no longer in the file stays.

    Example: reknock points import berlin-south points.csv
    """
    environment.attach()
    depot_id = directory.depot_id(connection(), depot)
    if depot_id is None:
        raise CommandError(f"There is no depot {depot!r}.")
    with click.open_file(str(file), encoding="utf-8-sig", errors="strict") as lines:
        as_json = file.suffix.lower() in {".ndjson", ".jsonl", ".json"}
        try:
            taken, changed, wrong = _take(depot_id, lines, file, as_json=as_json, most=all_faults)
        except UnicodeDecodeError as error:
            raise CommandError(f"{file} is not written in UTF-8.") from error
        except ValueError as error:
            raise CommandError(f"{file}: {error}.") from error
    click.echo(f"{taken} pickup points of {depot}: {changed} new or changed.")
    if wrong:
        raise CommandError(f"{wrong} rows were left out; see above.")


def _take(
    depot_id: int, lines: IO[str], file: Path, *, as_json: bool, most: bool
) -> tuple[int, int, int]:
    """How many rows were taken, how many of them changed anything, and how many had faults."""
    taken = changed = wrong = 0
    every = points_file.rows(_progress(lines, file), as_json=as_json)
    while some := list(islice(every, _AT_ONCE)):
        for row in (row for row in some if row.faults):
            wrong += 1
            if most or wrong <= _SHOWN:
                click.echo(_fault(row), err=True)
        good = [_named(row) for row in some if not row.faults]
        with transaction() as conn:
            changed += points_store.put(conn, depot_id, good) if good else 0
        taken += len(good)
    return taken, changed, wrong


def _named(row: Row) -> dict[str, object]:
    point = dict(row.point)
    point["ready_in"], point["keeps_for"] = point.pop("ready_in_hours"), point.pop("keeps_for_days")
    return point


def _fault(row: Row) -> str:
    said = "; ".join(f"{name}: {why}" if name else why for name, why in row.faults.items())
    return f"line {row.line}: {said}"


def _progress(lines: IO[str], file: Path) -> Iterator[str]:
    """The lines, with how far it is on a terminal."""
    size = file.stat().st_size if file.exists() else 0
    if not sys.stderr.isatty() or not size:
        yield from lines
        return
    with click.progressbar(length=size, label=file.name, file=sys.stderr) as bar:
        for line in lines:
            yield line
            bar.update(len(line.encode()))
