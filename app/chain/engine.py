"""Runs steps: takes a batch, lets its type's handler decide, writes everything at once.

A run is one transaction: the result, the timeline, the outgoing messages and the next steps
all become true together or not at all. A task message that is stale or came twice finds nothing
to take. When a batch fails its steps are run one by one, so that one bad case never holds up
its neighbours.

What a run arms as due now is run with it, in the same transaction: it is armed as claimed already.
If that fails, each run commits before the next begins. Should this process die in between, the
claim runs out and a clock finds the step as any other.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import psycopg
import structlog

from app import clock
from app.cases import store as case_store
from app.cases.model import Case
from app.chain import policy, registry, service, store
from app.chain.changes_store import CaseStep, Changes
from app.chain.step import Again, Done, Result, Step, StepType
from app.chain.store import NewStep, Ref
from app.counted import families
from app.db.connection import Connection, transaction
from app.traces import spans

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=15)
"""Then a task message, or a direct run, counts as lost."""
_LOOP = timedelta(minutes=1)

_Row: TypeAlias = dict[str, Any]
_Ran: TypeAlias = frozenset[tuple[int, str]]
"""Steps `(case_id, name)` that led to this run without any wait."""


def run(
    step_type: StepType[Any], refs: Sequence[Ref], ran: _Ran = frozenset(), *, together: bool = True
) -> int:
    """Run the steps that the task message means; how many there still were to run.

    What they arm as due now is run with them, in the same transaction if `together`. Should
    anything of that fail, each run has a transaction of its own, so that it alone is repeated.

    Raises:
        psycopg.OperationalError: the database is away; the leases bring the steps back.
    """
    name = step_type.name
    try:
        steps, armed = _run_batch(step_type, refs, ran, together=together)
    except psycopg.OperationalError as error:
        if not isinstance(error, (psycopg.errors.DeadlockDetected,)):
            raise
        log.warning("batch_deadlock", step=name, steps=len(refs))
    except Exception as error:  # noqa: BLE001 - one bad case must not hold up its neighbours
        if together:
            return run(step_type, refs, ran, together=False)
        if len(refs) == 1:
            _record_failure(name, refs[0], error)
            return 0
        log.warning("batch_failed", step=name, steps=len(refs), error=repr(error))
    else:
        for step_type_armed, rows in _by_type(armed):
            run(step_type_armed, _refs(rows), ran | steps)
        return len(steps)
    return sum(run(step_type, [ref], ran, together=together) for ref in refs)


def _by_type(armed: Sequence[_Row]) -> list[tuple[StepType[Any], list[_Row]]]:
    """Armed steps by their types; what has none a clock finds and reports."""
    by_name: dict[str, list[_Row]] = defaultdict(list)
    for row in armed:
        by_name[row["name"]].append(row)
    found = [(registry.step_type(name), rows) for name, rows in by_name.items()]
    return [(step_type, rows) for step_type, rows in found if step_type is not None]


def _run_batch(
    step_type: StepType[Any], refs: Sequence[Ref], ran: _Ran, *, together: bool
) -> tuple[_Ran, Sequence[_Row]]:
    """The steps that there were, and those that they armed as due now and that are still to run."""
    said: list[tuple[Step, Result[Any]]] = []
    began = time.perf_counter()
    with transaction() as conn:
        now = clock.now()
        taken = store.take(conn, step_type.name, refs, now)
        found = _keys(taken)
        known: dict[int, Case] = {}
        armed: Sequence[_Row] = ()
        if taken and together:
            _run_together(conn, step_type, taken, known, now, ran | found, said)
        elif taken:
            armed = _run_taken(conn, step_type, taken, known, now, ran | found, said)
    done, ran_for = clock.now(), time.perf_counter() - began
    for step, result in said:
        took = (done - step.due_at).total_seconds()
        families.STEPS.observe(took, step.name, request_id=step.request_id)
        log.info(
            "step",
            step=step.name,
            case_id=step.case.id,
            request_id=step.request_id,
            outcome=result.outcome or "again",
        )
        spans.ended(
            *(spans.Kind.STEP, step.name, step.request_id, ran_for),
            case_id=step.case.id,
            outcome=result.outcome or "again",
            late_ms=round((took - ran_for) * 1000),
        )
    return found, armed


def _run_together(
    conn: Connection,
    step_type: StepType[Any],
    rows: Sequence[_Row],
    known: dict[int, Case],
    now: datetime,
    ran: _Ran,
    said: list[tuple[Step, Result[Any]]],
) -> None:
    """Run steps, and what they arm as due now, and so on; all of it in the caller's transaction."""
    with service.running(ran, now) as due:
        armed = _run_taken(conn, step_type, rows, known, now, ran, said, due)
    for case_id, _ in due:  # what handlers did to the case is read anew
        known.pop(case_id, None)
    for follows, found in _by_type(armed):
        rows = [row for row in found if not row["written"]]
        if written := [row for row in found if row["written"]]:
            # what ran before it may have dropped or armed it anew
            rows += store.take_own(conn, follows.name, _refs(written), now)
        if rows:
            _run_together(conn, follows, rows, known, now, ran | _keys(rows), said)


