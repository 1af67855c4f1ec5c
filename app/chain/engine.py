"""Runs steps: takes a batch, lets its type's handler decide, writes everything at once.

A run is one transaction: the result, the timeline, the outgoing messages and the next steps
all become true together or not at all. A task message that is stale or came twice finds nothing
to take. When a batch fails its steps are run one by one, so that one bad case never holds up
its neighbours.

What a run arms as due now is run directly after its commit: it is armed as claimed already.
Should this process die before, the claim runs out and a clock finds the step as any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import psycopg
import structlog

from app import clock
from app.cases import store as case_store
from app.chain import policy, registry, service, store
from app.chain.step import Done, Result, Step, StepType
from app.chain.store import Claimed, Ref
from app.db.connection import Connection, transaction

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=15)
"""Then a task message, or a direct run, counts as lost."""
_LOOP = timedelta(minutes=1)

_Ran: TypeAlias = frozenset[tuple[int, str]]
"""Steps `(case_id, name)` that led to this run without any wait."""


def run(step_type: StepType[Any], refs: Sequence[Ref], ran: _Ran = frozenset()) -> int:
    """Run the steps that the task message means; how many there still were to run.

    Raises:
        psycopg.OperationalError: the database is away; the leases bring the steps back.
    """
    name = step_type.name
    try:
        steps, armed = _run_batch(step_type, refs, ran)
    except psycopg.OperationalError as error:
        if not isinstance(error, (psycopg.errors.DeadlockDetected,)):
            raise
        log.warning("batch_deadlock", step=name, steps=len(refs))
    except Exception as error:  # noqa: BLE001 - one bad case must not hold up its neighbours
        if len(refs) == 1:
            _record_failure(name, refs[0], error)
            return 0
        log.warning("batch_failed", step=name, steps=len(refs), error=repr(error))
    else:
        _run_armed(armed, ran | steps)
        return len(steps)
    return sum(run(step_type, [ref], ran) for ref in refs)


def _run_armed(armed: Sequence[Claimed], ran: _Ran) -> None:
    by_name: dict[str, list[Ref]] = defaultdict(list)
    for step in armed:
        by_name[step.name].append(Ref(step.id, step.attempt))
    for name, refs in by_name.items():
        step_type = registry.step_type(name)
        if step_type is not None:  # else a clock reports it
            run(step_type, refs, ran)


def _run_batch(
    step_type: StepType[Any], refs: Sequence[Ref], ran: _Ran
) -> tuple[_Ran, Sequence[Claimed]]:
    """The steps that there were, and those that they armed as due now."""
    name = step_type.name
    with transaction() as conn:
        now = clock.now()
        store.lock_cases(conn, [ref[0] for ref in refs])
        rows = store.take(conn, name, refs, now)
        if not rows:
            return frozenset(), ()
        found = frozenset((row["case_id"], name) for row in rows)
        cases = {c.id: c for c in case_store.load(conn, [row["case_id"] for row in rows])}
        steps = []
        over = []
        for row in rows:
            case = cases[row.pop("case_id")]
            if case.closed and not step_type.after_close:
                over.append(row["id"])
            else:
                steps.append(Step(**row, case=case, policy=policy.get(conn, case.policy_id)))
        results = step_type.handler(conn, steps, now) if steps else []
        armed = _write(
            conn, step_type, list(zip(steps, results, strict=True)), over, now, ran | found
        )
    for step, result in zip(steps, results, strict=True):
        log.info(
            "step",
            step=name,
            case_id=step.case.id,
            request_id=step.request_id,
            outcome=result.outcome if isinstance(result, Done) else "again",
        )
    return found, armed


def _write(
    conn: Connection,
    step_type: StepType[Any],
    results: Sequence[tuple[Step, Result[Any]]],
    over: list[int],
    now: datetime,
    ran: _Ran,
) -> Sequence[Claimed]:
    happened = []
    again = []
    for step, result in results:
        if isinstance(result, Done):
            over.append(step.id)
            happened.append(service.Happened(step.case, step_type, result.outcome))
        else:
            again.append((step.id, result.at, result.data))
    if over:
        store.delete(conn, over)
    if again:
        store.again(conn, again)
    return _follow(conn, happened, now, ran) if happened else ()


def _follow(
    conn: Connection, happened: Sequence[service.Happened[Any]], now: datetime, ran: _Ran
) -> Sequence[Claimed]:
    """Do what the policies say; the steps that are due now, claimed."""
    plan = service.plan(conn, happened, now)
    service.cancel(conn, plan)
    at_once = [step for step in plan.arms.values() if step.due_at <= now]
    later = [step for step in plan.arms.values() if step.due_at > now]
    looping = [step for step in at_once if (step.case_id, step.name) in ran]
    for step in looping:  # `check` refuses such a policy; a stored one must not keep us busy
        log.error("policy_loops", case_id=step.case_id, step=step.name)
        at_once.remove(step)
        later.append(step._replace(due_at=now + _LOOP))
    if later:
        service.arm(conn, later)
    claimed = store.arm_claimed(conn, at_once, now + LEASE) if at_once else ()
    service.hasten(conn, plan, now)
    return claimed


def refuse(name: str, refs: Sequence[Ref]) -> None:
    """There is no step of this type: whoever looks at the steps that fail shall see it."""
    log.error("unknown_step", step=name, steps=len(refs))
    with transaction() as conn:
        for ref in refs:
            store.fail(conn, ref, "there is no step type of this name")


def _record_failure(name: str, ref: Ref, error: Exception) -> None:
    log.error("step_failed", step=name, step_id=ref[0], exc_info=error)
    with transaction() as conn:
        store.fail(conn, ref, f"{type(error).__name__}: {error}")
