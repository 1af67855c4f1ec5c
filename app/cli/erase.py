"""`reknock erase`: forget a person, and print the proof; after a restore, forget again."""

from __future__ import annotations

from pathlib import Path

import click

from app import clock
from app.cli import environment
from app.cli.errors import CommandError
from app.directory.changes import TERMINAL

_STORE = Path("-")


@click.command("erase")
@click.option("--tracking", metavar="NUMBER", help="Forget whoever this parcel is for.")
@click.option("--recipient", metavar="ADDRESS", help="Forget who has this number or address.")
@click.option("--list", "lists", is_flag=True, help="Print all proofs, one a line, to keep them.")
@click.option(
    "--replay",
    type=click.Path(path_type=Path, dir_okay=False, exists=True, allow_dash=True),
    is_flag=False,
    flag_value="-",
    help="Forget again what this list says; without a file, what the file store says.",
)
def command(
    tracking: str | None, recipient: str | None, replay: Path | None, *, lists: bool
) -> None:
    """Forget a person for good, and print the proof, which names nobody.

    Example: reknock erase --recipient +17145554231
    """
    if [tracking is None, recipient is None, replay is None, not lists].count(False) != 1:
        raise CommandError(
            "Say one thing: --tracking NUMBER or --recipient ADDRESS, --list or --replay."
        )
    environment.attach()
    if lists:
        _list()
    elif replay is not None:
        _replay(replay)
    else:
        _forget(tracking or "", recipient or "")


def _forget(tracking: str, recipient: str) -> None:
    from app.forgetting import proof, service  # noqa: PLC0415 - what a command does not use waits

    asked = service.Asked(tracking_number=tracking, recipient=recipient)
    for line in proof.lines(service.forget(asked, TERMINAL, clock.now())):
        click.echo(line)


def _list() -> None:
    from app.forgetting import replaying  # noqa: PLC0415

    for line in replaying.listed():
        click.echo(line)


def _replay(file: Path) -> None:
    from app.forgetting import replaying  # noqa: PLC0415

    if file == _STORE:
        done = replaying.catch_up()
    else:
        lines = file.read_bytes().splitlines()
        done = replaying.again([replaying.read(line) for line in lines if line.strip()])
    click.echo(f"{done} erasures were done again." if done else "Everything was done already.")
