"""The chain step that looks after what somebody took on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from app.access import links
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import Reminded, WentBack
from app.chain.step import ANYWHEN, LOOK_AFTER, Again, Done, Effect, Plain, Result, Step, StepType
from app.channels import service as channels
from app.db.connection import Connection
from app.directory import ladders
from app.directory import store as directory
from app.directory.model import Person
from app.dispatch import rules as ways
from app.dispatch import service as dispatch
from app.dispatch import store as tasks
from app.dispatch.store import Task
from app.dispatch.taken import service, store, texts
from app.dispatch.taken.rules import Hours
from app.dispatch.taken.store import Taken
from app.languages.language import mark

_BOOKED = timedelta(days=1)
"""While a promise stands its own clock looks after the case; so often that is seen to."""


def look_after(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Remind whoever took something on, and call the ladder for what they did not finish in time.

    What was finished or passed on before is left alone: both lock the case first, as this does.
    """
    by_case: dict[int, list[Taken]] = defaultdict(list)
    for one in store.of_cases(conn, [step.case.id for step in steps]):
        by_case[one.case_id].append(one)
    return [_look(conn, step, by_case[step.case.id], now) for step in steps]


def _look(conn: Connection, step: Step, taken: list[Taken], now: datetime) -> Result[Plain]:
    due = {
        one.id
        for one in taken
        if min(at for at in (one.remind_at, one.done_by, now + _BOOKED) if at) <= now
    }
    known = tasks.by_ids(conn, sorted(due)) if due else {}
    for one in taken:
        if one.id not in known:
            continue
        task = known[one.id]
        if task.kind.of_delivery and step.case.booked:
            store.set_hours(conn, task.id, task.case_id, Hours(now + _BOOKED, None))
        elif one.done_by and one.done_by <= now:
            step.case = _give_back(conn, step, task, now)
        else:
            _remind(conn, step, task, now)
    look = service.next_look(store.of_cases(conn, [step.case.id]))
    return Done(Plain.DONE) if look is None else Again(look, {})


def _remind(conn: Connection, step: Step, task: Task, now: datetime) -> None:
    store.reminded(conn, task.id)
    person = _who(conn, step, task)
    if person is None:  # a system of the depot's, say: nothing is known by which to write to it
        return
    url = links.url("task", task.id, person.id)
    words = texts.reminder(person.speaks, step.case, task, url, now)
    _write(conn, step, task, person, f"remind:{now.timestamp():.0f}", words, task.done_by, now)
    facts = Reminded(task_id=task.id, person=person.name)
    cases.note(conn, [cases.Entry(step.case.id, facts)], now)


def _give_back(conn: Connection, step: Step, task: Task, now: datetime) -> Case:
    case = step.case
    store.give_back(conn, task.id, now)
    if task.kind.of_delivery:
        case = cases.released(conn, case, now)
    facts = WentBack(task_id=task.id, person=task.acknowledged_by or "")
    cases.note(conn, [cases.Entry(case.id, facts)], now)
    person = _who(conn, step, task)
    if person:
        url = links.url("task", task.id, person.id)
        words = texts.went_back(person.speaks, case, task.acknowledged_at, url, now)
        _write(conn, step, task, person, f"back:{task.turn + 1}", words, None, now)
    dispatch.call_at(conn, task, case, now)
    return case


def _who(conn: Connection, step: Step, task: Task) -> Person | None:
    """Who has it, by name: on the depot's ladder, else the only one of that name."""
    every = step.policy.seconds("catch_all_every")
    ladder = ladders.read(conn, step.case.depot_id, every, step.due_at, step.due_at)
    named = [one for one in ladder.everyone() if one.name == task.acknowledged_by]
    named = named or directory.named(conn, task.acknowledged_by or "")
    return named[0] if len(named) == 1 else None


def _write(
    conn: Connection,
    step: Step,
    task: Task,
    person: Person,
    once: str,
    words: tuple[str, str],
    not_after: datetime | None,
    now: datetime,
) -> None:
    subject, text = words
    draft = channels.Draft(
        case_id=step.case.id,
        audience="dispatcher",
        topic=f"task-{task.id}",
        idempotency_key=f"task-{task.id}:{once}",
        routes=ways.routes(person, step.case.shipper.country),
        subject=subject,
        text=text,
        language=person.speaks.code,
        person_id=person.id,
        needs_case="any" if task.kind.outlives else "open",
        not_after=not_after,
        request_id=step.request_id,
    )
    channels.enqueue(conn, [draft], now)


DECLARED = (
    StepType(
        name=LOOK_AFTER,
        handler=look_after,
        outcomes=Plain,
        effects={Plain.DONE: Effect(ANYWHEN)},
        after_close=True,
        label=mark("remind whoever took it on, and call others when it is not finished"),
    ),
)
