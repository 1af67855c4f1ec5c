"""`reknock quarantine`: authentic bodies that no adapter could read."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import click

from app.cli import environment
from app.cli.errors import CommandError
from app.db.connection import connection
from app.intake import quarantine, quarantine_store
from app.intake.store import RANK


@click.group("quarantine")
def command() -> None:
    """Look at events that could not be read, and replay them.

    Example: reknock quarantine list
    """


@command.command("list")
@click.option("--account", help="Slug of one courier account.")
def listing(account: str | None) -> None:
    """List them, oldest first: number, when it came, account, size, why.

    Example: reknock quarantine list --account city-couriers
    """
    environment.attach()
    shown = 0
    for row in _rows(account):
        click.echo(
            f"{row['id']:>8}  {row['received_at']:%Y-%m-%d %H:%M}  {row['account']:<20} "
            f"{row['bytes']:>7} B  {row['fault']}"
        )
        shown += 1
    if not shown:
        click.echo("Nothing is in quarantine.", err=True)


@command.command()
@click.argument("event", type=int)
def show(event: int) -> None:
    """Print a body as it came; what is known about it goes to standard error.

    Example: reknock quarantine show 17 > body.json
    """
    environment.attach()
    row = quarantine_store.event(connection(), event)
    if row is None:
        raise CommandError(f"There is no event {event}.")
    why = f": {row['fault']}" if row["fault"] else ""
    click.echo(
        f"{row['account']} ({row['courier']}), {row['received_at']:%Y-%m-%d %H:%M:%S} UTC, "
        f"{row['outcome']}{why}",
        err=True,
    )
    for name, value in (row["headers"] or {}).items():
        click.echo(f"{name}: {value}", err=True)
    click.echo(bytes(row["body"]))


@command.command()
@click.argument("event", type=int, required=False)
@click.option("--all", "everything", is_flag=True, help="All of them, oldest first.")
@click.option("--account", help="With --all: only those of this courier account.")
def replay(event: int | None, account: str | None, *, everything: bool) -> None:
    """Read one again, or all: after an adapter learned the form, or a mapping was edited.

    Can be stopped and run again; what was taken is not taken twice. Exits with 1 if the one that
    was named still cannot be read.

    Example: reknock quarantine replay --all
    """
    if (event is None) == (not everything) or (account and not everything):
        raise CommandError("Name one event, or say --all.")
    environment.attach()
    if event is None:
        _replay_all(account)
        return
    outcome = quarantine.replay(event)
    click.echo(outcome)
    if outcome == "quarantined":
        row = quarantine_store.event(connection(), event)
        raise CommandError(f"Still unreadable: {row['fault'] if row else 'it vanished'}")


def _replay_all(account: str | None) -> None:
    total = quarantine_store.count_quarantined(connection(), account)
    became: Counter[str] = Counter()
    try:
        for row in _rows(account):
            became[quarantine.replay(row["id"])] += 1
            if sys.stderr.isatty():
                click.echo(f"\r{became.total()} of {total}", nl=False, err=True)
    except KeyboardInterrupt:
        click.echo(f"\nStopped. {_told(became)}. Run it again to go on.", err=True)
        raise SystemExit(130) from None
    if sys.stderr.isatty() and total:
        click.echo(err=True)
    click.echo(f"{_told(became)}.")


def _told(became: Counter[str]) -> str:
    taken = [kind for kind in RANK if kind != "quarantined" and became[kind]]
    parts = [f"{became[kind]} {kind}" for kind in taken]
    return f"{', '.join(parts) or 'nothing taken'}; {became['quarantined']} still unreadable"


def _rows(account: str | None) -> Iterator[dict[str, Any]]:
    """All of them, a page at a time: what is taken meanwhile does not shift the pages."""
    after = 0
    while rows := quarantine_store.quarantined(connection(), after, account=account):
        yield from rows
        after = rows[-1]["id"]
