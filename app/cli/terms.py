"""`reknock courier terms`: what customers may choose with a courier, and what is charged for it."""

from __future__ import annotations

from typing import Any

import click

from app import clock
from app.booking import terms
from app.cli import environment
from app.cli.errors import CommandError
from app.db.connection import connection, transaction
from app.directory import accounts_store
from app.directory.changes import TERMINAL
from app.managing import accounts as managing


@click.command("terms")
@click.argument("slug")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
def command(slug: str, values: tuple[str, ...]) -> None:
    """Show what customers may choose with an account, and its prices, or change some of it.

    NAME is return (yes or no), elsewhere (no, postcode, city, region or country), return_days,
    return_notice_hours, or one of redelivery, evening, pickup, elsewhere and return with _price;
    without a VALUE it is as usual.

    Example: reknock courier terms ups-main elsewhere=postcode return_price="4.50 EUR"
    """
    environment.attach()
    found = accounts_store.account(connection(), slug)
    if found is None:
        raise CommandError(f"There is no courier account {slug!r}: reknock courier list")
    given = found["terms"]
    if values:
        given = {**given, **dict(map(_pair, values))}
        given = {name: value for name, value in given.items() if value != ""}
        with transaction() as conn:
            managing.set_terms(conn, TERMINAL, slug, given, clock.now())
    for name, value in given.items():
        click.echo(f"{name}={value}")


def _pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise CommandError(f"{text!r} is not NAME=VALUE")
    return name, int(value) if name in terms.NUMBERS and value.isdecimal() else value
