"""The verbs of the console: each task by itself, so that one that is gone holds up no other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.cases import service as cases
from app.cases.timeline.facts import Note
from app.cases.timeline.kinds import Visibility
from app.db.connection import connection, transaction
from app.dispatch import service
from app.dispatch import store as tasks
from app.dispatch.acts import rules, store
from app.dispatch.acts.rules import Act, Given
from app.dispatch.service import Ack
from app.dispatch.snoozed import service as snoozed
from app.dispatch.states import TaskState
from app.dispatch.taken import longer
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import joined

_ITS_OWN_PAGE = mark("it has to be confirmed or refused, which its own page does.")


class Done(NamedTuple):
    """What became of an act."""

    act: Act
    acks: list[Ack]
    """Of what was taken on: whose it is now."""
    tasks: list[int]
    over: list[tuple[int, str]]
    """What it was not done to, and why."""
    act_id: int
    """To take it back by; 0 when it cannot be."""
    lasts: str
    """Why it cannot, where that has to be said."""


def do(act: Act, ids: Sequence[int], given: Given, session_id: int, by: str, now: datetime) -> Done:
    """Do it to each of these tasks."""
    was = {task.id: task for task in store.before(connection(), ids)}
    acks, done, over, lasting = [], [], [], {}
    for task_id in ids:
        try:
            with transaction() as conn:
                task, _ = service.lock(conn, task_id)
                if act is Act.TAKE:
                    acks.append(service.acknowledge(task_id, by, "", "", now))
                    fresh = acks[-1].fresh
                else:
                    fresh = act is not Act.RESOLVE or task.state is not TaskState.RESOLVED
                    _do_one(act, task_id, task.case_id, given, by, now)
        except Problem as problem:
            own = problem.code == "no_such_outcome"
            over.append((task_id, _ITS_OWN_PAGE if own else problem.detail))
            continue
        if fresh:
            done.append(task_id)
            if lasts := rules.lasts(act, task.kind, given):
                lasting[task_id] = lasts
    act_id = 0
    if back := [was[task_id] for task_id in done if task_id in was and task_id not in lasting]:
        with transaction() as conn:
            act_id = store.remember(conn, session_id, act, back, given.until, now)
    return Done(act, acks, done, over, act_id, joined(list(dict.fromkeys(lasting.values()))))


def _do_one(act: Act, task_id: int, case_id: int, given: Given, by: str, now: datetime) -> None:
    match act:
        case Act.PASS_ON:
            service.pass_on(task_id, by, now)
        case Act.SNOOZE:
            _put_off(task_id, given, by, now)
        case Act.RESOLVE:
            said = (given.outcome, given.note)
            service.resolve(task_id, by, *said, now, choice=given.choice, leave=given.leave)
        case Act.NOTE:
            facts = Note(text=given.note, visibility=Visibility.INTERNAL)
            with transaction() as conn:
                cases.note(conn, [cases.Entry(case_id, facts, by)], now)
        case Act.TAKE:
            service.acknowledge(task_id, by, "", "", now)


def _put_off(task_id: int, given: Given, by: str, now: datetime) -> None:
    """Nobody is called until then; whoever has the task already needs longer for it."""
    task = tasks.task(connection(), task_id)
    if task and task.state is TaskState.ACKNOWLEDGED and task.acknowledged_by == by and given.until:
        longer.longer(task_id, by, given.until, now)
    else:
        snoozed.snooze_task(task_id, by, given.until, now, given.event)
