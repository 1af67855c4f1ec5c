"""`reknock courier`: connect couriers and try the connection."""

from __future__ import annotations

import secrets as random
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any, BinaryIO, TypedDict

import click
import requests

import app
from app import clock
from app.booking import places_store
from app.chain import policy
from app.cli import connect, environment, inputs, returning, rotation, terms, trying
from app.cli.errors import CommandError
from app.db.connection import Connection, connection, transaction
from app.directory import accounts_store, roles_store, service, store
from app.directory.changes import TERMINAL
from app.errors import Problem
from app.intake import accounts, couriers, samples
from app.intake.event import Account
from app.managing import accounts as managing

_DAYS = range(1, 7)
_WINDOWS = ((time(9), time(13)), (time(13), time(17)), (time(17), time(20)))


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
    known = _known(slug, courier)
    shipper, depot = shipper or known.get("shipper", "main"), depot or known.get("depot", "main")
    timezone = timezone or known.get("timezone", "UTC")
    headers = inputs.headers(header)
    mapped = _config(courier, settings, mapping_path, known)
    if not (secret or headers or known) and couriers.adapter(courier).KEY_FORM != "rsa":
        raise CommandError("Give a --secret or a --header: nobody else may post in its name.")
    for one in secret:
        read_by = mapped or known.get("config", {})
        managing.check_secret(Account(0, slug, courier, 0, 0, (), headers, read_by, timezone), one)
    if known and mapped and not secret and (account := accounts.find(slug)):
        for one in account.secrets[:1]:
            managing.check_secret(replace(account, config=mapped), one)
    now = clock.now()
    with transaction() as conn:
        shipper_id = _shipper(conn, shipper, shipper_email, country)
        depot_id = _depot(conn, depot, timezone, country, catch_all)
        belongs: _Belongs = {"shipper_id": shipper_id, "depot_id": depot_id, "timezone": timezone}
        if known:
            managing.set_owner(conn, TERMINAL, slug, now=now, **belongs)
            if secret or headers:
                managing.set_credentials(conn, TERMINAL, slug, secret, headers, now)
            if mapped:
                managing.set_config(conn, TERMINAL, slug, mapped, now)
        else:
            new = managing.New(
                slug=slug,
                courier=courier,
                secrets=secret,
                headers=headers,
                config=mapped,
                **belongs,
            )
            managing.add(conn, TERMINAL, new, now)
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


class _Belongs(TypedDict):
    shipper_id: int
    depot_id: int
    timezone: str


def _known(slug: str, courier: str) -> dict[str, Any]:
    """What an account is already: `shipper, depot, timezone, config`; empty for a new one.

    Raises:
        Problem: 409, it is another courier's.
    """
    conn = connection()
    row = next((row for row in accounts_store.accounts(conn) if row["slug"] == slug), None)
    if row is None:
        return {}
    if row["courier"] != courier:
        detail = f"{slug} is an account of {row['courier']}. Give {courier} a --slug of its own."
        raise Problem(409, "other_courier", detail)
    whole = accounts_store.account(conn, slug) or {}
    return row | {"config": whole.get("config", {})}


def _config(
    courier: str, settings: tuple[str, ...], mapping_path: Path | None, known: dict[str, Any]
) -> dict[str, Any]:
    """The config for the adapter; empty when nothing is given and an account keeps what it has.

    Raises:
        CommandError: the adapter needs something else.
    """
    given: dict[str, Any] = dict(inputs.pairs("--config", settings))
    needed = bool(given) or not known
    custom = courier == "custom"
    if (mapping_path and not custom) or (custom and needed and not mapping_path):
        raise CommandError("--mapping belongs to the courier `custom`, which needs it.")
    if mapping_path is not None:
        return inputs.mapping_file(mapping_path)
    if couriers.adapter(courier).KEY_FORM == "rsa" and needed and not given.get("jwks_url"):
        raise CommandError(f"{courier} signs with its own key: give --config jwks_url=https://…")
    return given


def _shipper(conn: Connection, slug: str, email: str | None, country: str) -> int:
    known = store.shipper_id(conn, slug)
    if known is None:
        now = clock.now()
        policy_id = policy.create(conn, "standard", policy.STANDARD, now)
        name = slug.replace("-", " ").title()
        return store.put_shipper(conn, slug, name, country, policy_id, now, email=email)
    if email:
        store.set_shipper_email(conn, known, email)
    return known


def _depot(conn: Connection, slug: str, timezone: str, country: str, catch_all: str | None) -> int:
    """The depot; a new one gets three windows a day from Monday to Saturday to begin with."""
    known = store.depot_id(conn, slug)
    if known is not None:
        return known
    if not catch_all:
        raise CommandError(
            f"The depot {slug!r} is new: give --catch-all, whom to call when nobody else answers."
        )
    service.check_zone(timezone)
    now = clock.now()
    person_id = service.person(conn, catch_all.partition("@")[0], None, catch_all, ["email"], now)
    depot_id = store.add_depot(conn, slug, slug.title(), timezone, country, person_id, now)
    roles_store.let_see(conn, person_id, slug)
    for weekday in _DAYS:
        for starts, ends in _WINDOWS:
            places_store.add_rule(conn, depot_id, weekday, starts, ends, 10, timedelta(hours=12))
    return depot_id
