"""`reknock intake`: batches that wait for a decision, and how orders of a shipper are taken."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app import clock
from app.cli import environment
from app.cli.errors import CommandError
from app.db.connection import connection, transaction
from app.directory.changes import TERMINAL
from app.intake import accounts, backfill, codes, other
from app.intake.backfill import BadFile
from app.intake.event import Account
from app.managing import orders
from app.plain import counted
from app.shipments.orders import service, store


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
            f"{counted(batch.orders, 'order'):>13}, "
            f"{counted(batch.invalid, 'invalid number')} ({faults}), "
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
    counts = service.counted(service.release(batch, as_is=accept_as_is))
    for status in ("created", "updated", "refused"):
        click.echo(f"{counts.pop(status, 0)} {status}")
    for fault, count in counts.most_common():
        click.echo(f"  {count} {fault}")


@batches.command()
@click.argument("batch", type=int)
def discard(batch: int) -> None:
    """Forget a batch: none of its orders is taken.

    Example: reknock intake batches discard 3
    """
    environment.attach()
    service.discard(batch)
    click.echo(f"batch {batch} is discarded")


@command.command()
@click.argument("slug")
@click.option(
    "--lookup-url", help="Where its own system is asked, with {tracking_number} or {order_ref}."
)
@click.option("--lookup-token", help="Sent there as `Authorization: Bearer …`.")
@click.option("--no-lookup", is_flag=True, help="Ask nowhere any more.")
@click.option(
    "--hold-share",
    type=click.FloatRange(0, 1),
    help="Hold a batch when more of its numbers are invalid; 1: never.",
)
def shipper(
    slug: str,
    lookup_url: str | None,
    lookup_token: str | None,
    *,
    no_lookup: bool,
    hold_share: float | None,
) -> None:
    """Set what a shipper's door is like, and show it.

    Where a delivery fails and no number is known, its own system is asked for one: a GET that
    answers with JSON, {"phone": …, "email": …, "name": …, "language": …}, or with 404.

    Example: reknock intake shipper oak --lookup-token s3cret
    --lookup-url "https://shop.example.com/contacts/{order_ref}"
    """
    if lookup_token and not lookup_url:
        raise CommandError("--lookup-token goes with --lookup-url: a token is for one address.")
    if lookup_url and no_lookup:
        raise CommandError("Say either --lookup-url or --no-lookup.")
    environment.attach()
    now = clock.now()
    with transaction() as conn:
        if lookup_url or no_lookup:
            wanted = orders.Lookup(lookup_url or "", lookup_token or "")
            orders.put_lookup(conn, TERMINAL, slug, wanted, now)
        if hold_share is not None:
            orders.put_hold_share(conn, TERMINAL, slug, hold_share, now)
    row = store.order_settings(connection(), slug)
    if row is None:
        raise CommandError(f"There is no shipper {slug!r}.")
    click.echo(f"holds a batch with over {row['hold_share']:.0%} invalid numbers")
    with_token = " with a token" if row["lookup_token"] else ""
    click.echo(f"asks {row['lookup_url']}{with_token}" if row["lookup_url"] else "asks nowhere")


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--account", required=True, help="Slug of the courier account they belong to.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["ndjson", "csv"]),
    help="By default as the file's name ends.",
)
def import_(file: Path, account: str, form: str | None) -> None:
    """Take missed events from FILE, as if the courier had posted them.

    FILE has one raw body a line (NDJSON), or is a table (CSV) with a column `body`; for
    standard_webhooks also a table with the columns type, tracking_number, order_ref, reason,
    words, attempt, occurred_at, name, phone, email, language, line1, city, postcode, country …

    You vouch for the file: signatures are not checked. What is known already is a duplicate, so
    it can be stopped and run again. Deliveries are taken first, so that no delivered parcel
    opens a case. Ends with 1 when something could not be read.

    Example: reknock intake import missed.ndjson --account city-couriers
    """
    environment.attach()
    found = accounts.find(account)
    if found is None:
        raise CommandError(f"There is no courier account {account!r}; see `reknock courier list`.")
    form = form or ("csv" if file.suffix.lower() == ".csv" else "ndjson")
    counts: Counter[str] = Counter()
    try:
        _take(file, form, found, counts)
    except BadFile as error:
        raise CommandError(f"{file}: {error}") from error
    except KeyboardInterrupt:
        click.echo("\nStopped. Run it again to go on.", err=True)
        sys.exit(130)
    finally:
        codes.flush()
        other.flush()
        click.echo(", ".join(f"{counts[outcome]} {outcome}" for outcome in _OUTCOMES))
    if counts["quarantined"]:
        click.echo("See `reknock quarantine list`.", err=True)
    if counts["quarantined"] or counts["unreadable"]:
        sys.exit(1)


_OUTCOMES = ("accepted", "duplicate", "ignored", "quarantined", "unreadable")


def _take(file: Path, form: str, account: Account, counts: Counter[str]) -> None:
    """Two ways through the file: its deliveries, then the rest."""
    run, lines = backfill.request_id(), 0
    deliveries = set()
    with progress("looking for deliveries") as shown:
        for lines, line in enumerate(backfill.read(file, form, account.courier), 1):
            if backfill.is_delivery(account, line):
                deliveries.add(line.number)
                counts[backfill.take(account, line, run)] += 1
            shown(lines)
    with progress("taking events", of=lines) as shown:
        for seen, line in enumerate(backfill.read(file, form, account.courier), 1):
            if line.number not in deliveries:
                outcome = backfill.take(account, line, run)
                counts[outcome] += 1
                if outcome == "unreadable":
                    click.echo(f"\r{file}:{line.number}: this is not JSON, or too long", err=True)
            shown(seen)


@contextmanager
def progress(what: str, of: int = 0) -> Iterator[Callable[[int], None]]:
    """Show on standard error how far it is; on a terminal often, else when it is over."""
    terminal = sys.stderr.isatty()
    last, done = 0.0, 0

    def show(count: int) -> None:
        nonlocal last, done
        done = count
        if terminal and time.monotonic() - last > _OFTEN:
            last = time.monotonic()
            click.echo(f"\r{what}: {count}{f' of {of}' if of else ''}", nl=False, err=True)

    try:
        yield show
    finally:
        click.echo(
            f"{chr(13) if terminal else ''}{what}: {done}{f' of {of}' if of else ''}", err=True
        )


_OFTEN = 0.2  # seconds
