"""The messages by which the people of one level are called for a task."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.access import links
from app.cases.model import Case
from app.chain.policy import Policy
from app.chain.step import Step
from app.channels import gathering
from app.channels.endpoints import CHANNELS as ENDPOINTS
from app.channels.service import Draft, Route
from app.db.connection import Connection
from app.directory.model import Person
from app.dispatch import booking_texts, documents, rules, speech, texts
from app.dispatch.about import About
from app.dispatch.states import TaskKind
from app.dispatch.store import Task


def drafts(
    step: Step,
    task: Task,
    call: rules.Call,
    about: About,
    by: datetime | None,
    until: datetime,
    *,
    now: datetime,
    hurried: bool,
) -> list[Draft]:
    """All that calls these people.

    `by` is when they should have acted; after `until` others are called. What is `hurried`,
    called for once more, or worse than before, does not wait until more is gathered.
    """
    case = step.case
    found = []
    for person in call.rung.called:
        ways = rules.ways(person, case.shipper.country, call.channel)
        if not ways and _elsewhere(person, call):
            continue
        link, language = _link(task, person), person.speaks
        subject, words = (
            booking_texts.to_confirm(language, case, about.booking, by, link)
            if about.booking and task.kind is TaskKind.HANDOVER
            else texts.call(language, case, task, link, about)
        )
        words = texts.so_far(language, task, case.depot.zone) + words
        found += [
            Draft(
                case_id=case.id,
                audience="dispatcher",
                topic=f"task-{task.id}",
                idempotency_key=rules.call_key(
                    task.id, call.level, call.again, person.id, number, task.turn
                ),
                routes=routes,
                subject=subject,
                text=_as_sent(case, task, words, routes, now),
                spoken=speech.call(language, case, task, about),
                hint=texts.hint(language, task, about),
                language=language.code,
                person_id=person.id,
                gathers=_kind(task, step.policy),
                news_of=0 if call.rung.catch_all else case.account_id,
                at_once=hurried or call.again > 0 or case.round > 1,
                must_ring=call.rung.catch_all,
                needs_case="any" if task.kind.outlives else "open",
                not_after=until,
                request_id=step.request_id,
            )
            # Somebody who cannot be reached is a message too: one that says why it was not sent.
            for number, routes in enumerate(ways or [[]])
        ]
    return found


def _as_sent(case: Case, task: Task, words: str, routes: Sequence[Route], now: datetime) -> str:
    """What is sent this way: words for people, JSON for a dispatch system."""
    machine = any(route.channel == "http" for route in routes)
    return documents.called(case, task, words, now) if machine else words


def _elsewhere(person: Person, call: rules.Call) -> bool:
    """Whether nobody expects this call to reach them: what it goes by, others have."""
    return person.is_depot or (bool(call.rung.beside) and call.channel in ENDPOINTS)


def _link(task: Task, person: Person) -> str:
    """Where somebody acts; in a room of a depot everybody under their own name."""
    if person.is_depot:
        return links.place(f"/console/tasks/{task.id}")
    return links.url("task", task.id, person.id)


_SOON = timedelta(hours=1)


def _kind(task: Task, policy: Policy) -> str:
    """What a call is gathered with: failures with failures, questions with questions."""
    if not policy.body["gather_within"]:
        return ""
    return "delivery" if task.kind.of_delivery else task.kind


def hurried(act_by: datetime | None, by: datetime | None, policy: Policy, now: datetime) -> bool:
    """Whether a call cannot wait until more is gathered for the same person."""
    soon = _SOON + policy.seconds("gather_within")
    return any(at is not None and now < at < now + soon for at in (act_by, by))


def gathered(
    conn: Connection, drafts: Sequence[Draft], policies: Sequence[Policy], now: datetime
) -> list[Draft]:
    """Let what follows a call within the policy's minutes wait until they are over."""
    if not drafts:
        return []
    within = min(policy.seconds("gather_within") for policy in policies)
    return gathering.in_turn(conn, drafts, within, now)


def begin(drafts: Sequence[Draft], now: datetime) -> dict[int, datetime]:
    """When everybody who is called for a task has been, by the id of the task."""
    begins: dict[int, datetime] = {}
    for draft in drafts:
        ring = rules.ring_of(draft.idempotency_key)
        if ring is not None:
            at = draft.due_at or now
            begins[ring.task_id] = max(at, begins.get(ring.task_id, at))
    return begins
