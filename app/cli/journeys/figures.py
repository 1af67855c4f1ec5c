"""How it was beside the zeros: how long somebody heard nothing, how many words it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median_low
from typing import Any

from app.cli.journeys.audit import ZEROS, Finding
from app.cli.journeys.manners import ASKED, DAY
from app.cli.journeys.told import ARRIVED, Told


def of(told: Sequence[Told], found: Sequence[Finding]) -> dict[str, Any]:
    """The zeros, and how it was beside them."""
    counted = Counter(one.zero for one in found)
    opened = [story for story in told if story.opened_at is not None]
    resolved = [story for story in opened if story.closed_at is not None]
    heard = [story for story in opened if _can_hear(story)]
    first = [_first(story) for story in heard]
    reached = [wait for wait in first if wait is not None]
    words = sum(word.arrived for story in opened for word in story.words)
    return {
        "cases": len(opened),
        **{name: counted[name] for name in ZEROS},
        "longest_silence": _seconds(max((_silence(s) for s in heard), default=timedelta())),
        "contacts_per_resolution": round(words / len(resolved), 2) if resolved else None,
        "resolved": round(len(resolved) / len(opened), 4) if opened else None,
        "delivered": round(sum(s.resolution in ARRIVED for s in opened) / len(opened), 4)
        if opened
        else None,
        "first_contact": _seconds(median_low(reached)) if reached else None,
        "first_contact_longest": _seconds(max(reached)) if reached else None,
        "never_contacted": sum(wait is None for wait in first),
        "most_a_day": max((_most(story) for story in opened), default=0),
    }


def _can_hear(story: Told) -> bool:
    return story.journey.reach in {"both", "phone", "email"} and not story.stopped


def _first(story: Told) -> timedelta | None:
    opened = story.opened_at or story.journey.begins
    first = next((word.at for word in story.words if word.arrived), None)
    if first is None and story.closed_at and story.closed_at - opened < timedelta(hours=1):
        return timedelta()  # it was over before there was anything to tell
    return None if first is None else first - opened


def _silence(story: Told) -> timedelta:
    """The longest that somebody heard nothing while their case was open."""
    opened = story.opened_at or story.journey.begins
    last = story.closed_at or story.until or opened
    moments = sorted(
        {opened, last, *(w.at for w in story.words if w.arrived and opened <= w.at <= last)}
        | {at for at in story.acted if opened <= at <= last}
    )
    return max((later - sooner for sooner, later in pairwise(moments)), default=timedelta())


def _most(story: Told) -> int:
    unasked = [word.at for word in story.words if word.arrived and word.topic not in ASKED]
    return max((sum(at - one < DAY for one in unasked if one <= at) for at in unasked), default=0)


def _seconds(span: timedelta) -> int:
    return round(span.total_seconds())
