"""`reknock courier`: connect couriers and try the connection."""

from __future__ import annotations

import secrets as random
from datetime import timedelta

import click
import requests

import app
from app import clock
from app.chain import policy
from app.cli import environment
from app.cli.errors import CommandError
from app.db.connection import Connection, connection, transaction
from app.directory import service, store
from app.intake import accounts, couriers, samples

_DAYS, _WINDOWS = range(1, 7), (("09:00", "13:00"), ("13:00", "17:00"), ("17:00", "20:00"))


@click.group("courier")
def command() -> None:
    """Connect couriers.

    Example: reknock courier add --courier onfleet --slug city-couriers --secret 0a1b…
    """


@command.command()
@click.option("--courier", type=click.Choice(couriers.NAMES), required=True)
@click.option("--slug", required=True, help="Its address becomes /webhooks/SLUG.")
@click.option("--secret", "secret", multiple=True, help="As the courier shows it. Newest first.")
@click.option(
    "--header", multiple=True, help="'Name: value' that a sender without a signature sends."
)
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
    headers = {}
    for line in header:
        name, colon, value = line.partition(":")
        if not colon:
            raise CommandError(f"--header {line!r} is not 'Name: value'.")
        headers[name.strip().lower()] = value.strip()
    if not secret and not headers:
        raise CommandError("Give a --secret or a --header: nobody else may post in its name.")
    with transaction() as conn:
        service.add_account(
            conn,
            slug=slug,
            courier=courier,
            shipper_id=_shipper(conn, shipper, shipper_email, country),
            depot_id=_depot(conn, depot, timezone, country, catch_all),
            secrets=secret,
            headers=headers,
            config={},
            timezone=timezone,
            now=clock.now(),
        )
    click.echo(f"{config.public_url}/webhooks/{slug}")
    click.echo(
        f"Register this address at {courier}, then: reknock courier send-sample {slug}", err=True
    )


@command.command("list")
def listing() -> None:
    """List the connected couriers.

    Example: reknock courier list
    """
    config = environment.attach()
    for row in store.accounts(connection()):
        click.echo(
            f"{row['slug']:<24} {row['courier']:<18} {row['shipper']:<16} {row['depot']:<12} "
            f"{config.public_url}/webhooks/{row['slug']}"
        )


@command.command("send-sample")
@click.argument("slug")
def send_sample(slug: str) -> None:
    """Post a genuine, signed failure to the running service, as the courier would.

    It opens a real case: dispatchers are called.

    Example: reknock courier send-sample city-couriers
    """
    config = environment.attach()
    app.configure(config)
    account = accounts.find(slug)
    if account is None:
        raise CommandError(f"There is no courier account {slug!r}; see `reknock courier list`.")
    body, headers = samples.failure(account, clock.machine_now(), shipment=random.token_hex(6))
    base = f"http://{config.host}:{config.port}"
    try:
        answer = requests.post(f"{base}/webhooks/{slug}", data=body, headers=headers, timeout=10)
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
