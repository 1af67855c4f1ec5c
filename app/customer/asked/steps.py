"""The chain step that looks after the hour by which a customer's question is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.cases import service as cases
from app.cases import speech
from app.cases.model import Case
from app.cases.timeline.facts import CustomerTold
from app.cases.timeline.kinds import Topic
from app.chain import service as chain
from app.chain.step import ANYWHEN, Again, Done, Effect, Plain, Result, Step, StepType
from app.channels import refusals
from app.channels import service as channels
from app.channels.service import Route
from app.customer import notices, outlook
from app.customer.asked import service, texts
from app.customer.outlook import Otherwise
from app.customer.parts import RenderedMessage
from app.db.connection import Connection
from app.dispatch import in_vain_store as dispatch
from app.languages.language import mark
from app.promises import service as promises
from app.promises.service import Promise
from app.questions import rules, store
from app.questions import service as questions
from app.questions.service import Question

_A_DAY = timedelta(days=1)
MOST_A_DAY = 5
"""So many of one sender's messages are acknowledged in a day: two machines that answer each other
come to rest. A person is called for what comes after that all the same."""


def promise_answer(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Tell who answers and by when; before an hour passes, tell the next one and call on."""
    waiting = store.open_of(conn, [step.case.id for step in steps])
    results: list[Result[Plain]] = []
    ahead = chain.ahead(conn, [(step.case, step.name, Plain.DONE) for step in steps], now)
    for step, waits in zip(steps, ahead, strict=True):
        otherwise = outlook.otherwise(step.case, waits)
        usual = step.policy.seconds("answer_within")
        asked = waiting.get(step.case.id, [])
        new = [question for question in asked if question.told_at is None]
        late = [q for q in asked if q.told_at is not None and rules.warn_at(q, usual) <= now]
        if new:
            _tell(conn, step.case, new, otherwise, now)
        if late:
            asked = [q for q in asked if q not in late]
            as_read = outlook.as_read(step.case, step.policy, waits, now)
            asked += _move(conn, step, late, as_read, now)
        if asked:
            results.append(Again(rules.next_look(asked, usual), {}))
        else:
            results.append(Done(Plain.DONE))
    return results


def _tell(
    conn: Connection,
    case: Case,
    new: Sequence[Question],
    otherwise: Otherwise | None,
    now: datetime,
) -> None:
    """Say who answers and by when, once to each who wrote; the newest word speaks for all.

    Without a promise that stands nothing is said.
    """
    promised = {p.about: p for p in promises.of_case(conn, case.id) if p.open}
    for question in new:
        store.told(conn, question.id, question.keeper, now)
    for sender, question in {question.sender: question for question in new}.items():
        often = sender and store.told_since(conn, sender, now - _A_DAY) >= MOST_A_DAY
        if often or question.id not in promised:
            continue
        same = channels.open_cases_of(conn, question.channel, sender) if sender else []
        found = cases.by_ids(conn, [case_id for case_id in same if case_id != case.id])
        promise = promised[question.id]
        unclear = refusals.standing(conn, [(question.channel, sender)]) if sender else {}
        message = texts.taken(
            case, question, promise, otherwise, list(found.values()), now, unclear=bool(unclear)
        )
        _send(conn, case, question, Topic.QUESTION, message, now)


def _move(
    conn: Connection,
    step: Step,
    late: Sequence[Question],
    otherwise: Otherwise | None,
    now: datetime,
) -> list[Question]:
    """They will not be answered by their hour: the next level is called, and the customer hears it.

    One word covers them all, by the way they wrote last.
    """
    case, kinds = step.case, [promises.Kind.ANSWER]
    lost: list[Promise] = []
    by = questions.answer_by(conn, case, max(question.late for question in late) + 1, now)
    keeper = service.keeper(conn, case, now, goes_up=True)
    moved = [replace(q, answer_by=by, late=q.late + 1, keeper=keeper) for q in late]
    for question in moved:
        lost += promises.lose(conn, [case.id], kinds, "late", now, about=question.id)
        store.move(conn, question.id, by)
        store.told(conn, question.id, keeper, now)
        promised = questions.promise(conn, question, now)
    missed = next(iter(lost), None)
    higher = keeper != late[-1].keeper
    calls = None if higher else dispatch.question_in_vain(conn, case.id)
    message = texts.takes_longer(
        case, moved[-1], missed, promised, otherwise, now, higher=higher, calls=calls
    )
    night = case.quiet_hours(step.policy.body["quiet_hours"])
    _send(conn, case, moved[-1], Topic.QUESTION_LATE, message, now, night=night)
    chain.arm(conn, [chain.NewStep(case.id, questions.CALLS, now, {})])
    return moved


def _send(
    conn: Connection,
    case: Case,
    question: Question,
    topic: Topic,
    message: RenderedMessage,
    now: datetime,
    *,
    night: dict[str, Any] | None = None,
) -> None:
    """By the way the customer wrote, at any hour unless there is a `night`: they are awake."""
    ways = [Route(question.channel, question.sender)] if question.sender else []
    draft = channels.Draft(
        case_id=case.id,
        audience="customer",
        topic=topic,
        idempotency_key=f"case-{case.id}:{topic}:{question.id}:{question.late}",
        routes=[*ways, *notices.routes(case)],
        subject=message.subject,
        text=message.text,
        hint=message.hint or None,
        needs_case="any",
        quiet_hours=night,
        language=speech.of(case).code,
        request_id=case.request_id,
    )
    channels.enqueue(conn, [draft], now)
    cases.note(conn, [cases.Entry(case.id, CustomerTold(topic=topic))], now)


DECLARED = (
    StepType(
        name=questions.CLOCK,
        handler=promise_answer,
        outcomes=Plain,
        effects={Plain.DONE: Effect(ANYWHEN)},
        after_close=True,
        label=mark("see that the customer’s question is answered in time"),
    ),
)
