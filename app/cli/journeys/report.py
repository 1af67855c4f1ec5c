"""The silence audit in words, beside a naive chain, and what there is to say about its findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from app.cli.journeys.audit import ZEROS, Finding
from app.theme.times import length

_REST = {
    "longest_silence": "longest silence",
    "contacts_per_resolution": "contacts per resolution",
    "resolved": "brought to an end",
    "delivered": "delivered",
    "first_contact": "time to first contact, half of them within",
    "first_contact_longest": "the longest of them",
    "never_contacted": "reachable, and never contacted",
    "most_a_day": "most unasked messages in 24 hours",
}
_TIMES = {"longest_silence", "first_contact", "first_contact_longest"}
_SHARES = {"resolved", "delivered"}
SHOWN = 12


def lines(ours: Mapping[str, Any], naive: Mapping[str, Any]) -> Iterator[str]:
    """The figures, as a table."""
    yield f"{'':<46}{'Reknock':>12}{'countdowns':>14}"
    for name, what in {"cases": "cases", **ZEROS, **_REST}.items():
        mark = "  ← must be 0" if name in ZEROS and ours[name] else ""
        yield f"{what:<46}{_said(name, ours[name]):>12}{_said(name, naive[name]):>14}{mark}"


def findings(found: Sequence[Finding]) -> Iterator[str]:
    """What must not be, by whose journey it was; the first few."""
    for one in found[:SHOWN]:
        case = f", case {one.case_id}" if one.case_id else ""
        yield f"{one.label}{case}, {one.at:%Y-%m-%d %H:%M} UTC: {ZEROS[one.zero]}: {one.text}"
    if found[SHOWN:]:
        yield f"and {len(found) - SHOWN} more"


def _said(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    if name in _TIMES:
        return length(timedelta(seconds=value))
    return f"{value:.1%}" if name in _SHARES else f"{value:,}"
