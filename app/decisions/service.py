"""Verbs on what a shipper decides: ask for it, take it, pass on what they write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from app.access import links
from app.booking import service as booking
from app.cases import own_page, speech
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import Decided, DecisionOverdue, DecisionRequested, ShipperWrote
from app.cases.timeline.kinds import Visibility
from app.chain import policy
from app.chain import service as chain
from app.channels import customer, shipper, wording
from app.channels import service as channels
from app.channels.rules import LEFT_AT_ONCE
from app.db.connection import Connection, transaction
from app.decisions import refusals, rules, store, texts
from app.decisions.model import Choice, Decision
from app.decisions.rules import Schedule
from app.decisions.sources import DECIDE
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.shipments import store as shipments

CALL = "call_for_decision"
"""The step that calls the ladder for a shipper who does not decide."""
_ACT_WITHIN = timedelta(days=1)
"""How long whoever is called has, to get a decision."""


class Asked(NamedTuple):
    """A shipper was asked."""

    decision: Decision
    news: bool
    """Whether somebody else is to answer from now on, which the customer does not know yet."""
    next: datetime
    """When to ask again."""


def ask(conn: Connection, case: Case, body: Mapping[str, Any], now: datetime) -> Asked | None:
    """Ask the shipper of a locked case, once more; `body` is its policy's.

    Once the time is over, the ladder is called. None when asking has come to its end: then the
    customer has to know whom to turn to.
    """
    schedule = Schedule.of(body)
    waits = known(conn, case).pending
    asked_at = (waits and waits.asked_at) or now
    if now >= asked_at + schedule.ends:
        return None
    late = now >= asked_at + schedule.within
    if waits and (waits.overdue_at or not late) and _just_asked(conn, case, now):
        return Asked(waits, news=False, next=schedule.next_ask(asked_at, now))
    decision = store.ask(conn, case.id, case.round, now, asked_at + schedule.within)
    called = late and not decision.overdue_at
    if called:
        decision = store.overdue(conn, decision.id, now)
        data = {"about": decision.id, "by": (now + _ACT_WITHIN).isoformat()}
        chain.arm(conn, [chain.NewStep(case.id, CALL, now, data)])
    mail = texts.ask(case, decision, links.url("contact", case.id))
    key = f"case-{case.id}:decision:{decision.id}:{decision.asked}"
    channels.enqueue(conn, [shipper.about(case, "decision", key, mail)], now)
    facts = DecisionOverdue() if called else DecisionRequested(answer_by=decision.answer_by)
    cases.note(conn, [cases.Entry(case.id, facts)], now)
    return Asked(decision, called or waits is None, schedule.next_ask(asked_at, now))


def _just_asked(conn: Connection, case: Case, now: datetime) -> bool:
    """Whether what asked them last has only just left, or still waits to: it reminds by itself."""
    came = channels.came(conn, [case.id], now, audience="shipper", topic="decision").get(case.id)
    return came is not None and now - came < LEFT_AT_ONCE


class Made(NamedTuple):
    """What is decided; `fresh` is False when it was decided before."""

    decision: Decision
    fresh: bool


def decide(
    case_id: int,
    choice: Choice,
    by: str,
    now: datetime,
    *,
    note: str = "",
    note_for: str = "shipper",
    instead_of: int | None = None,
    meant: bool = False,
) -> Made:
    """Take a decision and let everything follow from it; the same one twice is one.

    A parcel that is sent again can still be decided otherwise, by who knows of that: `instead_of`
    is the id of the decision that stands.

    Raises:
        Problem: 404 no such case; 409 something else was decided, or the case is closed; 422 the
            customer reads words that should be otherwise and are not `meant`.
    """
    with transaction() as conn:
        case = _lock(conn, case_id)
        stands = known(conn, case).stands
        if stands and stands.decision is choice:
            return Made(stands, fresh=False)
        if stands and (case.closed or instead_of != stands.id):
            raise refusals.already_decided(case, stands)
        if case.closed:
            raise refusals.case_closed(case)
        if note_for == Visibility.CUSTOMER:
            wording.check(case, note, meant=meant)
        made = store.decide(conn, case_id, case.round, choice, note, note_for, by, now)
        facts = Decided(decision=choice, note=note, note_for=Visibility(note_for))
        cases.note(conn, [cases.Entry(case_id, facts, by)], now)
        chain.drop(conn, case_id, CALL)
        if choice.resolution:
            chain.close(conn, case, choice.resolution, by, now)
        else:
            booking.settle(conn, case, booking.BookingState.DROPPED, now)
            keeps_for = policy.get(conn, case.policy_id).seconds("return_after")
            case = cases.sent_again(conn, case, now + keeps_for, now)
        chain.follow(conn, [chain.Happened(case, DECIDE, choice)], now)
        return Made(made, fresh=True)


class Known(NamedTuple):
    """How far a case's decision is."""

    pending: Decision | None
    """What the shipper was asked, and has not decided."""
    stands: Decision | None
    """What was decided, and the case is in consequence of."""


def known(conn: Connection, case: Case) -> Known:
    """What is asked of the shipper of this case, and what stands."""
    return known_of(case, store.OF_CASE.read(conn, case=case.id))


def known_of(case: Case, rows: Sequence[Decision]) -> Known:
    """The same, of all decisions of the case."""
    waits = [row for row in rows if row.decision is None and row.round == case.round]
    last = max((row for row in rows if row.decision), key=lambda row: row.id, default=None)
    stands = last if last and rules.stands(case, last) else None
    return Known(waits[0] if waits and not case.closed and not case.booked else None, stands)


def write(case_id: int, text: str, by: str, now: datetime, *, meant: bool = False) -> None:
    """Pass a shipper's words on to the customer; the same words twice are one message.

    Raises:
        Problem: 404 no such case; 409 it is closed, or there is no way; 422 there are no
            words, or some should be otherwise and are not `meant`.
    """
    text = text.strip()
    if not text:
        raise Problem(422, "no_words", mark("Please write something first."))
    with transaction() as conn:
        case = _lock(conn, case_id)
        if case.closed:
            raise refusals.case_closed(case)
        wording.check(case, text, meant=meant)
        if channels.enqueue(conn, [_to_customer(conn, case, text)], now):
            cases.note(conn, [cases.Entry(case_id, ShipperWrote(words=text), by)], now)


def _to_customer(conn: Connection, case: Case, words: str) -> channels.Draft:
    quiet = policy.get(conn, case.policy_id).body["quiet_hours"]
    subject, text = texts.to_customer(case, words, own_page.url(case))
    return channels.Draft(
        case_id=case.id,
        audience="customer",
        topic="shipper",
        idempotency_key=f"case-{case.id}:shipper:{sha256(words.encode()).hexdigest()[:16]}",
        routes=customer.for_words(case),
        subject=subject,
        text=text,
        language=speech.of(case).code,
        quiet_hours=case.quiet_hours(quiet),
        request_id=case.request_id,
    )


def _lock(conn: Connection, case_id: int) -> Case:
    shipments.lock_of_case(conn, case_id)
    case = cases.lock(conn, case_id)
    if case is None:
        raise Problem(404, "no_such_case", sentence("There is no case {number}.", number=case_id))
    return case
