"""What commands are given: headers, files of JSON, durations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from phonenumbers import SUPPORTED_REGIONS

from app.cli.errors import CommandError
from app.db.connection import Connection
from app.directory import store
from app.errors import Problem
from app.intake import mapping
from app.shipments.reachable import check_email

_DURATION = re.compile(r"(\d{1,6})\s*(s|m|h|d)?", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def depot_id(conn: Connection, slug: str) -> int:
    """The depot of this slug.

    Raises:
        CommandError: there is none.
    """
    found = store.depot_id(conn, slug)
    if found is None:
        raise CommandError(f"There is no depot {slug!r}.")
    return found


def headers(lines: Iterable[str]) -> dict[str, str]:
    """`Name: value` lines as a dictionary; lower-case names.

    Raises:
        CommandError: a line has no colon.
    """
    found = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise CommandError(f"--header {line!r} is not 'Name: value'.")
        found[name.strip().lower()] = value.strip()
    return found


def pairs(option: str, texts: Iterable[str]) -> dict[str, str]:
    """`name=value` texts as a dictionary.

    Raises:
        CommandError: a text has no equals sign.
    """
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise CommandError(f"{option} {text!r} is not NAME=VALUE.")
        found[name] = value
    return found


def mapping_file(path: Path) -> dict[str, Any]:
    """The mapping in a file, checked.

    Raises:
        CommandError: naming every fault with its field.
    """
    try:
        document = json.loads(path.read_text())
    except (OSError, UnicodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{path} is not JSON: {error}") from error
    try:
        mapping.load(document)
    except Problem as problem:
        faults = [
            f"  {fault['field'] or 'mapping'}: {fault['detail']} [{fault['code']}]"
            for fault in problem.errors or ()
        ]
        raise CommandError("\n".join([f"{path} cannot be used:", *faults])) from None
    checked: dict[str, Any] = document
    return checked


class Email(click.ParamType[str]):
    """An address that a message can be sent to, normalised."""

    name = "email"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The address."""
        address = check_email(value)
        if address is None:
            self.fail(f"{value!r} is no e-mail address like ana@example.com.", param, ctx)
        return address


class Country(click.ParamType[str]):
    """Two letters of ISO 3166, whose phone numbers are known."""

    name = "country"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The code, in capitals."""
        code = str(value).strip().upper()
        if code not in SUPPORTED_REGIONS:
            self.fail(f"{value!r} is no country; write its two letters, like DE or US.", param, ctx)
        return code


class Duration(click.ParamType[timedelta]):
    """A whole number with its unit: 90s, 30m, 24h, 7d; a bare 0 as well."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """The duration."""
        if isinstance(value, timedelta):
            return value
        match = _DURATION.fullmatch(str(value).strip())
        if match is None or (match[2] is None and int(match[1])):
            self.fail(f"{value!r} is no duration like 90s, 30m, 24h or 7d.", param, ctx)
        return timedelta(**{_UNITS[match[2] or "s"]: int(match[1])})
