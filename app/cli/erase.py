"""`reknock erase`: forget a person, and print the proof."""

from __future__ import annotations

import click

from app import clock
from app.cli import environment
from app.cli.errors import CommandError
from app.directory.changes import TERMINAL


@click.command("erase")
@click.option("--tracking", metavar="NUMBER", help="Forget whoever this parcel is for.")
@click.option("--recipient", metavar="ADDRESS", help="Forget who has this number or address.")
def command(tracking: str | None, recipient: str | None) -> None:
    """Forget a person for good, and print the proof, which names nobody.

    Example: reknock erase --recipient +17145554231
    """
    from app.forgetting import proof, service  # noqa: PLC0415 - what a command does not use waits

    if (tracking is None) == (recipient is None):
        raise CommandError("Say whom to forget: --tracking NUMBER or --recipient ADDRESS.")
    environment.attach()
    asked = service.Asked(tracking_number=tracking or "", recipient=recipient or "")
    for line in proof.lines(service.forget(asked, TERMINAL, clock.now())):
        click.echo(line)
