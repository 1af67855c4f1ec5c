"""Pickup points as rows of a file: what each says, or what is wrong with it. Pure."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import orjson

from app.shipments import normal

_YES, _NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})


class Row(NamedTuple):
    """One line of a file: a pickup point, or its faults by the name of the column."""

    line: int
    point: dict[str, Any]
    faults: dict[str, str]


def rows(lines: Iterable[str], *, as_json: bool) -> Iterator[Row]:
    """Every row of a file, in order; blank lines are none.

    Raises:
        ValueError: the first line of a CSV file does not name the columns.
    """
    seen: set[str] = set()
    for line, raw in _json(lines) if as_json else _csv(lines):
        row = _read(line, raw) if isinstance(raw, Mapping) else Row(line, {}, {"": raw})
        code = row.point.get("code")
        if not row.faults and code in seen:
            row = Row(line, {}, {"code": "stands in this file already"})
        seen.add(str(code))
        yield row


def _csv(lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    reader = csv.DictReader(lines, restkey="")
    said = reader.fieldnames or ()
    missing = [name for name in ("code", "name", "address") if name not in said]
    unknown = [name for name in said if name not in _COLUMNS]
    if missing:
        raise ValueError(f"the first line must name the columns; {', '.join(missing)} is missing")
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: not known; there are {', '.join(_COLUMNS)}")
    for row in reader:
        yield reader.line_num, row


def _json(lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = orjson.loads(line)
        except orjson.JSONDecodeError:
            yield number, "this line is no JSON"
            continue
        yield number, found if isinstance(found, dict) else "this line is no object"


def _read(line: int, raw: Mapping[str, Any]) -> Row:
    point: dict[str, Any] = {}
    faults = {name: "not known" for name in raw if name not in _COLUMNS}
    for name, read in _COLUMNS.items():
        try:
            point[name] = read(raw.get(name))
        except ValueError as error:
            faults[name] = str(error)
    if not faults and (point["latitude"] is None) != (point["longitude"] is None):
        faults["latitude"] = "latitude and longitude go together"
    return Row(line, {} if faults else point, faults)


def _line(most: int, *, needed: bool = False) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        text = normal.line(str(value)) if value is not None else ""
        if needed and not text:
            raise ValueError("is missing")
        if len(text) > most:
            raise ValueError(f"is longer than {most} letters")
        return text

    return read


def _degrees(most: int) -> Callable[[Any], float | None]:
    def read(value: Any) -> float | None:
        if value is None or value == "":
            return None
        number = _number(value)
        if not -most <= number <= most:
            raise ValueError(f"must be from -{most} to {most}")
        return number

    return read


def _span(unit: timedelta, usual: int, most: int) -> Callable[[Any], timedelta]:
    def read(value: Any) -> timedelta:
        number = usual if value is None or value == "" else _number(value)
        if not 0 < number <= most:
            raise ValueError(f"must be more than 0 and at most {most}")
        return number * unit

    return read


def _places(value: Any) -> int:
    number = 50 if value is None or value == "" else _number(value)
    if number != int(number) or not 0 <= number <= 100_000:
        raise ValueError("must be a whole number from 0 to 100000")
    return int(number)


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        raise ValueError("must be a number")
    return number


def _either(value: Any) -> bool | None:
    text = str(value if value is not None else "").strip().lower()
    if text not in _YES | _NO | {""}:
        raise ValueError("must be yes, no or empty")
    return None if not text else text in _YES


def _days(value: Any) -> list[date]:
    said = value if isinstance(value, list) else str(value or "").replace(",", " ").split()
    try:
        return sorted({date.fromisoformat(str(day)) for day in said})
    except ValueError:
        raise ValueError("must be days such as 2026-12-24, with a space between") from None


def _postcode(value: Any) -> str:
    return _line(20)(value).replace(" ", "").upper()


_COLUMNS: Mapping[str, Callable[[Any], Any]] = {
    "code": _line(80, needed=True),
    "name": _line(200, needed=True),
    "address": _line(300, needed=True),
    "postcode": _postcode,
    "latitude": _degrees(90),
    "longitude": _degrees(180),
    "hours": _line(200),
    "ready_in_hours": _span(timedelta(hours=1), 4, 24 * 14),
    "keeps_for_days": _span(timedelta(days=1), 7, 60),
    "capacity": _places,
    "keeps_holidays": _either,
    "closed": _days,
}
"""What a row can say, with how it is read."""
