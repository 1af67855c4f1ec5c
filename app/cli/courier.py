"""`reknock courier`: connect couriers and try the connection."""

from __future__ import annotations

import secrets as random
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

import click
import requests

import app
from app import clock
from app.chain import policy
from app.cli import environment, inputs, rotation, trying
from app.cli.errors import CommandError
from app.db.connection import Connection, connection, transaction
from app.directory import rotation as credentials
from app.directory import service, store
from app.intake import accounts, couriers, samples
from app.intake.event import Account

_DAYS, _WINDOWS = range(1, 7), (("09:00", "13:00"), ("13:00", "17:00"), ("17:00", "20:00"))


@click.group("courier")
def command() -> None:
    """Connect couriers.

    Example: reknock courier add --courier onfleet --slug city-couriers --secret 0a1b…
    """


for part in (trying.attempt, trying.change, rotation.command):
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
@click.option("--shipper", default="main", show_default=True, help="Made if it is new.")
@click.option("--shipper-email", help="Who is asked for missing contacts.")
@click.option("--depot", default="main", show_default=True, help="Made if it is new.")
@click.option(
    "--timezone", default="UTC", show_default=True, help="IANA name, for depot and times."
)
@click.option("--country", default="US", show_default=True, help="For numbers without a prefix.")
@click.option("--catch-all", help="E-mail address called last at a new depot.")
def add(
    courier: str,
    slug: str,
    secret: tuple[str, ...],
    header: tuple[str, ...],
    mapping_path: Path | None,
    settings: tuple[str, ...],
    shipper: str,
    shipper_email: str | None,
    depot: str,
    timezone: str,
    country: str,
    catch_all: str | None,
) -> None:
    """Connect a courier; says which address to register there. Run again to change it.

    Example: reknock courier add --courier easypost --slug ep --secret s3cret
    --timezone Europe/Berlin --country DE --catch-all ops@example.com
    """
    config = environment.attach()
    app.configure(config)
    headers = inputs.headers(header)
    mapped: dict[str, Any] = dict(inputs.pairs("--config", settings))
    if (courier == "custom") != (mapping_path is not None):
        raise CommandError("--mapping belongs to the courier `custom`, which needs it.")
    if mapping_path is not None:
        mapped = inputs.mapping_file(mapping_path)
    if couriers.adapter(courier).KEY_FORM == "rsa":
        if not mapped.get("jwks_url"):
            raise CommandError(
                f"{courier} signs with its own key: give --config jwks_url=https://…"
            )
    elif not secret and not headers:
        raise CommandError("Give a --secret or a --header: nobody else may post in its name.")
    for one in secret:
        inputs.fitting(Account(0, slug, courier, 0, 0, (one,), headers, mapped, timezone))
    with transaction() as conn:
        service.add_account(
            conn,
            slug=slug,
            courier=courier,
            shipper_id=_shipper(conn, shipper, shipper_email, country),
            depot_id=_depot(conn, depot, timezone, country, catch_all),
            secrets=secret,
            headers=headers,
            config=mapped,
            timezone=timezone,
            now=clock.now(),
        )
    click.echo(f"{config.public_url}/webhooks/{slug}")
    click.echo(
        f"Register this address at the courier, then: reknock courier send-sample {slug}", err=True
    )


@command.command("list")
def listing() -> None:
    """List the connected couriers, and until when a former secret is still valid.

    Example: reknock courier list
    """
    config = environment.attach()
    conn = connection()
    former = credentials.former_until(conn, clock.now())
    for row in store.accounts(conn):
        until = former.get(row["id"])
        rotating = f"  former secret until {until:%Y-%m-%d %H:%M:%S} UTC" if until else ""
        click.echo(
            f"{row['slug']:<24} {row['courier']:<18} {row['shipper']:<16} {row['depot']:<12} "
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


def _shipper(conn: Connection, slug: str, email: str | None, country: str) -> int:
    row = conn.execute("SELECT id FROM shippers WHERE slug = %s", [slug]).fetchone()
    if row is None:
        now = clock.now()
        row = conn.execute(
            """INSERT INTO shippers (slug, name, email, country, policy_id, created_at)
               VALUES (%s, %s, %s, %s, %s, %s) RETURNING id""",
            [
                slug,
                slug.replace("-", " ").title(),
                email,
                country.upper(),
                policy.create(conn, "standard", policy.STANDARD, now),
                now,
            ],
        ).fetchone()
    elif email:
        conn.execute("UPDATE shippers SET email = %s WHERE id = %s", [email, row["id"]])
    if row is None:
        raise LookupError("a shipper vanished")
    return int(row["id"])


def _depot(conn: Connection, slug: str, timezone: str, country: str, catch_all: str | None) -> int:
    """The depot; a new one gets three windows a day from Monday to Saturday to begin with."""
    row = conn.execute("SELECT id FROM depots WHERE slug = %s", [slug]).fetchone()
    if row is not None:
        return int(row["id"])
    if not catch_all:
        raise CommandError(
            f"The depot {slug!r} is new: give --catch-all, whom to call when nobody else answers."
        )
    now = clock.now()
    person = conn.execute(
        """INSERT INTO people (name, email, channels, created_at) VALUES (%s, %s, '{email}', %s)
               ON CONFLICT (email) DO UPDATE SET email = excluded.email RETURNING id""",
        [catch_all.partition("@")[0], catch_all, now],
    ).fetchone()
    row = conn.execute(
        """INSERT INTO depots (slug, name, timezone, country, address, catch_all_id, created_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id""",
        [slug, slug.title(), timezone, country.upper(), "", person["id"] if person else None, now],
    ).fetchone()
    if row is None:
        raise LookupError("a depot vanished")
    for weekday in _DAYS:
        for starts, ends in _WINDOWS:
            conn.execute(
                "INSERT INTO slot_rules VALUES (%s, %s, %s, %s, %s, %s)",
                [row["id"], weekday, starts, ends, 10, timedelta(hours=12)],
            )
    return int(row["id"])
