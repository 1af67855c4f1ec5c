"""What differs between what was, a replay as things are, and a replay with what is tried. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import Any

from app.managing.dry_runs.figures_store import CaseEnd


@dataclass(frozen=True, slots=True)
class Run:
    """What came of the cases, once; ends by the case of then."""

    calls: Mapping[tuple[str, str], int]
    ends: Mapping[int, CaseEnd]


RUNS = ("really", "before", "after")
"""What was; replayed as things are; replayed with what is tried."""


def compare(
    really: Run, before: Run, after: Run, labels: Mapping[int, str], until: datetime
) -> dict[str, Any]:
    """Everything that the page shows, as it is kept."""
    runs = dict(zip(RUNS, (really, before, after), strict=True))
    whom = sorted({key for run in runs.values() for key in run.calls})

    def each(measure: Callable[[CaseEnd], float | None]) -> dict[str, Any]:
        return {name: _middle(map(measure, run.ends.values())) for name, run in runs.items()}

    return {
        "calls": [
            {"person": person, "channel": channel}
            | {name: run.calls.get((person, channel), 0) for name, run in runs.items()}
            for person, channel in whom
        ],
        "customer": {
            name: sum(len(end.words) for end in run.ends.values()) for name, run in runs.items()
        },
        "first_call": each(_first_call),
        "acknowledged": each(_acknowledged),
        "silence": each(lambda end: _silence(end, until)),
        "ends": [
            {"case": case_id, "label": labels[case_id]}
            | {"before": before.ends[case_id].ended, "after": end.ended}
            for case_id, end in after.ends.items()
            if case_id in before.ends and before.ends[case_id].ended != end.ended
        ],
    }


def _first_call(end: CaseEnd) -> float | None:
    return (end.first_call - end.opened_at).total_seconds() if end.first_call else None


def _acknowledged(end: CaseEnd) -> float | None:
    return (end.acknowledged - end.opened_at).total_seconds() if end.acknowledged else None


def _silence(end: CaseEnd, until: datetime) -> float:
    """The longest that the customer heard nothing while the case was open."""
    last = end.closed_at or until
    moments = [end.opened_at, *(at for at in end.words if end.opened_at < at < last), last]
    return max((later - sooner).total_seconds() for sooner, later in pairwise(moments))


def _middle(values: Iterable[float | None]) -> dict[str, Any]:
    """How many there are, what half of them are below, and the longest."""
    known: Sequence[float] = [value for value in values if value is not None]
    if not known:
        return {"count": 0, "median": None, "most": None}
    return {"count": len(known), "median": round(median(known)), "most": round(max(known))}
