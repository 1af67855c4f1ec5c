"""Figures, how they are repeated, and the table they end in."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

Sample = dict[str, float]

REPEATS = 3
MOST_REPEATS = 7
WIDE = 0.25
"""A spread (largest less smallest, by the median) above this is repeated, and said."""


@dataclass(frozen=True)
class Figure:
    """One line of the table; what is judged is the ratio, or ours where there is no peer."""

    what: str
    unit: str
    ours: Sequence[float]
    peer: Sequence[float] = ()
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""
    judged: list[float] = field(init=False)

    def __post_init__(self) -> None:
        # Each ours with the peer that was measured right beside it.
        pairs = zip(self.ours, self.peer, strict=True) if self.peer else ()
        ratios = [a / b if b else float("inf") for a, b in pairs]
        object.__setattr__(self, "judged", ratios or list(self.ours))

    @property
    def value(self) -> float:
        return median(self.judged)

    @property
    def met(self) -> bool | None:
        """None when nothing is required."""
        if self.at_least is not None:
            return self.value >= self.at_least
        if self.at_most is not None:
            return self.value <= self.at_most
        return None

    def cells(self) -> list[str]:
        limit = self.at_least if self.at_least is not None else self.at_most
        sign = "≥" if self.at_least is not None else "≤"
        unit = "" if self.peer else self.unit
        ratio = f"{self.value:.2f}" if self.peer else "–"
        if self.peer and spread(self.judged) > WIDE:
            ratio += f" ({min(self.judged):.2f}–{max(self.judged):.2f})"
        return [
            self.what + (f"; {self.note}" if self.note else ""),
            self._cell(self.ours),
            self._cell(self.peer) if self.peer else "–",
            ratio,
            f"{sign} {written(limit, unit)}" if limit is not None else "–",
            {None: "–", True: "yes", False: "**no**"}[self.met],
        ]

    def _cell(self, values: Sequence[float]) -> str:
        text = written(median(values), self.unit)
        if spread(values) <= WIDE:
            return text
        return f"{text} ({written(min(values))}–{written(max(values))}, {len(values)} runs)"

    def plain(self) -> dict[str, Any]:
        return {
            "what": self.what,
            "unit": self.unit,
            "ours": list(self.ours),
            "peer": list(self.peer),
            "judged": self.judged,
            "median": self.value,
            "at_least": self.at_least,
            "at_most": self.at_most,
            "met": self.met,
            "note": self.note,
        }


def written(value: float, unit: str = "") -> str:
    """Three digits that mean something, and the unit."""
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2
    joint = "" if not unit or unit.startswith("/") else " "
    return f"{value:,.{digits}f}{joint}{unit}"


def spread(values: Sequence[float]) -> float:
    middle = median(values)
    return (max(values) - min(values)) / middle if middle else 0.0


def repeated(
    name: str, once: Callable[[], Sample], *, by: Callable[[Sample], float]
) -> dict[str, list[float]]:
    """Three samples, and more while `by` them varies widely; every one of them counts."""
    samples: list[Sample] = []
    while len(samples) < REPEATS or (
        len(samples) < MOST_REPEATS and spread([by(sample) for sample in samples]) > WIDE
    ):
        samples.append(once())
        say(f"{name} {len(samples)}: " + ", ".join(f"{k} {v:,.3g}" for k, v in samples[-1].items()))
    return {key: [sample[key] for sample in samples] for key in samples[0]}


def table(figures: Sequence[Figure]) -> str:
    """Markdown."""
    head = ["what", "Reknock", "peer", "ratio", "required", "met"]
    rows = [head, ["---", *["---:"] * 4, "---"], *(figure.cells() for figure in figures)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


_TABLE = re.compile(r"(<!-- bench (.+?) -->\n).*?(<!-- /bench -->)", re.DOTALL)


def into_readme(text: str, figures: Mapping[str, Sequence[Figure]]) -> str:
    """The README with its tables made anew, each of which names the parts that stand in it.

    A table with parts that were not run stays as it is.
    """

    def made(found: re.Match[str]) -> str:
        parts = found[2].split()
        if not all(part in figures for part in parts):
            return found[0]
        return f"{found[1]}{table([one for part in parts for one in figures[part]])}\n{found[3]}"

    return _TABLE.sub(made, text)


def say(text: str) -> None:
    """Progress."""
    print(text, file=sys.stderr, flush=True)
