"""The `reknock` command: one file per command, imported only when it is used."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

import click
from typing_extensions import override

from app.cli.errors import CommandError
from app.settings import SettingsError

COMMANDS = {
    "up": "Start everything: servers, web, workers and the clock.",
    "doctor": "Check the installation; say what is wrong and what to do.",
    "db": "Migrate the database.",
    "clock": "Run the clock process, which wakes what is due.",
    "sender": "Run the sender process, which hands messages to their providers.",
    "setup": "Plan, apply and write out the whole set-up as one file.",
    "courier": "Connect couriers.",
    "points": "Take pickup points from a file, many at once.",
    "template": "Say under which names providers know texts.",
    "user": "Add, list and remove the people who act.",
    "oncall": "Say who would be called, when and by what.",
    "key": "Create, list, rotate and revoke API keys.",
    "why": "Tell a case's whole story.",
    "dispute": "Check the records of disputed attempts.",
    "audit": "Find and heal cases that nothing moves.",
    "intake": "Decide about held orders, take missed events, set up look-ups.",
    "export": "Write cases, messages, promises, disputes or figures out as a file.",
    "access": "Print all that is kept of a person who asks for it.",
    "erase": "Forget a person, and print the proof.",
    "quarantine": "Look at events that could not be read, and replay them.",
    "policy": "Look at and change what the chain does for a shipper.",
    "simulate": "Show what a policy does, or let random people play against it.",
}
"""Each is the `command` of the module of the same name in this folder."""


class LazyGroup(click.Group):
    """Commands found by name; what is wrong is said in one line on standard error."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in COMMANDS if importlib.util.find_spec(f"{__name__}.{name}")]

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{cmd_name}").command
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])

    @override
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (CommandError, SettingsError) as error:
            raise click.ClickException(str(error)) from error
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception as error:
            text = _unreachable(error) or _refused(error)
            if text is None:
                raise
            raise click.ClickException(text) from error


def _refused(error: Exception) -> str | None:
    """What to say when it cannot be done as asked; None when the fault is ours."""
    import psycopg  # noqa: PLC0415

    from app.db.migrate import MigrationError  # noqa: PLC0415
    from app.errors import Problem  # noqa: PLC0415

    if isinstance(error, Problem):
        faults = [f"  {fault['field']}: {fault['detail']}" for fault in error.errors or ()]
        return "\n".join([error.detail, *faults])
    if isinstance(error, MigrationError):
        return str(error)
    if isinstance(error, (psycopg.DataError, UnicodeEncodeError)):
        return f"A value cannot be kept: {error}"
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror or error}."
    return None


def _unreachable(error: Exception) -> str | None:
    """What to say when a server does not answer; None for any other error."""
    import psycopg  # noqa: PLC0415 - help must not wait for the database driver
    import redis  # noqa: PLC0415

    from app.access.vault import VaultLocked  # noqa: PLC0415

    if isinstance(error, psycopg.OperationalError):
        return f"The database cannot be reached: {error}\nTry `reknock doctor`."
    if isinstance(error, VaultLocked):
        return f"{error}.\nTry `reknock doctor`."
    if isinstance(error, redis.ConnectionError):
        return f"Redis cannot be reached: {error}\nTry `reknock doctor`."
    return None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Reknock: from a failed delivery to a parcel in the right hands.

    Example: reknock up --demo
    """
