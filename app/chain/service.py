"""Verbs on the chain, for features that have something to tell which is not a step's result.

An acknowledgement, a choice, a supplied number: the feature says what happened, the case's
policy says what follows. All of it inside the caller's transaction; the wake-up goes out
after the commit, by construction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from app import clock
from app.cases import service as cases
from app.cases.model import Case, Resolution
from app.chain import changes_store, policy, store, wake
from app.chain.builtin import CLOSE
from app.chain.changes_store import CaseStep, Changes
from app.chain.entries import Arm, Cancel, Hasten
from app.chain.step import Source
from app.chain.store import NewStep as NewStep  # noqa: PLC0414 - callers arm through this module
from app.chain.store import Waiting as Waiting  # noqa: PLC0414 - and see through it
from app.db.connection import Connection, after_commit

O = TypeVar("O", bound=StrEnum)  # noqa: E741 - outcomes

_LOOK = timedelta(seconds=1)
"""Clocks look by themselves as often."""


@dataclass(frozen=True, slots=True)
class Happened(Generic[O]):
    """A step of a case ended, or something outside did, with this outcome."""

    case: Case
    source: Source[O]
    outcome: O


@dataclass(frozen=True, slots=True)
class _Run:
    """Handlers are at work: what they arm as due now the engine runs in their transaction."""

    ran: Collection[CaseStep]
    now: datetime
    due: dict[CaseStep, NewStep] = field(default_factory=dict)
    """What they armed as due now: the engine writes it with all else that comes of the run."""

    def takes(self, arms: Collection[NewStep], now: datetime) -> bool:
        """Whether these can be run now: none led to this run, and none became due since."""
        return all(
            step.due_at > now
            or (step.due_at <= self.now and (step.case_id, step.name) not in self.ran)
            for step in arms
        )

    def put_off(self, changes: Changes, now: datetime) -> None:
        """Let the engine write what these changes arm as due now."""
        for key in [key for key, step in changes.arms.items() if step.due_at <= now]:
            self.due[key] = changes.arms.pop(key)

    def forget(self, changes: Changes) -> None:
        """What is cancelled or armed anew is not as it was armed before."""
        for key in (*changes.cancels, *changes.arms):
            self.due.pop(key, None)


_run: ContextVar[_Run | None] = ContextVar("run", default=None)


@contextmanager
def running(ran: Collection[CaseStep], now: datetime) -> Iterator[dict[CaseStep, NewStep]]:
    """Meanwhile, what is armed as due now is not written but left to the engine.

    That does not hold for steps that led here, which are `ran`.
    """
    run = _Run(ran, now)
    token = _run.set(run)
    try:
        yield run.due
    finally:
        _run.reset(token)


def follow(
    conn: Connection,
    happened: Sequence[Happened[Any]],
    now: datetime,
    *,
    drop: Sequence[tuple[int, str]] = (),
    arm: Sequence[NewStep] = (),
) -> None:
    """Arm, hasten and cancel what the policies say, for all at once.

    `drop` lets waiting steps `(case_id, name)` go first: what they waited for has happened. `arm`
    are steps at times of the caller's own choosing.
    A case that was set aside is moved by nothing but its end until a person begins it.
    """
    moved = [one for one in happened if not one.case.aside or one.source is CLOSE]
    changes = plan(conn, moved, now)
    changes.cancels[:0] = drop
    changes.arms.update(Changes.arming(arm).arms)
    write(conn, changes, now)


def plan(conn: Connection, happened: Sequence[Happened[Any]], now: datetime) -> Changes:
    """What the policies say, for all at once."""
    changes = Changes()
    for one in happened:
        case = one.case
        for entry in policy.get(conn, case.policy_id).follows(one.source.name, one.outcome):
            match entry:
                case Arm(name):
                    changes.arms[case.id, name] = NewStep(
                        case.id, name, entry.due(case, now), dict(entry.data)
                    )
                case Hasten(name):
                    changes.hastens.append((case.id, name))
                case Cancel(name):
                    changes.cancels.append((case.id, name))
    return changes


def ahead(
    conn: Connection, happened: Sequence[tuple[Case, str, str]], now: datetime
) -> list[dict[str, Waiting]]:
    """What each case waits for once a step of it has ended: `(case, step, outcome)`; by name.

    So a handler can say what comes next, and when, before its own outcome is written.
    """
    ids = [case.id for case, _, _ in happened]
    live = _waiting_of(conn, ids)
    found = []
    for case, name, outcome in happened:
        steps = {step: waits for step, waits in live[case.id].items() if step != name}
        for entry in policy.get(conn, case.policy_id).follows(name, outcome):
            match entry:
                case Arm(step):
                    steps[step] = Waiting(entry.due(case, now), dict(entry.data))
                case Hasten(step) if step in steps:
                    steps[step] = steps[step]._replace(due_at=now)
                case Cancel(step):
                    steps.pop(step, None)
        found.append(steps)
    return found


def waiting(conn: Connection, case_id: int) -> dict[str, Waiting]:
    """What a case waits for, by the steps' names."""
    return _waiting_of(conn, [case_id])[case_id]


def _waiting_of(conn: Connection, case_ids: Sequence[int]) -> dict[int, dict[str, Waiting]]:
    found = store.waiting_of(conn, case_ids)
    if run := _run.get():
        for (case_id, name), step in run.due.items():
            if case_id in found:
                found[case_id][name] = Waiting(step.due_at, step.data)
    return found


def write(
    conn: Connection, changes: Changes, now: datetime, until: datetime | None = None
) -> list[dict[str, Any]]:
    """Write the changes and wake the clocks when they have something to do soon.

    With `until`, what is armed as due now is claimed for the caller, and returned.
    """
    run = _run.get() if until is None else None
    if run is not None:
        run.forget(changes)
        if run.takes(changes.arms.values(), now):
            run.put_off(changes, now)
    claimed = changes_store.write(conn, changes, now, until)
    dues = [step.due_at for step in changes.arms.values()]
    soon = [due for due in dues if due <= now + _LOOK and (until is None or due > now)]
    if soon or changes.hastens:
        after_commit(wake.soon)
    return claimed


def arm(conn: Connection, steps: Sequence[NewStep]) -> None:
    """Arm steps at times of the caller's own choosing."""
    write(conn, Changes.arming(steps), clock.now())


def hasten_step(conn: Connection, case_id: int, name: str, now: datetime) -> None:
    """Make a waiting step due now: what it waited for has come, and it shall see to it."""
    write(conn, Changes(hastens=[(case_id, name)]), now)


def hasten_elsewhere(conn: Connection, case_id: int, name: str, now: datetime) -> None:
    """The same for a case that the caller has not locked.

    A step that is being run at this moment is left alone: it sees by itself what has come.
    """
    store.hasten_unless_run(conn, case_id, name, now)
    after_commit(wake.soon)


def drop(conn: Connection, case_id: int, name: str) -> None:
    """Let a waiting step go: what it waited for has come."""
    write(conn, Changes(cancels=[(case_id, name)]), clock.now())


def close(conn: Connection, case: Case, resolution: Resolution, actor: str, now: datetime) -> bool:
    """Close the case: what waits is dropped, what the policy wants afterwards is armed.

    False when it was closed already.
    """
    if not cases.close(conn, case, resolution, actor, now):
        return False
    if run := _run.get():
        for key in [key for key in run.due if key[0] == case.id]:
            del run.due[key]
    follow(conn, [Happened(case, CLOSE, resolution)], now)
    return True
