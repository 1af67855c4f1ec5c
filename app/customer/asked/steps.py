"""The chain step that looks after the hour by which a customer's question is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import CustomerTold
from app.cases.timeline.kinds import Topic
from app.chain import service as chain
from app.chain.step import ANYWHEN, Again, Done, Effect, Plain, Result, Step, StepType
from app.channels import service as channels
from app.channels.service import Route
from app.customer import notices
from app.customer.asked import service, texts
from app.customer.texts import RenderedMessage
from app.db.connection import Connection
from app.promises import service as promises
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
    for step in steps:
        usual = step.policy.seconds("answer_within")
        after = []
        for question in waiting.get(step.case.id, ()):
            if question.told_at is None:
                _tell(conn, step.case, question, now)
            late = question.told_at is not None and rules.warn_at(question, usual) <= now
            after.append(_move(conn, step.case, question, now) if late else question)
        if after:
            results.append(Again(rules.next_look(after, usual), {}))
        else:
            results.append(Done(Plain.DONE))
    return results


def _tell(conn: Connection, case: Case, question: Question, now: datetime) -> None:
    """Say who answers and by when, once; without a promise that stands the step comes again."""
    promised = [p for p in promises.of_case(conn, case.id) if p.open and p.about == question.id]
    store.told(conn, question.id, question.keeper, now)
    sender = question.sender
    if not promised or (sender and store.told_since(conn, sender, now - _A_DAY) >= MOST_A_DAY):
        return
    same = channels.open_cases_of(conn, question.channel, sender) if sender else []
    found = cases.by_ids(conn, [case_id for case_id in same if case_id != case.id])
    message = texts.taken(case, question, promised[0], list(found.values()), now)
    _send(conn, case, question, Topic.QUESTION, message, now)


def _move(conn: Connection, case: Case, question: Question, now: datetime) -> Question:
    """It will not be answered by its hour: the next level is called, and the customer hears it."""
    lost = promises.lose(conn, [case.id], [promises.Kind.ANSWER], "late", now, about=question.id)
    moved = replace(
        question,
        answer_by=questions.answer_by(conn, case, question.late + 1, now),
        late=question.late + 1,
        keeper=service.keeper(conn, case, goes_up=True),
    )
    store.move(conn, question.id, moved.answer_by)
    store.told(conn, question.id, moved.keeper, now)
    promised = questions.promise(conn, moved, now)
    message = texts.takes_longer(case, moved, next(iter(lost), None), promised, now)
    _send(conn, case, moved, Topic.QUESTION_LATE, message, now)
    chain.arm(conn, [chain.NewStep(case.id, questions.CALLS, now, {}, case.request_id)])
    return moved


def _send(
    conn: Connection,
    case: Case,
    question: Question,
    topic: Topic,
    message: RenderedMessage,
    now: datetime,
) -> None:
    """By the way the customer wrote, at any hour: they are awake, and wait."""
    ways = [Route(question.channel, question.sender)] if question.sender else []
    draft = channels.Draft(
        case_id=case.id,
        audience="customer",
        topic=topic,
        idempotency_key=f"case-{case.id}:{topic}:{question.id}:{question.late}",
        routes=[*ways, *notices.routes(case)],
        subject=message.subject,
        text=message.text,
        needs_case="any",
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
        label="see that the customer’s question is answered in time",
    ),
)
