"""Rows as lines of CSV and NDJSON. Pure.

A spreadsheet takes a cell that begins with one of a few signs for a formula and runs it; such a
cell gets an apostrophe before it, as OWASP has it. That holds for numbers such as `+49…` too:
whoever reads by program takes NDJSON, where everything is as it is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

FORMS = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Page = Sequence[Sequence[Any]]


def lines(form: str, columns: Sequence[str], pages: Iterable[Page]) -> Iterator[bytes]:
    """The export a page at a time; a CSV begins with the names of its columns."""
    if form == "ndjson":
        yield from (b"".join(_object(columns, row) for row in page) for page in pages)
        return
    yield _csv([columns])
    yield from (_csv([[cell(value) for value in row] for row in page]) for page in pages)


def cell(value: Any) -> Any:
    """A value as a spreadsheet may have it; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def _csv(rows: Iterable[Sequence[Any]]) -> bytes:
    made = io.StringIO()
    csv.writer(made, lineterminator="\r\n").writerows(rows)
    return made.getvalue().encode()


def _object(columns: Sequence[str], row: Sequence[Any]) -> bytes:
    plain = (float(value) if isinstance(value, Decimal) else value for value in row)
    return orjson.dumps(dict(zip(columns, plain, strict=True)), option=orjson.OPT_UTC_Z) + b"\n"
