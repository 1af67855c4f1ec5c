"""Verbs of a dispatcher: acknowledge, pass on, resolve.

All of them lock the case's row first, so that of two who act at once the second one is told
the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.booking import service as booking
from app.booking.leaving import Leave
from app.cases import service as cases
from app.cases import store as case_store
from app.cases.model import Case, Resolution
from app.cases.timeline.facts import Acknowledged, PassedOn, Resolved
from app.chain import policy
from app.chain import service as chain
from app.chain.step import StepType
from app.channels import gathering
from app.channels import service as channels
from app.channels.states import NotSent
from app.db.connection import Connection, connection, transaction
from app.db.together import Reads, first, together
from app.directory import ladders
from app.dispatch import refusals, rules, store
from app.dispatch.snoozed.events import Event
from app.dispatch.sources import RECOVERED, Recovered
from app.dispatch.states import ANSWERS, REACHED, Called, TaskKind, TaskState
from app.dispatch.steps import (
    CALL_DISPATCHER,
    CALL_FOR_DECISION,
    CALL_FOR_HANDOVER,
    CALL_FOR_QUESTION,
    CALL_SUPERVISOR,
    RECOVER,
)
from app.dispatch.store import Task
from app.dispatch.taken import service as taken
from app.errors import Problem
from app.handover import service as handover
from app.languages.language import mark
from app.languages.sentence import sentence
from app.promises import service as promises
from app.questions import service as questions

_STEPS = {
    TaskKind.FAILURE: CALL_DISPATCHER,
    TaskKind.PROMISE: CALL_DISPATCHER,
    TaskKind.QUESTION: CALL_FOR_QUESTION,
    TaskKind.HANDOVER: CALL_FOR_HANDOVER,
    TaskKind.DECISION: CALL_FOR_DECISION,
    TaskKind.RECOVERY: RECOVER,
}


def step(task: Task) -> StepType[Called]:
    """The step that calls the ladder for it: what a supervisor is called for is about something."""
    if task.kind is TaskKind.PROMISE and task.about:
        return CALL_SUPERVISOR
    return _STEPS[task.kind]


@dataclass(frozen=True, slots=True)
class Ack:
    """Who answers for a task. `fresh` is False when somebody already did."""

    task_id: int
    fresh: bool
    by: str
    at: datetime


def acknowledge(
    task_id: int, by: str, note: str, outcome: str, now: datetime, *, level: int | None = None
) -> Ack:
    """Take a task on: the ladder stops, queued calls are withdrawn, the customer is told.

    A second acknowledgement changes nothing and tells who was first. Whoever answers a call was
    called at `level`.

    Raises:
        Problem: 404 no such task; 409 it is over, or went up to others than who was called there;
            422 an outcome that does not exist.
    """
    with transaction() as conn:
        task, case = lock(conn, task_id)
        refusals.check_outcome(task.kind, outcome)
        if task.acknowledged_by and task.acknowledged_at and task.state is not TaskState.WITHDRAWN:
            return Ack(task_id, fresh=False, by=task.acknowledged_by, at=task.acknowledged_at)
        refusals.refuse_over(task, case)
        refusals.refuse_gone_up(task, level)
        had = taken.take_on(conn, task, case, by, note, outcome, now)
        if task.kind.of_delivery:
            if case.informed_at:  # nobody is called again, whatever was said before
                promises.release(conn, [case.id], [promises.Kind.CALL], by, now)
            case = cases.acknowledged(conn, case, by, now)
        channels.withdraw(conn, case.id, f"task-{task_id}", NotSent.ACKNOWLEDGED, now)
        gathering.call_off(conn, case.id, f"task-{task_id}", NotSent.ACKNOWLEDGED)
        facts = Acknowledged(task_id=task_id, outcome=outcome, note=note, kind=task.kind)
        cases.note(conn, [cases.Entry(case.id, facts, by)], now)
        calls = step(task)
        taken_on = [chain.Happened(case, calls, Called.ACKNOWLEDGED)]
        waited = [(case.id, calls.name)]
        if task.wakes_on:
            waited.append((case.id, Event(task.wakes_on).step))
        chain.follow(conn, taken_on, now, drop=waited, arm=taken.looks(case, had))
        return Ack(task_id, fresh=True, by=by, at=now)


def pass_on(
    task_id: int, by: str, now: datetime, *, seen: int | None = None, level: int | None = None
) -> Task:
    """Hand a task to the next level at once.

    `seen` is the level that whoever asks knows of: what was passed on since is not passed on twice.
    Whoever answers a call was called at `level`.

    Raises:
        Problem: 404 no such task; 409 it is over, went up to others, somebody took it on or passed
            it on meanwhile, or nobody is left to call.
    """
    with transaction() as conn:
        task, case = lock(conn, task_id)
        refusals.refuse_over(task, case)
        refusals.refuse_gone_up(task, level)
        refusals.refuse_meanwhile(task, case, by, seen, now)
        if not _somebody_left(conn, task, case, now):
            raise Problem(
                409, "nobody_left", mark("Everybody was called: nobody is left to take it.")
            )
        if task.state is TaskState.ACKNOWLEDGED:
            store.reopen(conn, task_id)
            if task.kind.of_delivery:
                case = cases.released(conn, case, now)
            taken.watch(conn, case)
        channels.withdraw(conn, case.id, f"task-{task_id}", NotSent.PASSED_ON, now)
        facts = PassedOn(task_id=task_id, level=task.level)
        cases.note(conn, [cases.Entry(case.id, facts, by)], now)
        call_at(conn, task, case, now, beyond=task.level)
        return reread(conn, task_id)


def resolve(
    task_id: int,
    by: str,
    outcome: str,
    note: str,
    now: datetime,
    *,
    choice: str = "",
    leave: Leave | None = None,
) -> Task:
    """Say that a task is done; one that nobody had acknowledged is acknowledged with it.

    A booking that people have to confirm is confirmed or refused with it. With a `choice`, or with
    what it is left as, it is booked for the customer first, and where that is refused nothing is
    done.

    Raises:
        Problem: 404 no such task; 409 it is over, or another address waits for a yes or no;
            422 an outcome that does not exist; what `booking.choose` refuses.
    """
    with transaction() as conn:
        task, case = lock(conn, task_id)
        refusals.check_outcome(task.kind, outcome)
        if task.state is TaskState.RESOLVED:
            return task
        refusals.refuse_over(task, case)
        if task.kind is TaskKind.HANDOVER and not outcome:
            raise Problem(
                422,
                "no_such_outcome",
                sentence("Say one of {answers}.", answers=", ".join(ANSWERS)),
            )
        if task.kind is TaskKind.QUESTION and not case.closed:
            refusals.refuse_undecided(conn, case)
        if task.state is TaskState.OPEN:
            acknowledge(task_id, by, note, outcome, now)
        if choice or leave:
            booking.choose_for(case.id, choice, by, now, leave)
        store.resolve(conn, task_id, note, outcome, now)
        taken.watch(conn, case)
        if task.kind is TaskKind.QUESTION:
            questions.settle(conn, case, by, now, reached=outcome == REACHED)
        facts = Resolved(task_id=task_id, outcome=outcome, note=note, kind=task.kind)
        cases.note(conn, [cases.Entry(case.id, facts, by)], now)
        if task.kind is TaskKind.HANDOVER:
            _answer_booking(conn, task, case, by, outcome, note, now)
        if task.kind is TaskKind.RECOVERY:
            promises.keep(conn, [case.id], promises.Kind.ANSWER, by, now, about=0)
            came = Recovered(outcome or task.outcome or Recovered.OTHER)
            chain.follow(conn, [chain.Happened(case, RECOVERED, came)], now)
        return reread(conn, task_id)


def _answer_booking(
    conn: Connection, task: Task, case: Case, by: str, outcome: str, note: str, now: datetime
) -> None:
    """What people said of a booking; it may have ended or been answered meanwhile."""
    if outcome == "refused":
        handover.refuse(conn, case, task.about, by, now, words=note)
    else:
        handover.confirm(conn, case, task.about, by, now)


def escalate(case_id: int, by: str, now: datetime) -> Task:
    """Pass on the case's live task, to the next level.

    Raises:
        Problem: 404 no such case; 409 there is nothing to escalate.
    """
    return pass_on(live(case_id).id, by, now)


def close(case_id: int, resolution: Resolution, by: str, now: datetime) -> bool:
    """Close a case by hand; False when it was closed already, or there is none."""
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        return case is not None and chain.close(conn, case, resolution, by, now)


def call_at(conn: Connection, task: Task, case: Case, at: datetime, *, beyond: int = 0) -> None:
    """Call for this task at that time, and by nothing more at the level `beyond` which it goes."""
    name = step(task).name
    data = {"about": task.about} if task.about else {}
    if beyond:
        data["beyond"] = beyond
    if task.kind is TaskKind.HANDOVER:
        data["turn"] = task.round
    if task.kind is TaskKind.RECOVERY:
        data["turn"] = task.round - case.round
    chain.arm(conn, [chain.NewStep(case.id, name, at, data)])


def _somebody_left(conn: Connection, task: Task, case: Case, now: datetime) -> bool:
    rules_of_case = policy.get(conn, case.policy_id)
    every = rules_of_case.seconds("catch_all_every")
    ladder = ladders.levels(conn, case.depot_id, every, now)
    times = rules_of_case.body["catch_all_times"]
    standing = rules.Standing(task.level, task.calls, beyond=task.level)
    return bool(rules.next_call(ladder, standing, times, case.shipper.country))


def live(case_id: int) -> Task:
    """The newest task of a case that somebody is called for or has.

    Raises:
        Problem: 409 there is none.
    """
    tasks = store.of_case(connection(), case_id)
    live = [task for task in tasks if task.state.live]
    if not live:
        raise Problem(409, "nothing_to_escalate", mark("Nobody is called for this case."))
    return live[0]


_TASK_AND_CASE: Reads = {"task": store.TASK, "case": case_store.CASE}


def lock(conn: Connection, task_id: int) -> tuple[Task, Case]:
    """A task and its case, locked until the transaction ends.

    Raises:
        Problem: 404 no such task.
    """
    store.hold_case(conn, task_id)  # what is read before may be old
    got = together(conn, _TASK_AND_CASE, of=store.CASE_OF_TASK, task=task_id)
    task, case = first(got["task"]), first(got["case"])
    if task is None or case is None:
        raise Problem(404, "no_such_task", mark("There is no such task."))
    return task, case


def reread(conn: Connection, task_id: int) -> Task:
    """A task that was just changed, as it is now."""
    task = store.task(conn, task_id)
    if task is None:
        raise LookupError(f"task {task_id} vanished")
    return task
