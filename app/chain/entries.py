"""Entries of a policy: what follows an outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import isfinite
from typing import Any, TypeAlias

from app.cases.model import Case

TIMES = ("opened_at", "news_by", "choose_by", "return_by")
"""A case's times that an entry can count from."""
LONGEST = timedelta(days=366)
"""No wait is longer."""


@dataclass(frozen=True, slots=True)
class Arm:
    """Arm a step: due `after` the outcome, or after the case's time named by `at`."""

    step: str
    at: str | None = None
    after: timedelta = timedelta()
    data: Mapping[str, Any] = field(default_factory=dict)

    def due(self, case: Case, now: datetime) -> datetime:
        """When it becomes due for this case; never before `now`."""
        since: datetime | None = getattr(case, self.at) if self.at else None
        return max(now, (since or now) + self.after)


@dataclass(frozen=True, slots=True)
class Hasten:
    """Make a step that waits due now."""

    step: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Drop a step that waits."""

    step: str


Entry: TypeAlias = Arm | Hasten | Cancel

_VERBS = ("arm", "hasten", "cancel")


def read(raw: Any) -> tuple[Entry | None, list[str]]:
    """An entry, and what is wrong with it: `key: what` or `what`.

    A policy with faults is refused when it comes. One that was stored before it would have
    been is run as far as it can be understood: the entry is None when it cannot at all.
    """
    if not isinstance(raw, dict):
        return None, ["must be an object with arm, hasten or cancel"]
    verbs = [verb for verb in _VERBS if verb in raw]
    faults = [] if len(verbs) == 1 else ["must have one of arm, hasten and cancel"]
    if not verbs:
        return None, faults
    verb, step = verbs[0], raw[verbs[0]]
    if not isinstance(step, str):
        return None, [*faults, f"{verb}: must be the name of a step"]
    known = {*_VERBS, "at", "in"} if verb == "arm" else {*_VERBS}
    faults += [f"{key}: no such key" for key in raw if key not in known]
    if verb == "hasten":
        return Hasten(step), faults
    if verb == "cancel":
        return Cancel(step), faults
    at = raw.get("at")
    if "at" in raw and at not in TIMES:
        faults.append(f"at: a case has no time {at!r}; it has {', '.join(TIMES)}")
        at = None
    seconds = raw.get("in", 0)
    if not _is_wait(seconds):
        faults.append("in: must be a number of seconds, at most 366 days")
        seconds = 0
    return Arm(step, at, timedelta(seconds=seconds)), faults


def _is_wait(seconds: Any) -> bool:
    return (
        isinstance(seconds, int | float)
        and not isinstance(seconds, bool)
        and isfinite(seconds)
        and abs(seconds) <= LONGEST.total_seconds()
    )
