"""`reknock courier`: connect couriers and try the connection."""

from __future__ import annotations

import secrets as random
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import click
import requests

import app
from app import clock
from app.chain import policy
from app.cli import connect, environment, inputs, returning, rotation, terms, trying
from app.cli.errors import CommandError
from app.db.connection import Connection, connection, transaction
from app.directory import accounts_store, store
from app.directory.changes import TERMINAL
from app.intake import accounts, couriers, samples
from app.managing import accounts as managing
from app.managing import connecting, depots, people, shippers, shippers_store

_DAYS = range(1, 7)
_WINDOWS = ((time(9), time(13)), (time(13), time(17)), (time(17), time(20)))
_PARCELS = 10
_CUTOFF = timedelta(hours=12)


@click.group("courier")
def command() -> None:
    """Connect couriers.

    Example: reknock courier add --courier onfleet --slug city-couriers --secret 0a1b…
    """


_MORE = (trying.attempt, trying.change, rotation.command, connect.command)
for part in (*_MORE, returning.command, terms.command):
    command.add_command(part)


@command.command()
@click.option("--courier", type=click.Choice(couriers.NAMES), required=True)
@click.option("--slug", required=True, help="Its address becomes /webhooks/SLUG.")
@click.option("--secret", "secret", multiple=True, help="As the courier shows it. Newest first.")
@click.option(
    "--header", multiple=True, help="'Name: value' that a sender without a signature sends."
)
@click.option(
    "--mapping",
    "mapping_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="What its body means, for the courier `custom`.",
)
@click.option("--config", "settings", multiple=True, help="NAME=VALUE that an adapter asks for.")
@click.option("--shipper", show_default="main", help="Made if it is new.")
@click.option("--shipper-email", type=inputs.Email(), help="Who is asked for missing contacts.")
@click.option("--depot", show_default="main", help="Made if it is new.")
@click.option("--timezone", show_default="UTC", help="IANA name, for depot and times.")
@click.option(
    "--country",
    type=inputs.Country(),
    default="US",
    show_default=True,
    help="For numbers without a prefix.",
)
@click.option("--catch-all", type=inputs.Email(), help="E-mail address called last at a new depot.")
def add(
    courier: str,
    slug: str,
    secret: tuple[str, ...],
    header: tuple[str, ...],
    mapping_path: Path | None,
    settings: tuple[str, ...],
    shipper: str | None,
    shipper_email: str | None,
    depot: str | None,
    timezone: str | None,
    country: str,
    catch_all: str | None,
) -> None:
    """Connect a courier; says which address to register there. Run again to change it.

    What is not given again stays as it is. A new --secret or --header replaces all of both.

    Example: reknock courier add --courier easypost --slug ep --secret s3cret
    --timezone Europe/Berlin --country DE --catch-all ops@example.com
    """
    config = environment.attach()
    app.configure(config)
    known = _known(slug)
    shipper, depot = shipper or known.get("shipper", "main"), depot or known.get("depot", "main")
    timezone = timezone or known.get("timezone", "UTC")
    headers = inputs.headers(header)
    mapped = _config(courier, settings, mapping_path, new=not known)
    now = clock.now()
    with transaction() as conn:
        wanted = managing.New(
            slug=slug,
            courier=courier,
            shipper_id=_shipper(conn, shipper, shipper_email, country, now),
            depot_id=_depot(conn, depot, timezone, country, catch_all, now),
            timezone=timezone,
            secrets=secret,
            headers=headers,
            config=mapped,
        )
        connecting.put(conn, TERMINAL, wanted, now)
    click.echo(f"{config.public_url}/webhooks/{slug}")
    click.echo(
        f"Register this address at the courier, then: reknock courier send-sample {slug}", err=True
    )


@command.command("list")
def listing() -> None:
    """List the connected couriers, how each is told of bookings, until when a former secret works.

    Example: reknock courier list
    """
    config = environment.attach()
    conn = connection()
    former = accounts_store.former_until(conn, clock.now())
    for row in accounts_store.accounts(conn):
        until = former.get(row["id"])
        rotating = f"  former secret until {until:%Y-%m-%d %H:%M:%S} UTC" if until else ""
        click.echo(
            f"{row['slug']:<24} {row['courier']:<18} {row['shipper']:<16} {row['depot']:<12} "
            f"{'by ' + (row['connector'] or 'depot'):<18} "
            f"{config.public_url}/webhooks/{row['slug']}{rotating}"
        )


