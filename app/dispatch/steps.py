"""Chain steps that call the ladder level by level."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app import clock
from app.chain.step import (
    ANYWHEN,
    CLOSED,
    STAYS,
    TELL_OFF,
    WARN_OF_FEW,
    Done,
    Effect,
    Plain,
    Result,
    Step,
    StepType,
)
from app.channels import service as channels
from app.channels.states import NotSent
from app.db.connection import Connection
from app.directory import ladders
from app.dispatch import asked, ends_store, off, rules, store, texts
from app.dispatch.ladder import steps as climbing
from app.dispatch.states import Called, TaskKind
from app.languages.language import mark
from app.promises import service as promises
from app.questions import store as questions


def call_dispatcher(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Called]]:
    """Call the next level for a failed delivery, or for a promise that was broken."""
    return climbing.climb(
        conn, steps, [rules.task_kind(s.case.kind, s.case.round) for s in steps], now
    )


def call_for_question(
    conn: Connection, steps: Sequence[Step], now: datetime
) -> list[Result[Called]]:
    """Call the next level for what the customer asked, for all that is open together."""
    threads = questions.threads(conn, [step.case.id for step in steps])
    results = {step.id: asked.held(conn, step, threads.get(step.case.id), now) for step in steps}
    calling = [step for step in steps if results[step.id] is None]
    if calling:
        called = climbing.climb(conn, calling, [TaskKind.QUESTION] * len(calling), now)
        questions.went_up(conn, [step.case.id for step in calling])
        results.update(zip((step.id for step in calling), called, strict=True))
    return [result for result in results.values() if result is not None]


def call_for_handover(
    conn: Connection, steps: Sequence[Step], now: datetime
) -> list[Result[Called]]:
    """Call the next level for a booking that people have to confirm.

    What was called for before this is over: another booking, or the same one some hours ago.
    With `over` in a step's data nobody is needed any more, and where a policy arms it about no
    booking nobody ever was.
    """
    known = [s for s in steps if s.data.get("over") or s.data.get("about")]
    stays = [
        (s.case.id, -1 if s.data.get("over") else s.data["about"], s.data.get("turn", 0))
        for s in known
    ]
    for case_id, task_id in ends_store.withdraw_others(conn, stays, now):
        channels.withdraw(conn, case_id, f"task-{task_id}", NotSent.SUPERSEDED, now)
    needed = [step for step in known if not step.data.get("over")]
    climbed = climbing.climb(conn, needed, [TaskKind.HANDOVER] * len(needed), now)
    results = dict(zip((step.id for step in needed), climbed, strict=True))
    return [results.get(step.id, Done(Called.ANSWERED)) for step in steps]


def call_for_decision(
    conn: Connection, steps: Sequence[Step], now: datetime
) -> list[Result[Called]]:
    """Call the next level for a shipper who does not decide."""
    return climbing.climb(conn, steps, [TaskKind.DECISION] * len(steps), now)


def call_supervisor(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Called]]:
    """Call the person in charge for a case that nobody moves, though the customer waits for news.

    It is a task of the kind `promise`, since what was promised is at stake: who takes it on
    answers for the case. It begins at the top of the ladder, as the levels below had their turn:
    whoever was called there did not come, or has let it lie.
    """
    kinds = [TaskKind.PROMISE] * len(steps)
    wanted = [climbing.wanted(step, kind) for step, kind in zip(steps, kinds, strict=True)]
    tasks = store.ensure(conn, wanted, now)
    replaced = ends_store.take_over(conn, wanted, now)
    for one in replaced:
        channels.withdraw(conn, one.case_id, f"task-{one.id}", NotSent.SUPERSEDED, now)
    exhausted = {one.case_id for one in replaced if one.exhausted}
    tops = []
    for step, task in zip(steps, tasks, strict=True):
        if task.level == 0 and task.case_id not in exhausted:
            every = step.policy.seconds("catch_all_every")
            below = len(ladders.levels(conn, step.case.depot_id, every, now)) - 1
            tops.append((task.id, below))
            step.data["beyond"] = below
    if tops:
        store.begin_above(conn, tops)
    return climbing.climb(conn, steps, kinds, now)


def recover(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Called]]:
    """Call the ladder for a customer who was not satisfied, by the hour that they were told."""
    promised = promises.of_cases(conn, [step.case.id for step in steps])
    for step in steps:
        for one in promised[step.case.id]:
            if one.open and one.kind is promises.Kind.ANSWER and one.about == 0:
                step.data["by"] = one.due_at.isoformat()
    return climbing.climb(conn, steps, [TaskKind.RECOVERY] * len(steps), now)


def warn_of_few_places(
    conn: Connection, steps: Sequence[Step], now: datetime
) -> list[Result[Plain]]:
    """Tell who is in charge of a depot that a day is nearly full, once for each day."""
    drafts = []
    for step in steps:
        case = step.case
        day = clock.local(datetime.fromisoformat(step.data["day"]), case.depot.zone)
        every = step.policy.seconds("catch_all_every")
        in_charge = ladders.levels(conn, case.depot_id, every, now)[-1].people
        for person in in_charge:
            language = person.speaks
            subject, text = texts.few_places(language, case, day, step.data["left"])
            draft = channels.Draft(
                case_id=case.id,
                audience="dispatcher",
                topic="few_places",
                idempotency_key=f"depot-{case.depot_id}:few:{day:%Y-%m-%d}:{person.id}",
                routes=rules.routes(person, case.shipper.country),
                subject=subject,
                text=text,
                language=language.code,
                needs_case="any",
                not_after=day,
                request_id=step.request_id,
            )
            drafts.append(draft)
    channels.enqueue(conn, drafts, now)
    return [Done(Plain.DONE) for _ in steps]


def tell_who_confirmed(
    conn: Connection, steps: Sequence[Step], now: datetime
) -> list[Result[Plain]]:
    """Tell whoever said yes to a booking that it is off: they may have arranged for it."""
    off.tell(conn, [step.case for step in steps], now)
    return [Done(Plain.DONE) for _ in steps]


CALL_DISPATCHER = StepType(
    name="call_dispatcher",
    handler=call_dispatcher,
    outcomes=Called,
    effects={Called.ACKNOWLEDGED: Effect(STAYS, outside=True)},
    label=mark("call the next level of the ladder"),
)
CALL_SUPERVISOR = StepType(
    name="call_supervisor",
    handler=call_supervisor,
    outcomes=Called,
    effects={Called.ACKNOWLEDGED: Effect(STAYS, outside=True)},
    label=mark("call the person in charge: nobody has moved the case"),
)
RECOVER = StepType(
    name="recover",
    handler=recover,
    outcomes=Called,
    effects={Called.ACKNOWLEDGED: Effect(CLOSED, outside=True)},
    after_close=True,
    label=mark("call the ladder to make it good"),
)


def end_calls(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Nobody need be called any more for what went before: the delivery begins anew."""
    ids = [step.case.id for step in steps]
    promises.release(conn, ids, [promises.Kind.CALL], "end_calls", now)
    for task in ends_store.end_of_delivery(conn, ids, now):
        channels.withdraw(conn, task.case_id, f"task-{task.id}", NotSent.SUPERSEDED, now)
    return [Done(Plain.DONE) for _ in steps]


