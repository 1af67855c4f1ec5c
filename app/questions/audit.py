"""The audit of questions: none is left without a clock. What it finds it heals and reports."""

from __future__ import annotations

from datetime import datetime

import structlog

from app.cases import service as cases
from app.cases.timeline.facts import AuditHealed
from app.chain import service as chain
from app.db.connection import transaction
from app.questions import store
from app.questions.service import CALLS, CLOCK

log = structlog.get_logger(__name__)

_AT_ONCE = 1000


def run(now: datetime) -> list[int]:
    """Find open questions whose hour nothing looks after, and wake their cases; which those are.

    One walk along a small index: what is answered costs nothing.
    """
    healed = []
    with transaction() as conn:
        for case_id in store.without_clock(conn, _AT_ONCE):
            case = cases.lock(conn, case_id)
            if case is None or not store.open_of(conn, [case_id]):
                continue
            steps = [chain.NewStep(case_id, name, now, {}) for name in (CLOCK, CALLS)]
            chain.arm(conn, steps)
            cases.note(conn, [cases.Entry(case_id, AuditHealed())], now)
            log.error("audit_healed_question", case_id=case_id)
            healed.append(case_id)
    return healed
