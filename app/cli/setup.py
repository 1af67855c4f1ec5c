"""`reknock setup`: the whole set-up as one file."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import orjson

import app
from app import clock
from app.cli import environment
from app.cli.errors import CommandError
from app.db.connection import Connection, connection, transaction
from app.directory.changes import TERMINAL
from app.directory.changes_store import Change
from app.settings import Settings
from app.setup import applying, exporting
from app.setup.applying import Result
from app.setup.document import Document, Unusable

_FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
_JSON = click.option("--json", "as_json", is_flag=True, help="Say it as JSON.")


class _TakenBack(Exception):
    """All is known that a file would change."""


@click.group("setup")
def command() -> None:
    """Say what a set-up file would change, change it, and write the set-up out.

    Example: reknock setup plan shop.toml
    """


@command.command()
@_FILE
@_JSON
def plan(file: Path, *, as_json: bool) -> None:
    """Show what FILE would change. Nothing is changed.

    Example: reknock setup plan shop.toml
    """
    settings = environment.attach()
    app.configure(settings)
    document = _read(file)
    with suppress(_TakenBack), transaction() as conn:
        result = _apply(document, file, settings, conn)
        raise _TakenBack
    _say(result, as_json=as_json, done=False)


@command.command("apply")
@_FILE
@_JSON
def apply_(file: Path, *, as_json: bool) -> None:
    """Make the set-up what FILE says, all of it or nothing. Run again, it changes nothing.

    Example: reknock setup apply shop.toml
    """
    settings = environment.attach()
    app.configure(settings)
    document = _read(file)
    with transaction() as conn:
        result = _apply(document, file, settings, conn)
    _say(result, as_json=as_json, done=True)


@command.command()
@_FILE
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def export(file: Path, *, force: bool) -> None:
    """Write the set-up to FILE, or to the terminal for `-`. It holds no secret.

    Example: reknock setup export shop.toml
    """
    app.configure(environment.attach())
    written = exporting.export(connection())
    if str(file) == "-":
        click.echo(written.text, nl=False)
        return
    beside = {file.parent / name: content for name, content in written.files.items()}
    texts = {file: written.text, **beside}
    if not force and (there := [path for path in texts if path.exists()]):
        raise CommandError(f"{there[0]} is there already: give --force to write over it.")
    for path, text in texts.items():
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        click.echo(f"{path} is written.")


def _read(file: Path) -> Document:
    try:
        dash = str(file) == "-"
        text = sys.stdin.read() if dash else file.read_text()
        return Document(text, Path() if dash else file.parent)
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} is no text in UTF-8.") from error
    except Unusable as error:
        raise _unusable(file, error) from error


def _apply(document: Document, file: Path, settings: Settings, conn: Connection) -> Result:
    plain = settings.demo or bool(settings.lookup_allow)
    try:
        return applying.apply(conn, document, TERMINAL, clock.now(), plain=plain)
    except Unusable as error:
        raise _unusable(file, error) from error


def _unusable(file: Path, error: Unusable) -> CommandError:
    faults = "".join(f"\n  {fault}" for fault in sorted(error.faults))
    return CommandError(f"{file} cannot be used; nothing was changed.{faults}")


def _say(result: Result, *, as_json: bool, done: bool) -> None:
    if as_json:
        document = {
            "changes": [
                {"kind": o.kind, "subject": o.subject, "before": o.before, "after": o.after}
                for o in result.changes
            ],
            "notes": result.notes,
            "applied": done,
            **({"secrets": result.made} if done and result.made else {}),
        }
        click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2))
        return
    for change in result.changes:
        click.echo("\n".join(_lines(change)))
    for note in result.notes:
        click.echo(note, err=True)
    for place, secret in result.made.items():
        said = f"{secret}  (shown only now)" if done else "would be made, and shown once"
        click.echo(f"{place}: its secret: {said}")
    counts = [_sign(change) for change in result.changes]
    added, changed, removed = (counts.count(sign) for sign in "+~-")
    tense = "" if done else "would be "
    if not counts:
        click.echo("Everything is as the file says.")
    else:
        click.echo(f"{added} {tense}added, {changed} {tense}changed, {removed} {tense}removed.")


def _sign(change: Change) -> str:
    return "~" if change.before and change.after else "+" if change.after else "-"


def _lines(change: Change) -> list[str]:
    lines = [f"{_sign(change)} {change.kind.replace('_', ' ')} {change.subject}"]
    for name in {**change.before, **change.after} if change.after else ():
        was, is_now = change.before.get(name), change.after.get(name)
        said = f"{_shown(was)} → {_shown(is_now)}" if change.before else _shown(is_now)
        if is_now not in {None, ""} or change.before:
            lines.append(f"    {name}: {said}")
    return lines


def _shown(value: Any) -> str:
    return "nothing" if value in {None, ""} else str(value)
