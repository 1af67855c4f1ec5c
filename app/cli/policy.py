"""`reknock policy`: what follows what, per shipper."""

from __future__ import annotations

from pathlib import Path

import click
import orjson
from marshmallow import ValidationError

from app import clock
from app.chain import policy
from app.cli import environment
from app.cli.errors import CommandError
from app.db.connection import connection, transaction
from app.directory import store
from app.directory.changes import TERMINAL
from app.managing.policies import service as policies


@click.group("policy")
def command() -> None:
    """Look at and change what the chain does for a shipper.

    Example: reknock policy show hollow-oak > policy.json
    """


@command.command()
@click.argument("shipper")
def show(shipper: str) -> None:
    """Print a shipper's policy as JSON; durations are seconds.

    Example: reknock policy show hollow-oak > policy.json
    """
    environment.attach()
    body = store.shipper_policy(connection(), shipper)
    if body is None:
        raise CommandError(f"There is no shipper {shipper!r}.")
    click.echo(orjson.dumps(body, option=orjson.OPT_INDENT_2))


@command.command("set")
@click.argument("shipper")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def set_(shipper: str, file: Path) -> None:
    """Let a shipper's new cases run by the policy in FILE; running ones keep theirs.

    Try it first with `reknock simulate FILE`.

    Example: reknock policy set hollow-oak policy.json
    """
    environment.attach()
    body = read(file)
    with transaction() as conn:
        policy_id = policies.put(conn, TERMINAL, shipper, file.stem, body, clock.now())
    if policy_id is None:
        click.echo(f"{shipper} has this policy already")
    else:
        click.echo(f"{shipper} has policy {policy_id} from now on; running cases keep theirs")


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Say whether the policy in FILE can be trusted, and name every place where it cannot.

    Needs no database: a policy that could leave a case hanging is refused by its text alone.

    Example: reknock policy check policy.json
    """
    read(file)
    click.echo(f"{file} can be trusted: every open case has a way to its end")


def read(file: Path) -> dict[str, object]:
    """A checked policy from a file.

    Raises:
        CommandError: it is no policy; every fault is named.
    """
    try:
        body: dict[str, object] = orjson.loads(file.read_bytes())
        policy.check(body)
    except orjson.JSONDecodeError as error:
        raise CommandError(f"{file} is not JSON: {error}") from error
    except ValidationError as error:
        faults = "".join(
            f"\n  {place}: {' '.join(words)}" for place, words in error.messages_dict.items()
        )
        raise CommandError(f"{file} is no policy that can be trusted:{faults}") from error
    return body
