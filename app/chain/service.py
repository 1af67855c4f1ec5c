"""Verbs on the chain, for features that have something to tell which is not a step's result.

An acknowledgement, a choice, a supplied number: the feature says what happened, the case's
policy says what follows. All of it inside the caller's transaction; the wake-up goes out
after the commit, by construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from app.cases import service as cases
from app.cases.model import Case, Resolution
from app.chain import policy, store, wake
from app.chain.builtin import CLOSE
from app.chain.entries import Arm, Cancel, Hasten
from app.chain.step import Source
from app.chain.store import NewStep as NewStep  # noqa: PLC0414 - callers arm through this module
from app.chain.store import Waiting as Waiting  # noqa: PLC0414 - and see through it
from app.db.connection import Connection, after_commit

O = TypeVar("O", bound=StrEnum)  # noqa: E741 - outcomes


@dataclass(frozen=True, slots=True)
class Happened(Generic[O]):
    """A step of a case ended, or something outside did, with this outcome."""

    case: Case
    source: Source[O]
    outcome: O


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be armed, made due now, and dropped."""

    arms: dict[tuple[int, str], NewStep] = field(default_factory=dict)
    hastens: list[tuple[int, str]] = field(default_factory=list)
    cancels: list[tuple[int, str]] = field(default_factory=list)


def follow(conn: Connection, happened: Sequence[Happened[Any]], now: datetime) -> None:
    """Arm, hasten and cancel what the policies say, for all at once.

    A case that was set aside is moved by nothing but its end until a person begins it.
    """
    moved = [one for one in happened if not one.case.aside or one.source is CLOSE]
    steps = plan(conn, moved, now)
    cancel(conn, steps)
    if steps.arms:
        arm(conn, list(steps.arms.values()))
    hasten(conn, steps, now)


def plan(conn: Connection, happened: Sequence[Happened[Any]], now: datetime) -> Plan:
    """What the policies say, for all at once."""
    steps = Plan()
    for one in happened:
        case = one.case
        for entry in policy.get(conn, case.policy_id).follows(one.source.name, one.outcome):
            match entry:
                case Arm(name):
                    new = NewStep(
                        case.id, name, entry.due(case, now), dict(entry.data), case.request_id
                    )
                    steps.arms[case.id, name] = new
                case Hasten(name):
                    steps.hastens.append((case.id, name))
                case Cancel(name):
                    steps.cancels.append((case.id, name))
    return steps


def ahead(
    conn: Connection, happened: Sequence[tuple[Case, str, str]], now: datetime
) -> list[dict[str, Waiting]]:
    """What each case waits for once a step of it has ended: `(case, step, outcome)`; by name.

    So a handler can say what comes next, and when, before its own outcome is written.
    """
    ids = [case.id for case, _, _ in happened]
    live = store.waiting_of(conn, ids)
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


def cancel(conn: Connection, steps: Plan) -> None:
    """Drop what the plan wants to be dropped: before it is armed, as it may be armed anew."""
    if steps.cancels:
        store.cancel(conn, steps.cancels)


def hasten(conn: Connection, steps: Plan, now: datetime) -> None:
    """Make due what the plan wants to be due: after it is armed."""
    if steps.hastens:
        store.hasten(conn, steps.hastens, now)
        after_commit(wake.soon)


def arm(conn: Connection, steps: Sequence[NewStep]) -> None:
    """Arm steps at times of the caller's own choosing."""
    store.arm(conn, steps)
    after_commit(wake.soon)


def hasten_step(conn: Connection, case_id: int, name: str, now: datetime) -> None:
    """Make a waiting step due now: what it waited for has come, and it shall see to it."""
    store.hasten(conn, [(case_id, name)], now)
    after_commit(wake.soon)


def drop(conn: Connection, case_id: int, name: str) -> None:
    """Let a waiting step go: what it waited for has come."""
    store.cancel(conn, [(case_id, name)])


def close(conn: Connection, case: Case, resolution: Resolution, actor: str, now: datetime) -> bool:
    """Close the case: what waits is dropped, what the policy wants afterwards is armed.

    False when it was closed already.
    """
    if not cases.close(conn, case, resolution, actor, now):
        return False
    follow(conn, [Happened(case, CLOSE, resolution)], now)
    return True
