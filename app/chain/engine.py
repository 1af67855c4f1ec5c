"""Runs steps: takes a batch, lets its link's handler decide, writes everything at once.

A run is one transaction: the result, the timeline, the outgoing messages and the next
steps all become true together or not at all. A hint that is stale or came twice finds
nothing to take. When a batch fails its steps are run one by one, so that one bad case
never holds up its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import structlog

from app import clock
from app.cases import store as case_store
from app.cases.model import Case
from app.chain import policy, service, store
from app.chain.policy import Policy
from app.chain.store import Ref
from app.db.connection import Connection, transaction

log = structlog.get_logger(__name__)

AFTER_CLOSE = frozenset({"stand_down", "follow_up", "recover", "thank"})
"""Links that still mean something when their case is closed."""


@dataclass(slots=True)
class Step:
    """One live step with its case, locked, and the policy that the case runs by."""

    id: int
    attempt: int
    link: str
    due_at: datetime
    data: dict[str, Any]
    request_id: str
    case: Case
    policy: Policy


@dataclass(frozen=True, slots=True)
class Done:
    """The step is over; the policy says what follows `outcome`."""

    outcome: str = "done"


@dataclass(frozen=True, slots=True)
class Again:
    """The step waits until `at` and runs again with `data`."""

    at: datetime
    data: dict[str, Any]


Result = Done | Again
Handler = Callable[[Connection, Sequence[Step], datetime], Sequence[Result]]
"""Gets steps of one link and gives a result for each, in the same order."""


def run(link: str, handler: Handler, refs: Sequence[Ref]) -> int:
    """Run the steps that the hints mean; how many there still were to run.

    Raises:
        psycopg.OperationalError: the database is away; the leases bring the steps back.
    """
    try:
        return _run_batch(link, handler, refs)
    except psycopg.OperationalError as error:
        if not isinstance(error, (psycopg.errors.DeadlockDetected,)):
            raise
        log.warning("batch_deadlock", link=link, steps=len(refs))
    except Exception as error:  # noqa: BLE001 - one bad case must not hold up its neighbours
        if len(refs) == 1:
            _record_failure(link, refs[0], error)
            return 0
        log.warning("batch_failed", link=link, steps=len(refs), error=repr(error))
    return sum(run(link, handler, [ref]) for ref in refs)


def _run_batch(link: str, handler: Handler, refs: Sequence[Ref]) -> int:
    with transaction() as conn:
        now = clock.now()
        store.lock_cases(conn, [ref[0] for ref in refs])
        rows = store.take(conn, link, refs, now)
        if not rows:
            return 0
        cases = {c.id: c for c in case_store.load(conn, [row["case_id"] for row in rows])}
        steps = []
        over = []
        for row in rows:
            case = cases[row.pop("case_id")]
            if case.closed and link not in AFTER_CLOSE:
                over.append(row["id"])
            else:
                steps.append(Step(**row, case=case, policy=policy.get(conn, case.policy_id)))
        results = handler(conn, steps, now) if steps else []
        _write(conn, steps, results, over, now)
    for step, result in zip(steps, results, strict=True):
        log.info(
            "step",
            link=link,
            case_id=step.case.id,
            request_id=step.request_id,
            outcome=result.outcome if isinstance(result, Done) else "again",
        )
    return len(rows)


def _write(
    conn: Connection,
    steps: Sequence[Step],
    results: Sequence[Result],
    over: list[int],
    now: datetime,
) -> None:
    happened = []
    again = []
    for step, result in zip(steps, results, strict=True):
        if isinstance(result, Again):
            again.append((step.id, result.at, result.data))
        else:
            over.append(step.id)
            happened.append(service.Happened(step.case, step.link, result.outcome))
    if over:
        store.delete(conn, over)
    if again:
        store.again(conn, again)
    if happened:
        service.follow(conn, happened, now)


def _record_failure(link: str, ref: Ref, error: Exception) -> None:
    log.error("step_failed", link=link, step_id=ref[0], exc_info=error)
    with transaction() as conn:
        store.fail(conn, ref, f"{type(error).__name__}: {error}")
