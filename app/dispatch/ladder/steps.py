"""Climbing the ladder: the next level is called for each task, and who was passed over is noted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from app.cases import service as cases
from app.cases.timeline.facts import DispatcherCalled, LevelPassedOver, RecoveryCalled
from app.chain.step import Again, Done, Result, Step
from app.channels import service as channels
from app.channels.states import NotSent
from app.db.connection import Connection
from app.directory import ladders
from app.directory.model import Level
from app.dispatch import calls, ends_store, later_calls, rules, store
from app.dispatch.about import Several
from app.dispatch.later_calls import LaterCalls
from app.dispatch.states import Called, TaskKind, TaskState
from app.promises import service as promises
from app.questions import keepers


def climb(
    conn: Connection, steps: Sequence[Step], kinds: Sequence[TaskKind], now: datetime
) -> list[Result[Called]]:
    """Call the next level for each step's task.

    What a step's `data` may say: `about`, the id of what its task is about; `by`, when somebody
    should have acted (ISO 8601); `up`, that the first level is passed over, and nobody is the
    last; `beyond`, the level whose further tries are left out.
    """
    _end_former_rounds(conn, steps, kinds, now)
    tasks = store.ensure(
        conn,
        [wanted(step, kind) for step, kind in zip(steps, kinds, strict=True)],
        now,
    )
    several = Several.read(conn, tasks, missed=True)
    by_depot: dict[tuple[int, int], list[Level]] = {}
    drafts: list[channels.Draft] = []
    notes: list[cases.Entry] = []
    called: list[store.Rung] = []
    later = LaterCalls(conn, now)
    results: dict[int, Result[Called]] = {}
    waits: dict[int, timedelta] = {}
    for step, task in zip(steps, tasks, strict=True):
        case, policy = step.case, step.policy
        if task.state is not TaskState.OPEN:
            results[step.id] = Done(Called.ANSWERED)
            continue
        key = (case.depot_id, policy.id)
        if key not in by_depot:
            every = policy.seconds("catch_all_every")
            by_depot[key] = ladders.levels(conn, case.depot_id, every, now)
        levels = by_depot[key]
        up, beyond = step.data.pop("up", False), step.data.pop("beyond", 0)
        planned = rules.plan(
            levels,
            rules.Standing(task.level, task.calls, up, beyond),
            policy.body["catch_all_times"],
            case.shipper.country,
            case.act_by if task.kind.of_delivery else None,
            now,
        )
        if planned is None:
            planned = rules.later_call(levels, task.calls, later_calls.pause(policy, task))
            if (at := later.next(task, planned.call.rung, policy)) > now:
                said = None if task.exhausted_at else Called.EXHAUSTED
                results[step.id] = Again(at, step.data, said)
                continue
        call, wait, passed = planned
        about = several.of(task, personal=policy.body["staff_read_names"])
        by = _by(step, after=now)
        hurried = calls.hurried(case.act_by, by, policy, now)
        drafts += calls.drafts(step, task, call, about, by, now + wait, now=now, hurried=hurried)
        made = RecoveryCalled if task.kind is TaskKind.RECOVERY else DispatcherCalled
        notes += [
            cases.Entry(case.id, LevelPassedOver(level=level, why=why, rotas=rotas))
            for level, why, rotas in passed
        ]
        people = tuple(person.name for person in call.rung.people)
        facts = made(level=call.level, people=people, task_id=task.id)
        notes.append(cases.Entry(case.id, facts))
        up_to = keepers.together(people) if up else None
        called.append(store.Rung(task.id, call.level, call.again + 1, up_to))
        waits[step.id] = wait
    drafts = calls.gathered(conn, drafts, [step.policy for step in steps], now)
    channels.enqueue(conn, drafts, now)
    cases.note(conn, notes, now)
    if called:
        store.called(conn, called, now)
    later.write()
    _keep_calls(conn, steps, kinds, {note.case_id for note in notes}, now)
    results.update(_waiting(steps, tasks, waits, calls.begin(drafts, now), now))
    return [results[step.id] for step in steps]


def _waiting(
    steps: Sequence[Step],
    tasks: Sequence[store.Task],
    waits: Mapping[int, timedelta],
    begins: Mapping[int, datetime],
    now: datetime,
) -> dict[int, Result[Called]]:
    """Each step waits its time from when its people were called, which may be a moment later."""
    return {
        step.id: Again(begins.get(task.id, now) + waits[step.id], step.data)
        for step, task in zip(steps, tasks, strict=True)
        if step.id in waits
    }


def _keep_calls(
    conn: Connection,
    steps: Sequence[Step],
    kinds: Sequence[TaskKind],
    called: Collection[int],
    now: datetime,
) -> None:
    """What customers may have been told: that the depot is called again by now."""
    told = [
        step.case.id
        for step, kind in zip(steps, kinds, strict=True)
        if kind.of_delivery and step.case.id in called and step.case.informed_at
    ]
    if told:
        promises.keep(conn, told, promises.Kind.CALL, "call", now)


def _end_former_rounds(
    conn: Connection, steps: Sequence[Step], kinds: Sequence[TaskKind], now: datetime
) -> None:
    """End what the deliveries before these rounds called for."""
    again = [
        (s.case.id, s.case.round)
        for s, kind in zip(steps, kinds, strict=True)
        if s.case.round > 1 and kind.of_delivery
    ]
    for case_id, task_id in ends_store.supersede(conn, again, now) if again else ():
        channels.withdraw(conn, case_id, f"task-{task_id}", NotSent.SUPERSEDED, now)


def wanted(step: Step, kind: TaskKind) -> store.Wanted:
    """The task that a step calls for."""
    case = step.case
    return store.Wanted(
        case.id,
        case.depot_id,
        kind,
        _turn(step, kind),
        step.data.get("about", 0),
        _by(step),
    )


def _by(step: Step, after: datetime | None = None) -> datetime | None:
    """When somebody should have acted, where the step says so and it comes `after` that moment."""
    by = datetime.fromisoformat(step.data["by"]) if step.data.get("by") else None
    return by if by and (after is None or by > after) else None


def _turn(step: Step, kind: TaskKind) -> int:
    """Which time somebody is called for the same: each is a task of its own."""
    if kind is TaskKind.HANDOVER:
        return int(step.data.get("turn", 0))
    if kind is TaskKind.RECOVERY:
        return step.case.round + int(step.data.get("turn", 0))
    return step.case.round if kind.of_delivery else 0
