"""Spans of time as people write them: `20 min`, `4 h`, `2 days`. Pure."""

from __future__ import annotations

import re
from fractions import Fraction

from app.languages.language import mark

_UNITS = {"days": 86400, "h": 3600, "min": 60, "s": 1}
_NAMES = {
    "s": "s second seconds sec",
    "min": "min m minute minutes mins",
    "h": "h hour hours hrs",
    "days": "d day days",
}
_UNIT_OF = {name: unit for unit, names in _NAMES.items() for name in names.split()}
_SPAN = re.compile(r"(-?)\s*(\d{1,9}(?:[.,]\d{1,4})?)\s*([a-z]*)", re.ASCII)


def words(seconds: float) -> str:
    """A span in the largest unit that says it whole; `read` reads it back."""
    if not seconds:
        return "0 min"
    for unit, size in _UNITS.items():
        if seconds % size == 0:
            number = int(seconds // size)
            return f"{number} {'day' if unit == 'days' and abs(number) == 1 else unit}"
    return f"{seconds:g} s"


def read(text: str) -> int:
    """A span in whole seconds.

    Raises:
        ValueError: it cannot be read, or has no unit.
    """
    match = _SPAN.fullmatch(text.strip().lower())
    unit = _UNIT_OF.get(match[3]) if match else None
    number = Fraction(match[2].replace(",", ".")) if match else Fraction(0)
    if match is None or (unit is None and (number or match[3])):
        raise ValueError(mark("Write a span like 90 s, 20 min, 4 h or 2 days."))
    seconds = number * _UNITS[unit or "s"]
    if seconds.denominator != 1:
        raise ValueError(mark("Write whole seconds, minutes, hours or days."))
    return int(-seconds if match[1] else seconds)
