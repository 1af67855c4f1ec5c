"""`reknock export`: cases, messages, promises, disputes and figures as files."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import IO

import click

from app.cli import environment
from app.cli.errors import CommandError
from app.db.connection import connection
from app.directory import store as directory
from app.insight.exports import rules, store

_WHEN = click.DateTime(["%Y-%m-%d"])


@click.command("export")
@click.argument("kind", type=click.Choice(list(store.KINDS)))
@click.option("--format", "form", type=click.Choice(list(rules.FORMS)), default="csv")
@click.option("--shipper", metavar="SLUG", help="Only this shipper's.")
@click.option("--since", type=_WHEN, help="From this day on (UTC).")
@click.option("--until", type=_WHEN, help="Before this day (UTC).")
@click.option("--output", type=click.File("wb"), default="-", help="A file; else it is printed.")
def command(
    kind: str,
    form: str,
    shipper: str | None,
    since: datetime | None,
    until: datetime | None,
    output: IO[bytes],
) -> None:
    """Write everything of a kind out, however much there is; progress is on standard error.

    Example: reknock export cases --format ndjson --output cases.ndjson
    """
    environment.attach()
    conn = connection()
    shipper_id = directory.shipper_id(conn, shipper) if shipper else None
    if shipper and shipper_id is None:
        raise CommandError(f"There is no shipper {shipper!r}.")
    scope = store.Scope(shipper_id, None, *(one and _utc(one) for one in (since, until)))
    what, whole = store.KINDS[kind], store.count(conn, kind, scope)
    pages = _counted(store.pages(conn, what, scope), kind, whole)
    for part in rules.lines(form, what.columns, pages):
        output.write(part)


def _counted(pages: Iterable[rules.Page], kind: str, whole: int | None) -> Iterator[rules.Page]:
    """The same pages; how far it is on a terminal."""
    done = 0
    for page in pages:
        yield page
        done += len(page)
        if sys.stderr.isatty():
            of = f" of about {max(whole, done):,}" if whole else ""
            click.echo(f"\r{done:,}{of} {kind}", nl=False, err=True)
    if sys.stderr.isatty():
        click.echo(err=True)


def _utc(day: datetime) -> datetime:
    return day.replace(tzinfo=UTC)