def _keys(rows: Sequence[_Row]) -> _Ran:
    return frozenset((row["case_id"], row["name"]) for row in rows)


def _refs(rows: Sequence[_Row]) -> list[Ref]:
    return [Ref(row["id"], row["attempt"]) for row in rows]


def _run_taken(
    conn: Connection,
    step_type: StepType[Any],
    rows: Sequence[_Row],
    cases: dict[int, Case],
    now: datetime,
    ran: _Ran,
    said: list[tuple[Step, Result[Any]]],
    due: Mapping[CaseStep, NewStep] | None = None,
) -> Sequence[_Row]:
    """Run steps of one type whose cases are locked, write what comes of it; what it armed.

    `cases` are those that this transaction has read, as its runs have left them. With `due`, which
    handlers put what they arm as due now in, all of that is run together with this.
    """
    unread = [row["case_id"] for row in rows if row["case_id"] not in cases]
    if unread:
        cases.update((case.id, case) for case in case_store.load(conn, unread))
    steps = []
    over = []
    unwritten = {row["id"] for row in rows if not row.get("written", True)}
    for row in rows:
        case = cases[row["case_id"]]
        if case.closed and not step_type.after_close:
            over.append(row["id"])
        else:
            steps.append(
                Step(
                    id=row["id"],
                    attempt=row["attempt"],
                    name=row["name"],
                    due_at=row["due_at"],
                    data=row["data"],
                    request_id=row["request_id"] or case.request_id,
                    case=case,
                    policy=policy.get(conn, case.policy_id),
                )
            )
    results = list(zip(steps, step_type.handler(conn, steps, now), strict=True)) if steps else []
    said += results
    cases.update((step.case.id, step.case) for step in steps)
    happened = [
        service.Happened(step.case, step_type, result.outcome)
        for step, result in results
        if result.outcome is not None
    ]
    changes = service.plan(conn, happened, now)
    changes.arms_too(due or {})
    over += [step.id for step, result in results if isinstance(result, Done)]
    changes.over.extend(step_id for step_id in over if step_id not in unwritten)
    for one, result in results:
        if isinstance(result, Again) and one.id in unwritten:
            waits = NewStep(one.case.id, one.name, result.at, result.data)
            changes.waits.append((one.id, waits))
        elif isinstance(result, Again):
            changes.again.append((one.id, result.at, result.data))
    for key, step in changes.arms.items():
        if step.due_at <= now and key in ran:
            # `check` refuses such a policy; a stored one must not keep us busy
            log.error("policy_loops", case_id=step.case_id, step=step.name)
            changes.arms[key] = step._replace(due_at=now + _LOOP)
    if due is not None:
        _run_unwritten(changes, {row["case_id"] for row in rows}, now)
    return service.write(conn, changes, now, now + LEASE)


def _run_unwritten(changes: Changes, locked: Collection[int], now: datetime) -> None:
    """Let the only step of a case that is armed as due now be run without a row before.

    Of several, each may do something to the rest, and finds it where all look for steps. Whose
    case this run has not locked is written, too.
    """
    due = [key for key, step in changes.arms.items() if step.due_at <= now]
    of_case = Counter(case_id for case_id, _ in due)
    for key in due:
        if of_case[key[0]] == 1 and key[0] in locked:
            changes.runs.append(changes.arms.pop(key))


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
