"""The chain step after a refusal: confirmed once, promises released, and who has the case told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.cases import service as cases
from app.cases import speech
from app.cases.model import Case
from app.cases.timeline.facts import MessagesRefused
from app.chain.step import ANYWHEN, Done, Effect, Plain, Result, Step, StepType
from app.channels import refusals
from app.channels import service as channels
from app.channels.refusals import Refusal
from app.channels.service import Draft, Route
from app.contact.refusal import law
from app.customer import notices
from app.customer.wanted import texts
from app.db.connection import Connection
from app.dispatch.contact import service as contact
from app.languages.language import mark
from app.promises import service as promises
from app.promises.service import Kind

_CONFIRMED_WITHIN = timedelta(minutes=5)
"""47 CFR 64.1200(a)(12); later nobody remembers what it confirms."""
_SAID_BY_MESSAGE = [Kind.NEWS, Kind.CALL]
"""What nobody hears who gets no messages. A delivery that is booked is kept all the same."""


def heed_refusal(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Confirm a refusal; where no way is left, nothing more is promised, and a person knows it."""
    for step in steps:
        case = step.case
        ways = notices.routes(case)
        found = refusals.of(conn, [way.recipient for way in ways], case.shipper_id)
        stand = [one for one in found if one.stands and not one.unclear]
        for one in stand:
            _confirm(conn, case, one, now)
        if not stand or not refusals.unheard(conn, {case.id: (case.shipper_id, ways)}):
            continue
        released = promises.release(conn, [case.id], _SAID_BY_MESSAGE, "opt_out", now)
        facts = MessagesRefused(released=tuple(promise.kind for promise in released))
        cases.note(conn, [cases.Entry(case.id, facts)], now)
        if not case.closed:
            contact.tell_no_messages(conn, step, now)
    return [Done(Plain.DONE) for _ in steps]


def _confirm(conn: Connection, case: Case, refusal: Refusal, now: datetime) -> None:
    if refusal.why != "reply" or refusal.answered or now - refusal.at > _CONFIRMED_WITHIN:
        return
    together = len(law.together(refusal.channel, refusal.recipient)) > 1
    message = texts.confirmed(case, refusal.channel, notices.page_url(case), together=together)
    draft = Draft(
        case_id=case.id,
        audience="customer",
        topic="refusal",
        idempotency_key=f"refusal-{refusal.provider}:{refusal.provider_id}",
        routes=[Route(refusal.channel, refusal.recipient)],
        subject=message.subject,
        text=message.text,
        needs_case="any",
        not_after=refusal.at + _CONFIRMED_WITHIN,
        language=speech.of(case).code,
        request_id=case.request_id,
    )
    channels.enqueue(conn, [draft], now)


DECLARED = (
    StepType(
        name=refusals.HEED,
        handler=heed_refusal,
        outcomes=Plain,
        effects={Plain.DONE: Effect(ANYWHEN)},
        after_close=True,
        label=mark("heed that the customer wants no messages"),
    ),
)
