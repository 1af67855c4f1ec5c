"""The audit of handovers: every booking that stands unconfirmed has somebody who looks after it."""

from __future__ import annotations

from datetime import datetime

import structlog

from app.cases import service as cases
from app.chain import service as chain
from app.db.connection import Connection, transaction
from app.handover import store
from app.handover.service import LOOK

log = structlog.get_logger(__name__)

_AT_ONCE = 500


def find(conn: Connection) -> list[int]:
    """Cases whose booking stands without confirmation, and without a step or a person's clock."""
    return store.keeperless(conn, _AT_ONCE)


def heal(now: datetime) -> list[int]:
    """Let somebody look after each of them again."""
    healed = []
    with transaction() as conn:
        for case_id in find(conn):
            case = cases.lock(conn, case_id)
            if case is None or case.closed:
                continue
            chain.arm(conn, [chain.NewStep(case_id, LOOK, now, {})])
            log.error("audit_unconfirmed", case_id=case_id)
            healed.append(case_id)
    return healed
