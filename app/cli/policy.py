"""`reknock policy`: what follows what, per shipper."""

from __future__ import annotations

import logging
import sys
from datetime import timedelta
from pathlib import Path

import click
import orjson
import structlog
from marshmallow import ValidationError

import app
from app import clock
from app.chain import policy
from app.cli import environment, inputs
from app.cli.errors import CommandError
from app.db.connection import connection, transaction
from app.directory import store
from app.directory.changes import TERMINAL
from app.managing.dry_runs import service as dry_runs
from app.managing.dry_runs import texts
from app.managing.dry_runs.world import TooLong
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


@command.command("dry-run")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--shipper", required=True, help="Whose past cases are replayed.")
@click.option(
    "--cases",
    type=click.IntRange(1, dry_runs.MOST),
    default=50,
    show_default=True,
    help="The newest ones, at most.",
)
@click.option("--last", type=inputs.Duration(), help="Only what was opened in the last 7d, 12h …")
@click.option(
    "--patience",
    type=click.FloatRange(0.1, 10),
    default=1.0,
    show_default=True,
    help="How many times as long each level of the ladders waits.",
)
@click.option("--json", "as_json", is_flag=True, help="Print all figures as JSON.")
def dry_run(
    file: Path, shipper: str, cases: int, last: timedelta | None, patience: float, *, as_json: bool
) -> None:
    """Replay past cases with the policy in FILE, and say what would differ.

    Nothing is sent, and nothing that lives is touched; it may be stopped at any time.

    Example: reknock policy dry-run patient.json --shipper hollow-oak --cases 100
    """
    config = environment.attach()
    app.configure(config)
    body = read(file)
    with transaction() as conn:
        shipper_id = policies.find(conn, shipper).id
    tried = dry_runs.Tried(
        shipper_id=shipper_id,
        body=body,
        most=cases,
        since=clock.now() - last if last else None,
        patience=patience,
    )
    loud = structlog.get_config()  # what happens in a scratch world is no news
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        result = dry_runs.run(tried, _progress)
    except TooLong:
        raise CommandError("It took too long: try it on fewer --cases.") from None
    except KeyboardInterrupt:
        raise CommandError("Stopped. Nothing was changed.") from None
    finally:
        structlog.configure(**loud)
        _progress(0, 0)
    if as_json:
        click.echo(orjson.dumps(result, option=orjson.OPT_INDENT_2))
        return
    for line in texts.said(result):
        click.echo(line)


def _progress(done: int, whole: int) -> None:
    """How far it is, where somebody looks."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{f'{done} of {whole} cases' if whole else ''}", nl=False, err=True)


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
