"""The chain step that tells the customer what the shipper decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.cases.timeline.kinds import Topic
from app.chain import service as chain
from app.chain.step import ANYWHEN, Done, Effect, Plain, Result, Step, StepType
from app.channels import service as channels
from app.customer import news, notices, outlook
from app.customer.shipper import texts
from app.db.connection import Connection
from app.decisions import store as decisions
from app.languages.language import mark


def tell_decision(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Tell what was decided, also when that was the end of it."""
    ids = [step.case.id for step in steps]
    decided = decisions.latest(conn, ids)
    ahead = chain.ahead(conn, [(step.case, step.name, Plain.DONE) for step in steps], now)
    queued = []
    for step, waits in zip(steps, ahead, strict=True):
        case, decision = step.case, decided.get(step.case.id)
        if decision is None:
            continue
        otherwise = outlook.as_read(case, step.policy, waits, now)
        message = texts.decided(case, decision, notices.page_url(case), otherwise, now)
        notice = notices.CustomerNotice(
            step,
            Topic.DECISION,
            f"decision:{decision.id}",
            news.says(message),
            needs_case="any",
            weight=channels.Weight.ASKED,
        )
        queued.append(notice)
    notices.enqueue(conn, queued, now)
    return [Done(Plain.DONE) for _ in steps]


DECLARED = (
    StepType(
        name="tell_decision",
        handler=tell_decision,
        outcomes=Plain,
        effects={Plain.DONE: Effect(ANYWHEN)},
        after_close=True,
        label=mark("tell the customer what the shipper decided"),
    ),
)
