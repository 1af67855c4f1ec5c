"""`reknock quarantine`: authentic bodies that no adapter could read."""

from __future__ import annotations

import click

import app
from app.cli import environment
from app.cli.errors import CommandError
from app.db.connection import connection
from app.intake import quarantine, store


@click.group("quarantine")
def command() -> None:
    """Look at events that could not be read, and replay them.

    Example: reknock quarantine list
    """


@command.command("list")
def listing() -> None:
    """List them, oldest first.

    Example: reknock quarantine list
    """
    environment.attach()
    after, shown = 0, 0
    while rows := store.quarantined(connection(), after):
        for row in rows:
            click.echo(
                f"{row['id']:>8}  {row['received_at']:%Y-%m-%d %H:%M}  {row['account']:<20} "
                f"{row['bytes']:>7} B  {row['fault']}"
            )
        after, shown = rows[-1]["id"], shown + len(rows)
    if not shown:
        click.echo("Nothing is in quarantine.", err=True)


@command.command()
@click.argument("event", type=int)
def show(event: int) -> None:
    """Print a body as it came.

    Example: reknock quarantine show 17
    """
    environment.attach()
    row = store.event(connection(), event)
    if row is None:
        raise CommandError(f"There is no event {event}.")
    click.echo(f"{row['account']} ({row['courier']}), {row['outcome']}: {row['fault']}", err=True)
    click.echo(bytes(row["body"]))


@command.command()
@click.argument("event", type=int, required=False)
@click.option("--all", "everything", is_flag=True, help="All of them, oldest first.")
def replay(event: int | None, *, everything: bool) -> None:
    """Read one again, or all: after an adapter learned the form, or a mapping was edited.

    Can be stopped and run again; what was taken is not taken twice.

    Example: reknock quarantine replay --all
    """
    if (event is None) == (not everything):
        raise CommandError("Name one event, or say --all.")
    app.configure(environment.attach())
    if event is not None:
        click.echo(quarantine.replay(event))
        return
    after, taken, left = 0, 0, 0
    while rows := store.quarantined(connection(), after):
        for row in rows:
            outcome = quarantine.replay(row["id"])
            taken, left = taken + (outcome != "quarantined"), left + (outcome == "quarantined")
            click.echo(f"\r{taken} taken, {left} still unreadable", nl=False, err=True)
        after = rows[-1]["id"]
    click.echo(f"\r{taken} taken, {left} still unreadable")
