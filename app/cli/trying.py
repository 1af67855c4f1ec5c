"""`reknock courier try` and `reknock courier map`: couriers without code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import click

from app import clock
from app.cli import environment, inputs
from app.cli.errors import CommandError
from app.db.connection import connection, transaction
from app.directory.changes import TERMINAL
from app.intake import accounts, mapping, quarantine_store
from app.intake.event import Account
from app.intake.mapping import trial
from app.managing import accounts as managing

_FILE = click.Path(path_type=Path, dir_okay=False)
_WIDEST = 40
_BODIES_TRIED = 200


@click.command("try")
@click.argument("slug", required=False)
@click.option("--mapping", "mapping_path", type=_FILE, help="Try this one.")
@click.option(
    "--sample",
    "samples",
    type=click.File("rb"),
    required=True,
    multiple=True,
    help="A body; - reads it here. Of several, no two may have the same key.",
)
@click.option("--header", multiple=True, help="'Name: value' that came with it.")
@click.option("--secret", help="Check the signature among the headers with it.")
@click.option("--timezone", default="UTC", show_default=True, help="For times without a zone.")
def attempt(
    slug: str | None,
    mapping_path: Path | None,
    samples: tuple[BinaryIO, ...],
    header: tuple[str, ...],
    secret: str | None,
    timezone: str,
) -> None:
    """Show what each field of a body becomes, and what of the whole; keeps nothing.

    With a mapping it needs nothing that runs. With the SLUG of an account, of any courier, that
    account's mapping, time zone and secret are used; --mapping tries another one before `map`.
    Exits with 1 if the body would not be taken.

    Example: reknock courier try --mapping thames.json --sample failed.json
    """
    config = inputs.mapping_file(mapping_path) if mapping_path else None
    if slug is not None:
        account = _account(slug)
        if config is not None:
            account = replace(_custom(account), config=config)
    elif config is not None:
        account = Account(0, "try", "custom", 0, 0, (), {}, config, timezone)
    else:
        raise CommandError("Give a --mapping, or the slug of an account.")
    if secret is not None:
        account = replace(account, secrets=(secret,))
    checked = bool(header) and (slug is not None or secret is not None)
    headers = inputs.headers(header)
    now = clock.machine_now()
    bodies = dict.fromkeys(sample.read() for sample in samples)
    tried = [trial.run(account, raw, headers, now, believe=not checked) for raw in bodies]
    for found in tried:
        _show(account, found, checked=checked)
    _refuse_shared_key(tried)
    if any(found.verdict in {"quarantined", "refused"} for found in tried):
        raise SystemExit(1)


@click.command("map")
@click.argument("slug")
@click.option("--mapping", "mapping_path", type=_FILE, help="The new one; else it is printed.")
def change(slug: str, mapping_path: Path | None) -> None:
    """Give an account without code another mapping, or print the one it has.

    Example: reknock courier map thames --mapping thames.json
    """
    account = _custom(_account(slug))
    if mapping_path is None:
        click.echo(mapping.pretty(mapping.ordered(account.config)))
        return
    config = inputs.mapping_file(mapping_path)
    changed = replace(account, config=config)
    for secret in account.secrets[:1]:
        managing.check_secret(changed, secret)
    _refuse_shared_key(_tried_on_what_came(changed))
    with transaction() as conn:
        managing.set_config(conn, TERMINAL, slug, config, clock.now())
    accounts.forget()
    waiting = quarantine_store.count_quarantined(connection(), slug)
    click.echo(f"The new mapping of {slug} is in use within 5 seconds.")
    if waiting:
        click.echo(f"{waiting} in quarantine: reknock quarantine replay --all --account {slug}")


def _tried_on_what_came(account: Account) -> list[trial.Trial]:
    return [
        trial.run(account, bytes(r["body"]), r["headers"] or {}, r["received_at"], believe=True)
        for r in quarantine_store.newest_bodies(connection(), account.id, _BODIES_TRIED)
    ]


def _refuse_shared_key(tried: list[trial.Trial]) -> None:
    """Refuse a mapping whose key would make one event of two.

    Raises:
        CommandError: it names the key.
    """
    if key := trial.shared_key(tried):
        raise CommandError(
            f"Two bodies that say different things have the same key {key!r}: the second one would "
            "not be taken. Map `key` to what is different in each."
        )


def _account(slug: str) -> Account:
    environment.attach()
    account = accounts.find(slug)
    if account is None:
        raise CommandError(f"There is no courier account {slug!r}; see `reknock courier list`.")
    return account


def _custom(account: Account) -> Account:
    if account.courier != "custom":
        raise CommandError(f"{account.slug} is read by code ({account.courier}), not by a mapping.")
    return account


def _show(account: Account, found: trial.Trial, *, checked: bool) -> None:
    good = found.verdict in {"accepted", "ignored"}
    verdict = click.style(f"Would be {found.verdict}.", fg="green" if good else "red", bold=True)
    click.echo(f"{verdict} {found.why}")
    signature = found.signature
    if not checked:
        signature = "not checked: give --secret, and each --header that came with the body"
    if account.courier == "custom":
        signature = f"{signature}\n{'':11}({trial.describe(mapping.of(account.config).signature)})"
    click.echo(f"Signature: {signature}")
    for number, tried in enumerate(found.events, 1):
        width = min(_WIDEST, max(len(line.became) for line in tried.lines))
        click.echo(f"\nEvent {number} of {len(found.events)}")
        for line in tried.lines:
            became = f"{line.became or '–':<{width}}"
            click.echo(f"  {line.field:<16} {became}  {_origin(line)}".rstrip())
    if found.unmapped and found.events:
        click.echo(f"\nNot mapped: {', '.join(found.unmapped)}")


def _origin(line: trial.Line) -> str:
    stood = line.stood if "→" not in line.note else ""
    place = f"{line.where}: " if line.where and (stood or line.note) else line.where
    return place + ", ".join(filter(None, (stood, line.note)))
