"""What a customer's question means for a task that is there already."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.access import links
from app.chain.step import Again, Done, Result, Step
from app.channels import service as channels
from app.channels.states import NotSent
from app.db.connection import Connection
from app.directory import ladders
from app.dispatch import rules, store, texts
from app.dispatch.states import Called, TaskKind, TaskState
from app.dispatch.store import Task
from app.questions.store import Thread
from app.shipments.corrections import store as corrections


def held(
    conn: Connection, step: Step, thread: Thread | None, now: datetime
) -> Result[Called] | None:
    """Why nobody is to be called now; None when the next level is.

    One task stands for all that a customer asked and nobody answered. Who has it already is told
    that there is more; what goes up is called for at once, whoever has it.
    """
    if thread is None:
        # Another address was wished for before such a wish was a question.
        wished = corrections.asked(conn, step.case.shipment_id) is not None
        return None if wished else Done(Called.ANSWERED)
    anew = "about" not in step.data
    step.data = {"about": thread.about, "by": thread.by.isoformat()}
    if thread.goes_up:
        step.data["up"] = True
    task = store.task_about(conn, step.case.id, TaskKind.QUESTION, thread.about)
    if task is None:
        return None
    if thread.goes_up:
        store.set_deadline(conn, task.id, thread.by)
        channels.withdraw(conn, task.case_id, f"task-{task.id}", NotSent.PASSED_ON, now)
        if task.state is not TaskState.OPEN:
            store.reopen(conn, task.id)
        return None
    if task.state is not TaskState.OPEN:
        if anew:
            _tell_of_more(conn, step, task, thread, now)
        return Done(Called.ANSWERED)
    if anew and task.called_at is not None:
        levels = ladders.levels(conn, step.case.depot_id, _catch_all_every(step), now)
        calls_at = task.called_at + rules.waited(levels, task.level, task.calls)
        return Again(calls_at, step.data) if calls_at > now else None
    return None


def _tell_of_more(conn: Connection, step: Step, task: Task, thread: Thread, now: datetime) -> None:
    """Tell who has the task that the customer wrote again, where the ladder knows them."""
    case = step.case
    ladder = ladders.read(conn, case.depot_id, _catch_all_every(step), now, now)
    people = {person.name: person for person in ladder.everyone()}
    person = people.get(task.acknowledged_by or "")
    if person is None:
        return
    subject, text = texts.wrote_again(person.speaks, case, links.url("task", task.id, person.id))
    draft = channels.Draft(
        case_id=case.id,
        audience="dispatcher",
        topic=f"task-{task.id}",
        idempotency_key=f"task-{task.id}:more:{thread.newest}",
        routes=rules.routes(person, case.shipper.country),
        subject=subject,
        text=text,
        language=person.speaks.code,
        needs_case="any",
        request_id=step.request_id,
    )
    channels.enqueue(conn, [draft], now)


def _catch_all_every(step: Step) -> timedelta:
    return step.policy.seconds("catch_all_every")
