"""Taking back: each task is put as it was, unless somebody else has gone on with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import Undone
from app.chain import service as chain
from app.channels import service as channels
from app.channels.states import NotSent
from app.db.connection import Connection, connection, transaction
from app.dispatch import service
from app.dispatch.acts import rules, store
from app.dispatch.acts.rules import Act
from app.dispatch.acts.store import Before, Done
from app.dispatch.snoozed.events import Event
from app.dispatch.states import TaskState
from app.dispatch.store import Task
from app.dispatch.taken import service as taken
from app.errors import Problem
from app.languages.language import mark

_GOES_ON = mark("it has gone on since, so it stays as it is.")


class TakenBack(NamedTuple):
    """Tasks that are as they were, those that stay with why, and what was said in between."""

    act: Act
    tasks: list[int]
    stays: list[tuple[int, str]]
    left: str


def undo(act_id: int, session_id: int, by: str, now: datetime) -> TakenBack:
    """Take back what was done a moment ago.

    Raises:
        Problem: 409 it is too late, or taken back already.
    """
    with transaction() as conn:
        done = store.take_back(conn, act_id, session_id, now - rules.UNDO_WITHIN, now)
    if done is None:
        raise Problem(409, "too_late_to_undo", mark("That can no longer be taken back."))
    act, tasks, stays = Act(done.act), [], []
    for kept in done.before:
        was = store.read(kept)
        try:
            _undo_one(was, act, done, by, now)
            tasks.append(was.id)
        except Problem as problem:
            stays.append((was.id, problem.detail))
    return TakenBack(act, tasks, stays, _left(tasks, done.at))


def _left(tasks: Sequence[int], since: datetime) -> str:
    audiences = store.left_since(connection(), tasks, since) if tasks else []
    return rules.left_words(audiences)


def _undo_one(was: Before, act: Act, done: Done, by: str, now: datetime) -> None:
    with transaction() as conn:
        task, case = service.lock(conn, was.id)
        if act is Act.NOTE:
            if not cases.take_back_note(conn, case.id, by, done.at):
                raise Problem(409, "went_on", _GOES_ON)
            _note(conn, task, case, act, by, now)
            return
        if (case.closed and not task.kind.outlives) or not _as_left(task, was, act, done, by):
            raise Problem(409, "went_on", _GOES_ON)
        store.restore(conn, was)
        if was.state == TaskState.OPEN:
            _call_again(conn, task, case, was, now)
            taken.watch(conn, case)
        else:
            _have_again(conn, task, case, was, now)
            taken.begin_again(conn, task, case, was.outcome or "", now)
        _note(conn, task, case, act, by, now)


def _note(conn: Connection, task: Task, case: Case, act: Act, by: str, now: datetime) -> None:
    facts = Undone(task_id=task.id, act=act)
    cases.note(conn, [cases.Entry(case.id, facts, by)], now)


def _as_left(  # noqa: PLR0911 - one per act
    task: Task, was: Before, act: Act, done: Done, by: str
) -> bool:
    """Whether the task is as the act has left it."""
    match act:
        case Act.TAKE:
            return task.state is TaskState.ACKNOWLEDGED and task.acknowledged_by == by
        case Act.PASS_ON if was.state == TaskState.OPEN:
            return task.state is TaskState.OPEN and task.level == was.level
        case Act.PASS_ON:
            return task.state is TaskState.OPEN
        case Act.SNOOZE if was.state == TaskState.ACKNOWLEDGED:  # they said that they need longer
            return task.state is TaskState.ACKNOWLEDGED and task.done_by == done.until
        case Act.SNOOZE:
            return task.state is TaskState.OPEN and task.snoozed_until == done.until
        case Act.RESOLVE:
            return task.state is TaskState.RESOLVED and task.resolved_at == done.at
        case Act.NOTE:
            return False


def _call_again(conn: Connection, task: Task, case: Case, was: Before, now: datetime) -> None:
    """It is open again: nobody answers for it, and the ladder goes on where it stood."""
    if task.kind.of_delivery and task.state is not TaskState.OPEN:
        case = cases.released(conn, case, now)
    if task.wakes_on and not was.wakes_on:
        chain.drop(conn, case.id, Event(task.wakes_on).step)
    service.call_at(conn, task, case, max(was.call_at or now, now))


def _have_again(conn: Connection, task: Task, case: Case, was: Before, now: datetime) -> None:
    """Somebody has it again: nobody is called for it any more."""
    if task.state is not TaskState.OPEN:
        return
    if task.kind.of_delivery and was.acknowledged_by:
        cases.acknowledged(conn, case, was.acknowledged_by, was.acknowledged_at or now)
    channels.withdraw(conn, case.id, f"task-{task.id}", NotSent.ACKNOWLEDGED, now)
    chain.drop(conn, case.id, service.step(task).name)
