"""`reknock points`: a depot's pickup points from a courier's or a network's file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import click

from app.cli import environment
from app.cli.errors import CommandError
from app.db.connection import connection, transaction
from app.directory import store as directory
from app.managing import points

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
        every = _progress(lines, file)
        try:
            taken = points.take(connection(), depot_id, every, as_json=as_json, batch=transaction)
        except UnicodeDecodeError as error:
            raise CommandError(f"{file} is not written in UTF-8.") from error
        except ValueError as error:
            raise CommandError(f"{file}: {error}.") from error
    for row in taken.faults[: None if all_faults else _SHOWN]:
        click.echo(points.fault(row), err=True)
    click.echo(f"{taken.rows} pickup points of {depot}: {taken.changed} new or changed.")
    if taken.faults:
        raise CommandError(f"{len(taken.faults)} rows were left out; see above.")


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
