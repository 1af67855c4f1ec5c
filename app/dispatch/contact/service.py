"""Who hears what changed about reaching a recipient: whoever has the case, or was called last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.access import links
from app.chain.step import Step
from app.channels import service as channels
from app.db.connection import Connection
from app.directory import ladders
from app.directory.model import Person
from app.dispatch import rules, store
from app.dispatch.contact import texts
from app.dispatch.store import Task


def tell_no_messages(conn: Connection, step: Step, now: datetime) -> None:
    """Tell them that nothing can be written to the recipient any more, so that they call."""
    case = step.case
    live = [t for t in store.of_case(conn, case.id) if t.state.live and t.kind.of_delivery]
    drafts = []
    for person in concerned(conn, step, live[0], now) if live else ():
        url = links.url("task", live[0].id, person.id)
        subject, text = texts.wants_no_messages(person.speaks, case, url)
        drafts.append(
            channels.Draft(
                case_id=case.id,
                audience="dispatcher",
                topic=f"task-{live[0].id}",
                idempotency_key=f"task-{live[0].id}:no-messages:{step.id}:{person.id}",
                routes=rules.routes(person, case.shipper.country),
                subject=subject,
                text=text,
                language=person.speaks.code,
                request_id=step.request_id,
            )
        )
    channels.enqueue(conn, drafts, now)


def concerned(conn: Connection, step: Step, task: Task, now: datetime) -> Sequence[Person]:
    """Whoever has the task; else the level that was called for it last."""
    every = step.policy.seconds("catch_all_every")
    ladder = ladders.read(conn, step.case.depot_id, every, now, now)
    if task.acknowledged_by:
        return [p for p in ladder.everyone() if p.name == task.acknowledged_by]
    if not task.level:
        return ()
    levels = ladder.at(now)
    return levels[min(task.level, len(levels)) - 1].people or ladder.last.people
