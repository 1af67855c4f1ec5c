"""Chain steps that let calls go on when what they were put off for has come.

What happens hastens the step that waits for it; where nothing does, its time comes, which is the
time of the calls as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.cases import service as cases
from app.cases.timeline.facts import Woken
from app.chain.step import ANYWHEN, Done, Effect, Plain, Result, Step, StepType
from app.db.connection import Connection
from app.dispatch import service, store
from app.dispatch.snoozed import store as snoozed
from app.dispatch.snoozed.events import Event
from app.languages.sentence import sentence


def wake(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Call on for what was put off until this happened."""
    for step in steps:
        if now < datetime.fromisoformat(step.data["until"]):
            _wake(conn, step, Event(step.name.removeprefix("wake_on_")), now)
    return [Done(Plain.DONE) for _ in steps]


def _wake(conn: Connection, step: Step, event: Event, now: datetime) -> None:
    ids = snoozed.woken(conn, step.case.id, event, now)
    tasks = store.by_ids(conn, ids)
    for task_id in ids:
        service.call_at(conn, tasks[task_id], step.case, now)
    notes = [cases.Entry(step.case.id, Woken(task_id=i, event=event)) for i in ids]
    cases.note(conn, notes, now)


DECLARED = tuple(
    StepType(
        name=event.step,
        handler=wake,
        outcomes=Plain,
        effects={Plain.DONE: Effect(ANYWHEN)},
        after_close=True,
        label=sentence(
            "call on: at the latest now, or as soon as {event}", event=sentence(event.words)
        ),
    )
    for event in Event
)