@command.command("send-sample")
@click.argument("slug")
@click.option("--body", type=click.File("rb"), help="Sign and post this instead.")
def send_sample(slug: str, body: BinaryIO | None) -> None:
    """Post a genuine, signed failure to the running service, as the courier would.

    It opens a real case: dispatchers are called. An account whose mapping is not the demo's
    needs a --body of its own courier.

    Example: reknock courier send-sample city-couriers
    """
    config = environment.attach()
    app.configure(config)
    account = accounts.find(slug)
    if account is None:
        raise CommandError(f"There is no courier account {slug!r}; see `reknock courier list`.")
    now = clock.machine_now()
    if body is None:
        raw, headers = samples.failure(account, now, shipment=random.token_hex(6))
    else:
        raw = body.read()
        headers = couriers.adapter(account.courier).sign(account, raw, now)
    base = f"http://{config.host}:{config.port}"
    try:
        answer = requests.post(f"{base}/webhooks/{slug}", data=raw, headers=headers, timeout=10)
    except requests.RequestException as error:
        raise CommandError(f"Nothing answers at {base}: {error}") from error
    click.echo(f"{answer.status_code} {answer.text.strip()}")
    if answer.status_code != 200:
        raise CommandError("The sample was not accepted.")


def _known(slug: str) -> dict[str, Any]:
    """What an account is already: `shipper, depot, timezone`; empty for a new one."""
    rows = accounts_store.accounts(connection())
    return next((row for row in rows if row["slug"] == slug), {})


def _config(
    courier: str, settings: tuple[str, ...], mapping_path: Path | None, *, new: bool
) -> dict[str, Any] | None:
    """The config for the adapter; None when nothing is given and an account keeps what it has.

    Raises:
        CommandError: a mapping is missing, or given to a courier that has none.
    """
    given: dict[str, Any] = dict(inputs.pairs("--config", settings))
    custom = courier == "custom"
    if (mapping_path and not custom) or (custom and (given or new) and not mapping_path):
        raise CommandError("--mapping belongs to the courier `custom`, which needs it.")
    return inputs.mapping_file(mapping_path) if mapping_path else given or None


def _shipper(conn: Connection, slug: str, email: str | None, country: str, now: datetime) -> int:
    known = shippers_store.lock(conn, slug)
    if known is None:
        first = policy.create(conn, "standard", policy.STANDARD, now)
        name = slug.replace("-", " ").title()
        wanted = shippers.Wanted(name=name, country=country, email=email or "")
        shippers.put(conn, TERMINAL, slug, wanted, first, now)
    elif email:
        wanted = shippers.Wanted(
            name=known.name,
            country=known.country,
            email=email,
            phone=known.phone or "",
            return_cost=known.return_cost or "",
        )
        shippers.put(conn, TERMINAL, slug, wanted, 0, now)
    found = known or shippers_store.lock(conn, slug)
    assert found is not None  # noqa: S101 - it was just written
    return found.id


def _depot(
    conn: Connection,
    slug: str,
    timezone: str,
    country: str,
    catch_all: str | None,
    now: datetime,
) -> int:
    """The depot; a new one gets three windows a day from Monday to Saturday to begin with."""
    known = store.depot_id(conn, slug)
    if known is not None:
        return known
    if not catch_all:
        raise CommandError(
            f"The depot {slug!r} is new: give --catch-all, whom to call when nobody else answers."
        )
    in_charge = store.person_id(conn, catch_all)
    if in_charge is None:
        name = catch_all.partition("@")[0]
        somebody = people.Wanted(
            name=name, phone="", email=catch_all, channels=["email"], role="dispatcher", depots=[]
        )
        in_charge = people.add(conn, TERMINAL, somebody, now).id
    where = depots.Where(timezone=timezone, country=country)
    depot = depots.add(conn, TERMINAL, slug, slug.title(), where, in_charge, now)
    for window in _WINDOWS:
        rest = (window, _PARCELS, _CUTOFF, now)
        depots.add_windows(conn, TERMINAL, depot, _DAYS, *rest)
    return depot.id
