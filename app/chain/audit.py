"""The audit: every open case has a live step, and no step fails or is late.

One walk over the open cases' own index. What it finds it heals and reports.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog

from app.cases import service as cases
from app.cases.timeline.facts import AuditHealed
from app.chain import service, store
from app.db.connection import Connection, transaction

log = structlog.get_logger(__name__)

_LATE = timedelta(minutes=5)
_TOO_OFTEN = 3
_LONGEST_LEASE = timedelta(hours=2)
"""Beyond what claim_steps gives: what fails now is within it, so the index finds it."""
_AT_ONCE = 1000


def find_orphans(conn: Connection) -> list[int]:
    """Open cases that nobody and nothing answers for."""
    rows = conn.execute(
        """SELECT c.id FROM cases c WHERE c.state <> 'closed'
              AND NOT EXISTS (SELECT 1 FROM steps s WHERE s.case_id = c.id)
            ORDER BY c.id LIMIT %s""",
        [_AT_ONCE],
    ).fetchall()
    return [row["id"] for row in rows]


def find_stuck(conn: Connection, now: datetime) -> list[dict[str, Any]]:
    """Steps that fail again and again, or that nobody claims."""
    return conn.execute(
        """SELECT id, case_id, link, due_at, tries, last_error FROM steps
            WHERE wake_at <= %s AND ((wake_at <= %s AND due_at <= %s)
                                     OR (tries >= %s AND last_error IS NOT NULL))
            ORDER BY wake_at, id LIMIT %s""",
        [now + _LONGEST_LEASE, now, now - _LATE, _TOO_OFTEN, _AT_ONCE],
    ).fetchall()


def run(now: datetime) -> dict[str, list[Any]]:
    """Find, heal and report: `{"orphans": [case ids], "stuck": [steps]}`.

    An orphan gets its first link again, or the confirmation of its booking, from which the
    watch over the promise follows: what was done already is not done twice.
    """
    with transaction() as conn:
        orphans = find_orphans(conn)
        stuck = find_stuck(conn, now)
        for case_id in orphans:
            case = cases.lock(conn, case_id)
            if case is None or case.closed or store.waiting(conn, case_id):
                continue
            link = "schedule_redelivery" if case.booked else "validate_contact"
            service.arm(conn, [store.Arm(case_id, link, now, {"anew": True}, case.request_id)])
            cases.note(conn, [cases.Entry(case_id, AuditHealed())], now)
            log.error("audit_healed", case_id=case_id)
    for step in stuck:
        log.error("audit_stuck", case_id=step["case_id"], link=step["link"], tries=step["tries"])
    return {"orphans": orphans, "stuck": stuck}
