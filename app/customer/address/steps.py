"""The chain step that answers a customer who asked for another address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.cases.timeline.kinds import Topic
from app.chain import service as chain
from app.chain.step import Done, Plain, Result, Step, StepType
from app.channels import service as channels
from app.customer import news, notices, outlook
from app.customer.address import texts
from app.db.connection import Connection
from app.dispatch import conversation
from app.languages.language import mark
from app.questions import service as questions
from app.shipments.corrections import store as corrections


def tell_correction(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Tell what became of it, once: whoever was called to say it need not be called any more."""
    queued = []
    ahead = chain.ahead(conn, [(step.case, step.name, Plain.DONE) for step in steps], now)
    for step, waits in zip(steps, ahead, strict=True):
        wish = corrections.settled(conn, step.case.shipment_id)
        if wish is None:
            continue
        text = texts.agreed if wish.state == "agreed" else texts.refused
        otherwise = outlook.as_read(step.case, step.policy, waits, now)
        message = text(step.case, notices.page_url(step.case), otherwise, wish.why)
        notice = notices.CustomerNotice(
            step,
            Topic.ADDRESS,
            f"address:{wish.id}",
            news.says(message),
            weight=channels.Weight.ASKED,
        )
        queued.append(notice)
        by, at = wish.settled_by or "", wish.settled_at or now
        questions.decided(conn, step.case, by, at, now)
        if not questions.waiting(conn, step.case.id):
            conversation.answered(conn, step.case.id, by, now)
    notices.enqueue(conn, queued, now)
    return [Done(Plain.DONE) for _ in steps]


DECLARED = (
    StepType(
        name="tell_correction",
        handler=tell_correction,
        outcomes=Plain,
        label=mark("tell the customer whether it goes to the other address"),
    ),
)