_ANYWHERE = {Called.ACKNOWLEDGED: Effect(STAYS, outside=True)}
CALL_FOR_QUESTION = StepType(
    name="call_for_question",
    handler=call_for_question,
    outcomes=Called,
    effects={outcome: Effect(ANYWHEN, outside=True) for outcome in Called},
    after_close=True,
    label=mark("call the next level for the customer's question"),
)
CALL_FOR_HANDOVER = StepType(
    name="call_for_handover",
    handler=call_for_handover,
    outcomes=Called,
    effects=_ANYWHERE,
    label=mark("call the next level to confirm the booking"),
)
CALL_FOR_DECISION = StepType(
    name="call_for_decision",
    handler=call_for_decision,
    outcomes=Called,
    effects=_ANYWHERE,
    label=mark("call the next level for the shipper's decision"),
)

DECLARED = (
    CALL_DISPATCHER,
    CALL_SUPERVISOR,
    CALL_FOR_QUESTION,
    CALL_FOR_HANDOVER,
    CALL_FOR_DECISION,
    RECOVER,
    StepType(
        name="end_calls", handler=end_calls, outcomes=Plain, label=mark("end what was called for")
    ),
    StepType(
        name=TELL_OFF,
        handler=tell_who_confirmed,
        outcomes=Plain,
        after_close=True,
        label=mark("tell whoever confirmed the booking that it is off"),
    ),
    StepType(
        name=WARN_OF_FEW,
        handler=warn_of_few_places,
        outcomes=Plain,
        after_close=True,
        label=mark("tell who is in charge that a day is nearly full"),
    ),
)
