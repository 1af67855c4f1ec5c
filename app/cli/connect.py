"""`reknock courier connect`: how bookings reach a courier's own system."""

from __future__ import annotations

import click

import app
from app import clock
from app.cli import environment, inputs
from app.db.connection import transaction
from app.directory.changes import TERMINAL
from app.handover import connectors
from app.managing import accounts

_NAMES = [connectors.DEPOT, *(connector.name for connector in connectors.registered())]


@click.command("connect")
@click.argument("slug")
@click.option("--connector", type=click.Choice(_NAMES), required=True)
@click.option("--set", "values", multiple=True, help="NAME=VALUE that the connector needs.")
def command(slug: str, connector: str, values: tuple[str, ...]) -> None:
    """Let bookings of an account reach its courier; `depot`: people do it and confirm.

    The values are stored encrypted. `base` is another address than the courier's usual one, such
    as its sandbox. Run again to change it; give every value again.

    Example: reknock courier connect city-couriers --connector onfleet --set api_key=0a1b…
    """
    config = environment.attach()
    app.configure(config)
    with transaction() as conn:
        given = dict(inputs.pairs("--set", values))
        accounts.connect(conn, TERMINAL, slug, connector, given, clock.now())
    click.echo(f"Bookings of {slug} go to {connector}.")
