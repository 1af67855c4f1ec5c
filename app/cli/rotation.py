"""`reknock courier rotate`: a new secret without losing a message."""

from __future__ import annotations

from datetime import timedelta

import click

from app import clock
from app.cli import environment, inputs
from app.cli.errors import CommandError
from app.db.connection import transaction
from app.directory import accounts_store, rotation
from app.directory.changes import TERMINAL
from app.intake import accounts
from app.intake.couriers import adapter
from app.managing import accounts as managing


@click.command("rotate")
@click.argument("slug")
@click.option("--secret", help="The new one, as the courier shows it.")
@click.option("--header", multiple=True, help="'Name: value' that the sender will send.")
@click.option(
    "--keep",
    type=inputs.Duration(),
    default="24h",
    show_default=True,
    help="How long the former one stays valid: 90s, 30m, 24h, 7d, or 0.",
)
def command(slug: str, secret: str | None, header: tuple[str, ...], keep: timedelta) -> None:
    """Replace what a courier signs with; until --keep has passed, the former is valid too.

    First this, then give the courier the new secret. Run again it changes nothing, except that a
    shorter --keep counts; with 0 the former is refused within seconds.

    Example: reknock courier rotate city-couriers --secret 9f8e… --keep 24h
    """
    environment.attach()
    account = accounts.find(slug)
    if account is None:
        raise CommandError(f"There is no courier account {slug!r}; see `reknock courier list`.")
    if (secret is None) == (not header):
        raise CommandError("Give a --secret, or every --header that changes.")
    if keep > rotation.LONGEST:
        raise CommandError(f"--keep is at most {rotation.LONGEST.days} days.")
    now = clock.now()
    if secret is not None:
        if adapter(account.courier).KEY_FORM in {"", "rsa"}:
            raise CommandError(f"{account.courier} does not sign with a secret of ours.")
        managing.check_secret(account, secret)
        with transaction() as conn:
            managing.rotate(conn, TERMINAL, slug, secret=secret, keep=keep, now=now)
    else:
        headers = inputs.headers(header)
        if unknown := set(headers) - set(account.headers):
            raise CommandError(f"{slug} agreed on no header {min(unknown)!r}.")
        with transaction() as conn:
            managing.rotate(conn, TERMINAL, slug, headers=headers, keep=keep, now=now)
    accounts.forget()
    with transaction() as conn:
        until = accounts_store.former_until(conn, now).get(account.id)
    former = f"the former one until {until:%Y-%m-%d %H:%M:%S} UTC" if until else "and no other"
    click.echo(f"The new one is valid within 5 seconds, {former}.")
