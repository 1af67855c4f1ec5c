"""`reknock intake`: what waits at the door, and what a shipper's door is like."""

from __future__ import annotations

import click

from app.cli import environment
from app.cli.errors import CommandError
from app.db.connection import connection
from app.errors import Problem
from app.intake.orders import service, store


@click.group("intake")
def command() -> None:
    """Decide about batches that wait, take missed events, set up a shipper's door.

    Example: reknock intake batches list
    """


@command.group("batches")
def batches() -> None:
    """Batches of orders that wait, because so many of their numbers cannot be used.

    Mostly a shop's rule for prefixes is wrong. Discard the batch if it is sent again corrected;
    else release it.

    Example: reknock intake batches list
    """


@batches.command("list")
def listing() -> None:
    """List what waits: when it came, whose it is, what is wrong with the numbers.

    Example: reknock intake batches list
    """
    environment.attach()
    held = store.held(connection())
    for batch in held:
        faults = ", ".join(f"{fault} {count}" for fault, count in sorted(batch.faults.items()))
        click.echo(
            f"{batch.id:>6}  {batch.received_at:%Y-%m-%d %H:%M}  {batch.shipper:<20} "
            f"{batch.orders:>6} orders, {batch.invalid} invalid numbers ({faults}), "
            f"sent by {batch.sent_by}"
        )
    if not held:
        click.echo("Nothing is held.", err=True)


@batches.command()
@click.argument("batch", type=int)
@click.option("--accept-as-is", is_flag=True, help="Take orders whose number cannot be used too.")
def release(batch: int, *, accept_as_is: bool) -> None:
    """Take a batch's orders, refusing those whose numbers cannot be used.

    With --accept-as-is these are taken too: should their delivery fail, the shipper is asked
    for a number then. Can be stopped and run again.

    Example: reknock intake batches release 3
    """
    environment.attach()
    try:
        told = service.counted(service.release(batch, as_is=accept_as_is))
    except Problem as problem:
        raise CommandError(problem.detail) from problem
    for status in ("created", "updated", "refused"):
        click.echo(f"{told.pop(status, 0)} {status}")
    for fault, count in told.most_common():
        click.echo(f"  {count} {fault}")


@batches.command()
@click.argument("batch", type=int)
def discard(batch: int) -> None:
    """Forget a batch: none of its orders is taken.

    Example: reknock intake batches discard 3
    """
    environment.attach()
    try:
        service.discard(batch)
    except Problem as problem:
        raise CommandError(problem.detail) from problem
    click.echo(f"batch {batch} is discarded")
