"""One figure in words, and whether it became much worse; no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

ENOUGH = 10
"""Of fewer cases than these in either period nothing is said to have become worse."""
_MUCH = {"share": 0.05, "seconds": 0.25, "contacts": 0.15}
"""What is much worse: a share by so much of the whole, others by so much of what they were."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `value` and `unit` for programs, the rest for people."""

    key: str
    name: str
    shown: str
    about: str
    meaning: str
    value: float | None
    unit: str
    better: int = 0
    """1: more is better, -1: less is better."""
    of: int = 0
    """How many it rests on."""
    before: str = ""
    """What it was in the period before, and its value then."""
    was: float | None = None
    worse: bool = False
    """It is much worse than it was."""


def beside(now: Figure, before: Figure) -> Figure:
    """The same, with what it was before."""
    return replace(now, before=before.shown, was=before.value, worse=_worse(now, before))


def _worse(now: Figure, before: Figure) -> bool:
    if now.value is None or before.value is None or min(now.of, before.of) < ENOUGH:
        return False
    much = _MUCH.get(now.unit, 0) * (1 if now.unit == "share" else before.value)
    return (before.value - now.value) * now.better >= much > 0


def notable(shown: Sequence[Figure]) -> list[Figure]:
    """What became much worse, at most three: what a person should look at first."""
    return [figure for figure in shown if figure.worse][:3]
