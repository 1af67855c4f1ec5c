"""`reknock template`: under which names providers know a shipper's texts."""

from __future__ import annotations

from datetime import timedelta

import click

from app import clock, languages
from app.channels import templates, templates_store
from app.channels.templates_store import Text
from app.cli import environment
from app.cli.errors import CommandError
from app.db.connection import Connection, connection, transaction
from app.directory import store
from app.directory.changes import TERMINAL
from app.languages import said

_LATELY = timedelta(days=30)
_shipper = click.option("--shipper", required=True, help="Slug of the shipper.")
_channel = click.option("--channel", required=True, help="sms or whatsapp.")
_provider = click.option("--provider", required=True, help="twilio, vonage, …")
_text = click.option(
    "--text", required=True, help="A text from `reknock template texts`, or a topic: failure."
)
_language = click.option("--language", required=True, help="Code of its language: de.")


@click.group("template")
def command() -> None:
    """Say under which names providers know texts: WhatsApp's ContentSid, India's DLT ids.

    Example: reknock template texts --shipper hollow-oak
    """


def _id(conn: Connection, shipper: str) -> int:
    found = store.shipper_id(conn, shipper)
    if found is None:
        raise CommandError(f"There is no shipper {shipper!r}.")
    return found


@command.command()
@_shipper
def texts(shipper: str) -> None:
    """Show what was said lately, as it is registered, with the names of its values.

    Example: reknock template texts --shipper hollow-oak
    """
    environment.attach()
    conn = connection()
    for sent in templates_store.sent(conn, _id(conn, shipper), clock.now() - _LATELY):
        names = ", ".join(name for name, _ in said.variables(sent.made_of))
        click.echo(f"{sent.template}  {sent.language}  {sent.times} times  ({names})")
        click.echo(f"    {said.form(sent.made_of, languages.get(sent.language))}")


@command.command("list")
@_shipper
def list_(shipper: str) -> None:
    """Show which texts of a shipper's are known to whom, and under which name.

    Example: reknock template list --shipper hollow-oak
    """
    environment.attach()
    conn = connection()
    for one in templates_store.of_shipper(conn, _id(conn, shipper)):
        takes = ", ".join(one.variables) if one.variables else "all values in order"
        entity = f"  entity {one.entity_id}" if one.entity_id else ""
        name = f"{one.provider}  {one.channel}  {one.text}  {one.language}"
        click.echo(f"{name}  {one.template_id}{entity}  ({takes})")


@command.command("set")
@_shipper
@_channel
@_provider
@_text
@_language
@click.option("--id", "template_id", required=True, help="What the provider calls it: HX….")
@click.option("--entity", default="", help="India: the id of the principal entity.")
@click.option(
    "--variables", default="", help="Values it takes, in order: shipper,parcel,url. Else all."
)
def set_(
    shipper: str,
    channel: str,
    provider: str,
    text: str,
    language: str,
    template_id: str,
    entity: str,
    variables: str,
) -> None:
    """Say under which name a provider knows a text.

    Example: reknock template set --shipper hollow-oak --channel whatsapp --provider twilio
    --text failure --language de --id HX0123 --variables shipper,parcel,url
    """
    environment.attach()
    names = [name.strip() for name in variables.split(",") if name.strip()]
    with transaction() as conn:
        key = Text(_id(conn, shipper), channel, text, language, provider)
        new = templates.put(conn, TERMINAL, key, template_id, entity, names, clock.now())
    click.echo("it is known now" if new else "it was known before")


@command.command()
@_shipper
@_channel
@_provider
@_text
@_language
def remove(shipper: str, channel: str, provider: str, text: str, language: str) -> None:
    """Forget under which name a provider knew a text.

    Example: reknock template remove --shipper hollow-oak --channel whatsapp --provider twilio
    --text failure --language de
    """
    environment.attach()
    with transaction() as conn:
        key = Text(_id(conn, shipper), channel, text, language, provider)
        gone = templates.remove(conn, TERMINAL, key, clock.now())
    click.echo("it is forgotten" if gone else "it was not known")
