"""Why something cannot be decided any more, with the truth of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app import clock
from app.cases import ended
from app.cases.model import Case
from app.decisions.model import Choice, Decision
from app.errors import Problem
from app.languages.language import Language, mark
from app.languages.sentence import joined, sentence

DONE = {
    Choice.REPLACEMENT: mark("a replacement was sent"),
    Choice.REFUND: mark("a refund was made"),
    Choice.SEND_AGAIN: mark("it is sent again"),
    Choice.CLOSE: mark("it was closed"),
}


def already_decided(case: Case, decision: Decision) -> Problem:
    """409: something else was decided; what, by whom and when."""
    assert decision.decision is not None  # noqa: S101 - it was decided
    assert decision.decided_at is not None  # noqa: S101 - the same
    return Problem(
        409,
        "already_decided",
        sentence(
            "This was decided already, by {who} on {moment}: {what}.",
            who=decision.decided_by,
            moment=_said(decision.decided_at, case),
            what=sentence(DONE[decision.decision]),
        ),
        id=decision.id,
        decision=decision.decision,
        decided_by=decision.decided_by,
        decided_at=decision.decided_at.isoformat() if decision.decided_at else "",
    )


def case_closed(case: Case) -> Problem:
    """409: the matter is closed; how and when."""
    said = mark("There is nothing left to decide: this case was closed.")
    if case.closed_at:
        said = sentence(
            "There is nothing left to decide: this case was closed on {moment}.",
            moment=_said(case.closed_at, case),
        )
    return Problem(
        409,
        "case_closed",
        joined([said, how]) if (how := ended.how(case)) else said,
        resolution=case.resolution,
        closed_at=case.closed_at.isoformat() if case.closed_at else None,
    )


def _said(at: datetime, case: Case) -> Callable[[Language], str]:
    return lambda language: language.date(clock.local(at, case.depot.zone), "long")
