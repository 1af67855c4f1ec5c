"""`reknock db`: the database's schema."""

from __future__ import annotations

import click

from app.cli import environment
from app.db import migrate


@click.group("db")
def command() -> None:
    """Migrate the database.

    Example: reknock db upgrade
    """


@command.command()
def upgrade() -> None:
    """Apply the migrations that are missing; safe to run again, and by several at once.

    Example: DATABASE_URL=postgresql://… reknock db upgrade
    """
    done = migrate.upgrade(environment.attach().database_url)
    for name in done:
        click.echo(f"applied {name}")
    if not done:
        click.echo("The database is up to date.")
