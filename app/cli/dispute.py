"""`reknock dispute`: the records of disputed attempts."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from app.cli import environment
from app.cli.errors import CommandError
from app.db.connection import connection
from app.disputes import exporting


@click.group("dispute")
def command() -> None:
    """Check the records of disputed attempts.

    Example: reknock dispute verify dispute-7.json
    """


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Say whether a record is what was handed out, and whether ours still says the same.

    Example: reknock dispute verify dispute-7.json
    """
    try:
        record = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError as error:
        raise CommandError(f"{file.name} is no JSON: {error}.") from error
    if not isinstance(record, dict):
        raise CommandError(f"{file.name} is no record.")
    environment.attach()
    if faults := exporting.check(connection(), record):
        raise CommandError(" ".join(faults))
    click.echo(f"Nothing was changed: {record['seal']}")
