"""Missed events, taken as webhooks are; the operator vouches for them, not a signature.

They carry a mark in their request id: they are no sign that a courier is alive.
"""

from __future__ import annotations

import csv
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import orjson
from werkzeug.datastructures import Headers

from app import clock, json_body
from app.intake import bodies, service
from app.intake.event import Account, Incoming, Message

MARK = "import-"
"""How the request ids of what was taken in later begin."""
LIMIT = 256 * 1024  # bytes of one body, as of a webhook

_STANDARD = "standard_webhooks"
_COLUMNS = {
    "type": ("type",),
    "timestamp": ("timestamp",),
    "tracking_number": ("data", "tracking_number"),
    "order_ref": ("data", "order_ref"),
    "reason": ("data", "reason"),
    "words": ("data", "words"),
    "attempt": ("data", "attempt"),
    "occurred_at": ("data", "occurred_at"),
    "tracking_url": ("data", "tracking_url"),
    "name": ("data", "recipient", "name"),
    "phone": ("data", "recipient", "phone"),
    "email": ("data", "recipient", "email"),
    "language": ("data", "recipient", "language"),
    "line1": ("data", "address", "line1"),
    "line2": ("data", "address", "line2"),
    "city": ("data", "address", "city"),
    "region": ("data", "address", "region"),
    "postcode": ("data", "address", "postcode"),
    "country": ("data", "address", "country"),
}
"""Columns of a table without bodies, and where they stand in the body of Standard Webhooks."""
_NEEDED = ("type", "tracking_number")
_HEADERS = ("webhook-id", "webhook-timestamp", "content-type", "as-webhook-version")
"""Columns beside `body` that are headers which an adapter reads."""


class BadFile(ValueError):
    """A file that cannot be read as what it should be; the text says why."""


class Line(NamedTuple):
    """One event of a file: where it stands and its raw body."""

    number: int
    raw: bytes
    headers: dict[str, str]


def read(path: Path, form: str, courier: str) -> Iterator[Line]:
    """The events of a file, one by one; `form` is `ndjson` or `csv`.

    Raises:
        BadFile: it is not in that form, or lacks the columns it needs.
        OSError: it cannot be read.
    """
    return _lines(path) if form == "ndjson" else _rows(path, courier)


def _lines(path: Path) -> Iterator[Line]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if raw := line.strip(b" \t\r\n\xef\xbb\xbf"):
                yield Line(number, raw, {})


def _rows(path: Path, courier: str) -> Iterator[Line]:
    csv.field_size_limit(LIMIT)
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        try:
            table.fieldnames = [name.strip().lower() for name in table.fieldnames or ()]
            make = _body if "body" in table.fieldnames else _mapped(table.fieldnames, courier)
            for row in table:
                filled = {name: text.strip() for name, text in row.items() if name and text}
                if any(filled.values()):
                    yield make(table.line_num, filled)
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadFile(f"line {table.line_num}: {error}.") from error


def _body(number: int, row: Mapping[str, str]) -> Line:
    headers = {name: row[name] for name in _HEADERS if name in row}
    return Line(number, row.get("body", "").encode(), headers)


def _mapped(columns: Sequence[str], courier: str) -> Callable[[int, Mapping[str, str]], Line]:
    """How a row of such columns becomes a body of Standard Webhooks.

    Raises:
        BadFile: this courier's events are not of that form, or a needed column is missing.
    """
    if courier != _STANDARD:
        raise BadFile(f"a table of {courier}'s events needs a column `body` with the raw bodies.")
    if lacking := [name for name in _NEEDED if name not in columns]:
        raise BadFile(f"the column {' and '.join(lacking)} is missing, or a column body.")

    def make(number: int, row: Mapping[str, str]) -> Line:
        body: dict[str, Any] = {}
        for name, places in _COLUMNS.items():
            if row.get(name):
                inner = body
                for place in places[:-1]:
                    inner = inner.setdefault(place, {})
                inner[places[-1]] = row[name]
        kind = body.get("type", "")
        body["type"] = kind if "." in kind else f"delivery.{kind}"
        headers = {name: row[name] for name in _HEADERS if name in row}
        # The same row gives the same bytes, so that it is known when it comes again.
        return Line(number, orjson.dumps(body), headers)

    return make


def request_id() -> str:
    """What the events of one run have in common."""
    return MARK + secrets.token_hex(6)


def is_delivery(account: Account, line: Line) -> bool:
    """Whether the line says that a parcel was delivered; no of one that cannot be read."""
    incoming = _incoming(line)
    try:
        body = json_body.parse(line.raw)
        events = bodies.read(body, account, incoming)
    except Exception:  # noqa: BLE001 - what is wrong with it shows when it is taken
        return False
    return any(event.kind == "delivered" for event in events)


def take(account: Account, line: Line, request_id: str) -> str:
    """Take one event: accepted, duplicate, ignored, quarantined, or unreadable (not JSON).

    Raises:
        psycopg.OperationalError: the database is away; run it again.
    """
    if len(line.raw) > LIMIT:
        return "unreadable"
    try:
        json_body.parse(line.raw, lenient=True)
    except json_body.NotJson:
        return "unreadable"
    except json_body.TooMuchJson:
        pass  # it is kept
    message = Message(account=account, incoming=_incoming(line), request_id=request_id)
    return service.take(message).outcome


def _incoming(line: Line) -> Incoming:
    headers = cast("Mapping[str, str]", Headers(line.headers))
    return Incoming(headers=headers, query={}, raw=line.raw, received_at=clock.machine_now())
