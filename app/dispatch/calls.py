"""The messages by which the people of one level are called for a task."""

from __future__ import annotations

from datetime import datetime

from app.access import links
from app.booking.service import Booking
from app.chain.step import Step
from app.channels.service import Draft
from app.dispatch import rules, speech, texts
from app.dispatch.states import TaskKind
from app.dispatch.store import Task


def drafts(
    step: Step,
    task: Task,
    call: rules.Call,
    concerned: Booking | None,
    by: datetime | None,
    until: datetime,
) -> list[Draft]:
    """All that calls these people. `concerned` is the booking it is about, if it is about one.

    `by` is when they should have acted; after `until` others are called.
    """
    case = step.case
    found = []
    for person in call.rung.people:
        link = links.url("task", task.id, person.id)
        subject, text = (
            texts.to_confirm(case, concerned, by, link)
            if concerned and task.kind is TaskKind.HANDOVER
            else texts.call(case, task, link, concerned)
        )
        # Somebody who cannot be reached is a message too: one that says why it was not sent.
        ways = rules.ways(person, case.shipper.country, call.channel) or [[]]
        found += [
            Draft(
                case_id=case.id,
                audience="dispatcher",
                topic=f"task-{task.id}",
                idempotency_key=rules.call_key(task.id, call.level, call.again, person.id, number),
                routes=routes,
                subject=subject,
                text=texts.nobody_yet(task, case.depot.zone) + text,
                spoken=speech.call(case, task, concerned),
                hint=texts.hint(task.id),
                person_id=person.id,
                must_ring=call.rung.catch_all,
                needs_case="any" if task.kind.outlives else "open",
                not_after=until,
                request_id=step.request_id,
            )
            for number, routes in enumerate(ways)
        ]
    return found
