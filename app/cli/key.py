"""`reknock key`: API keys."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import click

from app import clock
from app.access import keys
from app.access import store as access
from app.cli import environment, inputs
from app.cli.errors import CommandError
from app.db.connection import connection, transaction
from app.directory import store
from app.directory.changes import TERMINAL
from app.managing import keys as managing

_ONCE = "Keep it now: it is not shown again."


@click.group("key")
def command() -> None:
    """Create, list, rotate and revoke API keys.

    Example: reknock key create --role shipper --shipper hollow-oak --name "Order system"
    """


@command.command()
@click.option("--role", type=click.Choice(keys.ROLES), required=True)
@click.option("--name", required=True, help="What the key is for; shown as who acted.")
@click.option("--shipper", help="Slug of the shipper whose orders and cases it opens.")
@click.option(
    "--person", type=inputs.Email(), help="E-mail address of the dispatcher who acts with it."
)
@click.option(
    "--expires", type=inputs.Duration(), help="Valid for so long: 30d, 12h; else for good."
)
@click.option(
    "--depot",
    "depots",
    multiple=True,
    help="Whose cases a machine's key opens, again for each; else every depot's.",
)
def create(
    role: str,
    name: str,
    shipper: str | None,
    person: str | None,
    expires: timedelta | None,
    depots: tuple[str, ...],
) -> None:
    """Create a key and show it, once. With --person it opens what that person sees.

    Example: reknock key create --role dispatcher --name Ana --person ana@example.com
    """
    environment.attach()
    if role == "shipper" and not shipper:
        raise CommandError("A shipper's key needs --shipper.")
    if depots and (person or role in {"shipper", "admin"}):
        raise CommandError("--depot is for the keys of machines that do a dispatcher's work.")
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
        new = managing.New(
            role=role,
            name=name,
            shipper_id=shipper_id,
            person_id=person_id,
            depots=[inputs.depot_id(conn, slug) for slug in depots] or None,
            lasts=expires,
        )
        click.echo(managing.create(conn, TERMINAL, new, clock.now()))
    click.echo(_ONCE, err=True)


@command.command("list")
def list_() -> None:
    """Show what keys there are, what each is for, and when it was last used; never the key.

    Example: reknock key list
    """
    environment.attach()
    now = clock.now()
    for row in access.keys(connection()):
        used = f"used {row['last_used_at']:%Y-%m-%d %H:%M}" if row["last_used_at"] else "never used"
        whose = " ".join(filter(None, [row["role"], row["shipper"] or row["person"]]))
        click.echo(f"{row['id']:>6}  {whose:<24}  {row['name']:<24}  {used:<22}{_state(row, now)}")


def _state(row: dict[str, Any], now: datetime) -> str:
    if row["revoked_at"]:
        return f"  revoked {row['revoked_at']:%Y-%m-%d %H:%M}"
    if row["expires_at"] is None:
        return ""
    word = "ended" if row["expires_at"] <= now else "until"
    return f"  {word} {row['expires_at']:%Y-%m-%d %H:%M}"


@command.command()
@click.argument("key", type=int)
def revoke(key: int) -> None:
    """End a key and every session begun with it, at once; KEY is the number in the list.

    Example: reknock key revoke 7
    """
    environment.attach()
    with transaction() as conn:
        ended = managing.revoke(conn, TERMINAL, key, clock.now())
    click.echo(f"key {key} is revoked" if ended else f"key {key} was revoked before")


@command.command()
@click.argument("key", type=int)
@click.option(
    "--keep",
    type=inputs.Duration(),
    default="24h",
    show_default=True,
    help="How long the former one stays valid: 90s, 30m, 24h, 7d, or 0.",
)
def rotate(key: int, keep: timedelta) -> None:
    """Create a key that may do the same, and show it, once; the former ends after --keep.

    Example: reknock key rotate 7 --keep 24h
    """
    environment.attach()
    with transaction() as conn:
        click.echo(managing.rotate(conn, TERMINAL, key, keep, clock.now()))
    click.echo(_ONCE, err=True)
