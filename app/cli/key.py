"""`reknock key`: API keys."""

from __future__ import annotations

import click

from app import clock
from app.access import keys
from app.cli import environment, inputs
from app.cli.errors import CommandError
from app.db.connection import transaction
from app.directory import store


@click.group("key")
def command() -> None:
    """Create API keys.

    Example: reknock key create --role shipper --shipper hollow-oak --name "Order system"
    """


@command.command()
@click.option("--role", type=click.Choice(keys.ROLES), required=True)
@click.option("--name", required=True, help="What the key is for; shown as who acted.")
@click.option("--shipper", help="Slug of the shipper whose orders and cases it opens.")
@click.option(
    "--person", type=inputs.Email(), help="E-mail address of the dispatcher who acts with it."
)
def create(role: str, name: str, shipper: str | None, person: str | None) -> None:
    """Create a key and show it, once.

    Example: reknock key create --role dispatcher --name Ana --person ana@example.com
    """
    environment.attach()
    if role == "shipper" and not shipper:
        raise CommandError("A shipper's key needs --shipper.")
    with transaction() as conn:
        shipper_id = person_id = None
        if shipper:
            shipper_id = store.shipper_id(conn, shipper)
            if shipper_id is None:
                raise CommandError(f"There is no shipper {shipper!r}.")
        if person:
            person_id = store.person_id(conn, person)
            if person_id is None:
                raise CommandError(f"Nobody has the address {person!r}; see `reknock user add`.")
        click.echo(keys.create(conn, role, name, shipper_id, person_id, clock.now()))
    click.echo("Keep it now: it is not shown again.", err=True)
