"""`reknock access`: what is kept of a person."""

from __future__ import annotations

import click
import orjson

from app import clock, create_app
from app.cli import environment
from app.cli.errors import CommandError
from app.directory.changes import TERMINAL


@click.command("access")
@click.option("--tracking", metavar="NUMBER", help="Of whoever this parcel is for.")
@click.option("--recipient", metavar="ADDRESS", help="Of who has this number or address.")
@click.option("--html", "page", is_flag=True, help="A page that they can read, instead of JSON.")
def command(tracking: str | None, recipient: str | None, *, page: bool) -> None:
    """Print all that is kept of a person who asks for it.

    Example: reknock access --recipient +17145554231 --html > answer.html
    """
    from app.forgetting import access, access_api  # noqa: PLC0415 - only when it is used
    from app.forgetting.service import Asked  # noqa: PLC0415

    if (tracking is None) == (recipient is None):
        raise CommandError("Say whom it is about: --tracking NUMBER or --recipient ADDRESS.")
    settings = environment.attach()
    asked = Asked(tracking_number=tracking or "", recipient=recipient or "")
    found = access.gather(asked, TERMINAL, clock.now())
    if page:
        with create_app(settings).test_request_context():
            click.echo(access_api.page(found))
    else:
        click.echo(orjson.dumps(found, default=str, option=orjson.OPT_INDENT_2))
