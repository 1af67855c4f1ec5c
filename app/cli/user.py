"""`reknock user`: the people who are called."""

from __future__ import annotations

from datetime import timedelta

import click

from app import clock
from app.cli import environment, inputs
from app.cli.errors import CommandError
from app.db.connection import transaction
from app.directory import store
from app.shipments.reachable import check_number

_LONGEST_WAIT = 7 * 24 * 60


@click.group("user")
def command() -> None:
    """Add the people who are called.

    Example: reknock user add --name Ana --phone +17145554232 --depot anaheim --level 1
    """


@command.command()
@click.option("--name", required=True)
@click.option("--phone", help="Mobile number with its prefix: +1714…")
@click.option("--email", type=inputs.Email())
@click.option("--depot", help="Slug of the depot whose ladder this person joins.")
@click.option("--level", type=click.IntRange(1, 9), help="Which level of the ladder.")
@click.option(
    "--wait",
    type=click.IntRange(1, _LONGEST_WAIT),
    default=10,
    show_default=True,
    help="Minutes to acknowledge.",
)
def add(
    name: str, phone: str | None, email: str | None, depot: str | None, level: int | None, wait: int
) -> None:
    """Add somebody, and to a depot's ladder if --depot and --level are given.

    Example: reknock user add --name Ben --email ben@example.com --depot anaheim --level 2
    """
    environment.attach()
    channels = []
    if phone:
        number = check_number(phone, "ZZ")
        if number.fault:
            raise CommandError(f"{phone!r} cannot be used: {number.fault}. Write it as +1714….")
        phone = number.e164
        channels.append("sms")
    if email:
        channels.append("email")
    if not channels:
        raise CommandError("Give a --phone or an --email: this person is to be called.")
    if (depot is None) != (level is None):
        raise CommandError("--depot and --level go together.")
    with transaction() as conn:
        person_id = store.add_person(conn, name, phone, email, channels, clock.now())
        if person_id is None:
            raise CommandError(f"Somebody has the address {email!r} already; give another --email.")
        if depot and level:
            wait_for = timedelta(minutes=wait)
            if not store.add_level(conn, depot, level, person_id, wait_for):
                raise CommandError(f"There is no depot {depot!r}.")
    click.echo(f"added person {person_id}{f', level {level} of {depot}' if depot else ''}")
