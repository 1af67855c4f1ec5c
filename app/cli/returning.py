"""`reknock courier rules`: what a courier does by itself with a parcel that was not delivered."""

from __future__ import annotations

from typing import Any

import click

from app import clock
from app.cli import environment
from app.cli.errors import CommandError
from app.db.connection import connection, transaction
from app.directory.changes import TERMINAL
from app.managing import accounts as managing
from app.shipments.returning import rules, store


@click.command("rules")
@click.argument("slug")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
def command(slug: str, values: tuple[str, ...]) -> None:
    """Show an account's rules for what was not delivered, or change some of them.

    NAME is attempts, held_days, days (calendar or working), tries_again_after_hours or
    no_change_hours; without a VALUE it is forgotten. Cases follow them from the courier's next
    news on.

    Example: reknock courier rules shiprocket-main attempts=3 tries_again_after_hours=24
    """
    environment.attach()
    found = store.rules_of(connection(), slug)
    if found is None:
        raise CommandError(f"There is no courier account {slug!r}: reknock courier list")
    courier, given = found
    if values:
        given = {**given, **dict(map(_pair, values))}
        given = {name: value for name, value in given.items() if value is not None}
        with transaction() as conn:
            managing.set_rules(conn, TERMINAL, slug, given, clock.now())
    for name, value in {**rules.KNOWN.get(courier, {}), **given}.items():
        click.echo(f"{name}={value}" + ("" if name in given else f"  (of {courier})"))


def _pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise CommandError(f"{text!r} is not NAME=VALUE")
    try:
        number = float(value)
    except ValueError:
        return name, value or None
    return name, int(number) if number.is_integer() else number
