"""Why something cannot be decided any more, with the truth of it."""

from __future__ import annotations

from datetime import datetime

from app import clock
from app.cases.model import Case
from app.decisions.model import Choice, Decision
from app.errors import Problem
from app.theme import dates

DONE = {
    Choice.REPLACEMENT: "a replacement was sent",
    Choice.REFUND: "a refund was made",
    Choice.SEND_AGAIN: "it is sent again",
    Choice.CLOSE: "it was closed",
}


def already_decided(case: Case, decision: Decision) -> Problem:
    """409: something else was decided; what, by whom and when."""
    assert decision.decision is not None  # noqa: S101 - it was decided
    at = _said(decision.decided_at, case)
    return Problem(
        409,
        "already_decided",
        f"This was decided already, by {decision.decided_by}{at}: {DONE[decision.decision]}.",
        id=decision.id,
        decision=decision.decision,
        decided_by=decision.decided_by,
        decided_at=decision.decided_at.isoformat() if decision.decided_at else "",
    )


def case_closed(case: Case) -> Problem:
    """409: the matter is closed; how and when."""
    how = (case.resolution or "closed").replace("_", " ")
    at = _said(case.closed_at, case)
    return Problem(
        409,
        "case_closed",
        f"There is nothing left to decide: this case was closed{at} ({how}).",
        resolution=case.resolution,
        closed_at=case.closed_at.isoformat() if case.closed_at else None,
    )


def _said(at: datetime | None, case: Case) -> str:
    return f" on {dates.say(clock.local(at, case.depot.zone), 'long')}" if at else ""
