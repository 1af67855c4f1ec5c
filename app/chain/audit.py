"""The audit: every open case has a live step, and no step fails or is late.

What it costs follows from what happened since the last one, not from how many cases are open.
A case is left without a step by losing its last one, or by beginning without any. Who lost a step
is written down by a trigger, and new cases are those above a mark: both are found by the next
audit or the one after it, so within two minutes. As a second net, should triggers have been off
(a restored copy) or a transaction have been open for minutes, each audit also looks at a slice of
all open cases, from where the last one ended: at one audit a minute, 100,000 take 100 minutes.
What it finds it heals and reports.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog

from app.cases import service as cases
from app.cases.timeline.facts import AuditHealed
from app.chain import service, store
from app.chain.step import BUILT_IN
from app.db.connection import Connection, transaction

log = structlog.get_logger(__name__)

_LATE = timedelta(minutes=5)
_REST = timedelta(hours=1)
"""Between two healings of a case that was healed too often already."""
_AT_ONCE = 1000
_SLICE = 1000
"""Open cases that each audit looks at whatever happened to them."""


class Findings(NamedTuple):
    """What an audit found."""

    orphans: list[int]
    """Open cases that nothing moved; their chains go on now."""
    in_vain: list[int]
    """Open cases that were healed again and again, and came to nothing each time."""
    stuck: list[dict[str, Any]]
    """Steps that fail again and again, or that nobody claims."""


def find_orphans(conn: Connection, *, all_open: bool = False) -> list[int]:
    """Open cases that nobody and nothing answers for; the next call looks at what comes after.

    Call it in the transaction that heals them: what is left unhealed is suspect again.
    """
    if all_open:
        store.sweep_anew(conn)
    slice_of = None if all_open else _SLICE
    found = sorted({*store.orphaned_suspects(conn), *store.orphans_in_turn(conn, slice_of)})
    if found[_AT_ONCE:]:
        store.suspect(conn, found[_AT_ONCE:])
    return found[:_AT_ONCE]


def run(now: datetime, *, all_open: bool = False) -> Findings:
    """Find, heal and report; with `all_open` every open case is looked at, however many."""
    found = Findings([], [], [])
    with transaction() as conn:
        found.stuck.extend(store.stuck(conn, now, _LATE, _AT_ONCE))
        for case_id in find_orphans(conn, all_open=all_open):
            _heal(conn, case_id, found, now)
    for step in found.stuck:
        log.error("audit_stuck", case_id=step["case_id"], step=step["name"], tries=step["tries"])
    return found


def _heal(conn: Connection, case_id: int, found: Findings, now: datetime) -> None:
    """Let the built-in step weigh how far the case is; the policy says what follows.

    What was done already is not done twice. A policy that leads nowhere however often it is
    begun is an operator's matter: it is reported each time, and begun anew more seldom.
    """
    case = cases.lock(conn, case_id)
    if case is None or case.closed or store.waiting(conn, case_id):
        return
    before = store.healed_in_a_row(conn, case_id)
    if len(before) >= store.TOO_OFTEN:
        log.error("audit_stuck", case_id=case_id, healed=len(before))
        found.in_vain.append(case_id)
        if now - before[-1] < _REST:
            store.suspect(conn, [case_id])
            return
    data = {"happened": "orphaned"}
    service.arm(conn, [store.NewStep(case_id, BUILT_IN, now, data)])
    cases.note(conn, [cases.Entry(case_id, AuditHealed())], now)
    log.error("audit_healed", case_id=case_id)
    found.orphans.append(case_id)
