"""Staff write to a customer who has asked nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from app.cases import own_page, speech
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import StaffWrote
from app.chain import policy
from app.channels import customer, wording
from app.channels import service as channels
from app.channels.service import Draft
from app.clock import local
from app.db.connection import transaction
from app.dispatch import conversation
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.questions import service as questions


def write(case_id: int, text: str, by: str, now: datetime, *, meant: bool = False) -> None:
    """Write to the customer; where they wait for an answer, it is the answer.

    The same words twice on one day are one message. At night it waits for the morning, as all that
    the customer did not ask for.

    Raises:
        Problem: 404 no such case; 409 it is closed, or there is no way to write to them; 422
            nothing is said, or something should be said otherwise and is not `meant`.
    """
    text = text.strip()
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        if case is None:
            detail = sentence("There is no case {number}.", number=case_id)
            raise Problem(404, "no_such_case", detail)
        if any(not one.wish for one in questions.of_case(conn, case_id) if one.open):
            return conversation.answer(case_id, text, by, now, meant=meant)
        if not text:
            detail = mark("Please write what the customer should read.")
            raise Problem(422, "nothing_said", detail)
        if case.closed:
            detail = mark("This case is closed, so nothing more is written about it.")
            raise Problem(409, "case_closed", detail)
        ways = customer.for_words(case)
        wording.check(case, text, meant=meant)
        quiet = case.quiet_hours(policy.get(conn, case.policy_id).body["quiet_hours"])
        draft = _draft(case, text, by, now)
        if channels.enqueue(conn, [replace(draft, routes=ways, quiet_hours=quiet)], now):
            facts = StaffWrote(channel=ways[0].channel, words=text)
            cases.note(conn, [cases.Entry(case_id, facts, by)], now)
        return None


def _draft(case: Case, text: str, by: str, now: datetime) -> Draft:
    say, day = speech.about(case), local(now, case.depot.zone).date()
    digest = sha256(f"{day} {text}".encode()).hexdigest()[:16]
    return Draft(
        case_id=case.id,
        audience="customer",
        topic="written",
        idempotency_key=f"case-{case.id}:written:{digest}",
        routes=[],
        subject=say("Your {shipper} parcel {parcel}: a message from {depot}"),
        text=f"{text}\n{by}, {case.depot.name}. {own_page.url(case)}",
        language=speech.of(case).code,
        request_id=case.request_id,
    )
