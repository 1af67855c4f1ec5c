"""Charts: rows of values, and where their shapes stand; no I/O.

Every chart is a table that is also drawn: the same rows make the drawing, the table below it, and
the CSV.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

Value = float | int | str | None


class Form(StrEnum):
    """How a chart is drawn."""

    BARS = "bars"
    """One value a row, as a share of the largest."""
    STACKS = "stacks"
    """The parts of each row, as shares of it."""
    SPANS = "spans"
    """From a row's first value to its second: the median, and what nine in ten do not exceed."""
    DAYS = "days"
    """A row is a day; its parts stand on each other."""
    TABLE = "table"
    """The parts of each row beside its other values."""


class Column(NamedTuple):
    """Values of one kind: the name for programs, that for people, and how it is drawn."""

    key: str
    name: str
    tone: str = ""


class Row(NamedTuple):
    """One line: `values` for programs, `shown` for people."""

    name: str
    values: tuple[Value, ...]
    shown: tuple[str, ...]
    group: str = ""
    tone: str = ""
    link: str = ""


class Shape(NamedTuple):
    """A rectangle: in percent, but on days, where a day is ten wide."""

    x: float
    y: float
    width: float
    height: float
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What is drawn, and its words."""

    key: str
    title: str
    meaning: str
    form: Form
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    first: str = ""
    """The name of what the rows are."""
    drawn: int = 0
    """How many of the first columns are parts that are drawn; 0: all."""
    nothing: str = ""
    """What is said when there is nothing to draw."""

    @property
    def parts(self) -> tuple[Column, ...]:
        """The columns that are drawn."""
        return self.columns[: self.drawn or None]

    @property
    def most(self) -> float:
        """What the longest bar stands for."""
        of = sum if self.form is Form.DAYS else max
        return max((of(self._drawn(row)) for row in self.rows), default=0) or 1

    @property
    def seen(self) -> list[Column]:
        """Those of them that are anything anywhere."""
        columns = zip(*map(self._drawn, self.rows), strict=True)
        return [part for part, values in zip(self.parts, columns, strict=True) if any(values)]

    def shapes(self, row: Row, place: int = 0) -> list[Shape]:
        """What is drawn of a row; `place` is which of the days it is."""
        values, tones = self._drawn(row), [column.tone for column in self.parts]
        if self.form is Form.BARS:
            return [Shape(0, 0, 100 * values[0] / self.most, 4, row.tone or tones[0])]
        if self.form is Form.SPANS:
            first, last = (100 * value / self.most for value in values[:2])
            return [Shape(first, 0, max(last - first, 0.7), 4, row.tone or tones[0])]
        whole = self.most if self.form is Form.DAYS else sum(values) or 1
        shapes, at = [], 0.0
        for value, tone in zip(values, tones, strict=True):
            size = 100 * value / whole
            if size and self.form is Form.DAYS:
                shapes.append(Shape(place * 10 + 1, 100 - at - size, 8, size, tone))
            elif size:
                shapes.append(Shape(at, 0, size, 4, tone))
            at += size
        return shapes

    def _drawn(self, row: Row) -> list[float]:
        values = row.values[: self.drawn or None]
        return [value if isinstance(value, int | float) else 0 for value in values]
