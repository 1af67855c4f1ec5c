"""Verbs on questions. They run inside the caller's transaction, with the case locked.

Whatever a customer wants to know has a person who is called for it, an hour that the customer
knows, and an answer that leaves by the way they wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.booking import places_store
from app.booking import store as bookings
from app.booking.rows import BookingKind
from app.cases import own_page, speech
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import CustomerReply, QuestionAnswered, QuestionSettled
from app.cases.timeline.kinds import Actor
from app.chain import policy
from app.chain import service as chain
from app.channels import customer, refusals
from app.channels import service as channels
from app.channels.service import Draft, Route
from app.db.connection import Connection
from app.errors import Problem
from app.languages.language import mark
from app.locality import quiet
from app.promises import service as promises
from app.questions import hours, rules, store
from app.questions.model import PAGE, Question, Wants
from app.questions.sources import ASK, Asked

__all__ = [
    "PAGE",
    "Question",
    "Wants",
    "Written",
    "answer",
    "ask",
    "decided",
    "moot",
    "of_case",
    "settle",
    "waiting",
]

CLOCK = "promise_answer"
"""The step that tells the customer who answers, and looks after the hour."""
CALLS = "call_for_question"
_TWICE = timedelta(minutes=2)
"""A form that is sent twice is one question."""
_LONGEST = 4000
_IN_WORDS = [wants for wants in Wants if wants is not Wants.ADDRESS]
"""What is answered in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a customer wrote, and where. `sender` is empty for the page."""

    text: str
    wants: Wants
    channel: str = PAGE
    sender: str = ""
    provider_id: str = ""


def ask(conn: Connection, case: Case, written: Written, now: datetime) -> Question:
    """A customer wants to know something: it gets a person and an hour, which is promised.

    What the page sends a second time is the same question. While another is open, the hour that
    was said for it is said again: one answer ends both.
    """
    text = written.text.strip()[:_LONGEST]
    waiting = store.open_of(conn, [case.id]).get(case.id, [])
    if written.channel == PAGE and (same := _same(waiting, written.wants, text, now)):
        return same
    before = store.contacts_since_progress(conn, case.id)
    goes_up = rules.goes_up(written.wants, text, before, waiting)
    usual = usual_wait(conn, case)
    said = [q.answer_by for q in waiting if rules.warn_at(q, usual) > now]
    by = max(said) if said else answer_by(conn, case, 0, now)
    question = store.insert(
        conn,
        case.id,
        text,
        written.wants,
        written.channel,
        written.sender,
        by,
        now,
        goes_up=goes_up,
    )
    facts = CustomerReply(
        words="",
        channel=written.channel,
        provider_id=written.provider_id,
        question_id=question.id,
    )
    if not question.wish:  # that is written down where it is wished for
        cases.note(conn, [cases.Entry(case.id, facts, Actor.CUSTOMER)], now)
    promise(conn, question, now)
    # no policy can leave a customer without anybody; what else it wants follows
    parcel = written.wants is Wants.PARCEL  # its case was opened for it, and calls the ladder
    names = [CLOCK] if parcel else [CLOCK, CALLS]
    chain.arm(conn, [chain.NewStep(case.id, name, now, {}) for name in names])
    asked = Asked.PARCEL if parcel else Asked.QUESTION
    chain.follow(conn, [chain.Happened(case, ASK, asked)], now)
    return question


def answer_by(conn: Connection, case: Case, late: int, now: datetime) -> datetime:
    """By when somebody can answer, on the depot's hours; before what is booked begins.

    It is an hour at which the customer can read it.
    """
    wait = rules.within(usual_wait(conn, case), late)
    night = case.quiet_hours(policy.get(conn, case.policy_id).body["quiet_hours"])
    by = hours.answer_by(now, wait, places_store.read_week(conn, case, now))
    by = hours.waking(by, now, night)
    stands = bookings.standing(conn, case.id)
    if stands is None or stands.kind is not BookingKind.REDELIVERY:
        return by
    begins = stands.starts_at
    return hours.in_time(by, begins, now, night)


def usual_wait(conn: Connection, case: Case) -> timedelta:
    """How soon the case's policy wants an answer."""
    return policy.get(conn, case.policy_id).seconds("answer_within")


def promise(conn: Connection, question: Question, now: datetime) -> promises.Promise:
    """Promise the question's hour."""
    wanted = promises.Wanted(
        question.case_id, promises.Kind.ANSWER, question.answer_by, about=question.id
    )
    return promises.make(conn, [wanted], now)[0]


def answer(conn: Connection, case: Case, text: str, by: str, now: datetime) -> list[Question]:
    """Answer all that was asked in words, by the way the customer wrote last; what was answered.

    The same words twice are one answer. A wish for another address stays: it wants a yes or a no.

    Raises:
        Problem: 409 the customer asked nothing that is open; 422 nothing is said.
    """
    text = text.strip()
    if not text:
        raise Problem(422, "nothing_said", mark("Please write what the customer should read."))
    answered = store.settle(conn, case.id, by, text, _IN_WORDS, now)
    _end(conn, case, answered, by, now)
    _found_out(conn, answered, by, now)
    if not answered:
        before = store.of_case(conn, case.id)
        if before and before[-1].answer == text:
            return []
        raise Problem(409, "nothing_asked", mark("The customer has no question that is open."))
    newest = answered[-1]
    channels.enqueue(conn, [_reply(conn, case, newest, text, by, now)], now)
    facts = QuestionAnswered(question_id=newest.id, channel=newest.channel)
    cases.note(conn, [cases.Entry(case.id, facts, by)], now)
    return answered


def settle(conn: Connection, case: Case, by: str, now: datetime, *, reached: bool) -> None:
    """Nobody waits for an answer any more: the customer was `reached`, or needs none."""
    settled = store.settle(conn, case.id, by, None, list(Wants), now)
    _end(conn, case, settled, by, now, kept=reached)
    _found_out(conn, settled, by, now)
    if settled:
        facts = QuestionSettled(question_id=settled[-1].id)
        cases.note(conn, [cases.Entry(case.id, facts, by)], now)


def withdraw(conn: Connection, case: Case, question_id: int, now: datetime) -> bool:
    """Whoever asked needs no answer any more; False where they have it."""
    gone = store.withdraw(conn, question_id, Actor.CUSTOMER, now)
    _end(conn, case, gone, Actor.CUSTOMER, now, kept=False)
    if gone:
        facts = QuestionSettled(question_id=question_id)
        cases.note(conn, [cases.Entry(case.id, facts, Actor.CUSTOMER)], now)
    return bool(gone)


def _found_out(conn: Connection, settled: Sequence[Question], by: str, now: datetime) -> None:
    """A person knows what they want: what was kept back until then is not, unless they say so."""
    for question in settled:
        if question.sender:
            refusals.lift(
                conn, question.channel, question.sender, "asked", now, by=by, only_unclear=True
            )


def decided(conn: Connection, case: Case, by: str, at: datetime, now: datetime) -> None:
    """It was said whether the parcel goes to the other address, at that moment."""
    wishes = store.settle(conn, case.id, by, None, [Wants.ADDRESS], now)
    _end(conn, case, wishes, by, now, at=at)


def moot(conn: Connection, closed: Sequence[Case], now: datetime) -> None:
    """Nobody wants these brought to another address any more: they are closed.

    What else was asked is answered all the same, though all that waited ended with the case.
    """
    waiting = store.open_of(conn, [case.id for case in closed])
    for case in closed:
        asked = waiting.get(case.id, ())
        if any(question.wish for question in asked):
            by = case.resolution or "closed"
            wishes = store.settle(conn, case.id, by, None, [Wants.ADDRESS], now)
            _end(conn, case, wishes, by, now, kept=False)
        if not all(question.wish for question in asked):
            keep = [chain.NewStep(case.id, name, now, {}) for name in (CLOCK, CALLS)]
            chain.arm(conn, keep)


def waiting(conn: Connection, case_id: int) -> bool:
    """Whether something that the customer asked or wished is open."""
    return bool(store.open_of(conn, [case_id]))


def contacted(conn: Connection, case: Case, now: datetime) -> None:
    """The customer was in touch by another way: the third time without progress, it goes up."""
    if store.contacts_since_progress(conn, case.id) >= rules.THIRD and store.open_of(
        conn, [case.id]
    ):
        store.raise_up(conn, case.id)
        chain.arm(conn, [chain.NewStep(case.id, CALLS, now, {})])


def of_case(conn: Connection, case_id: int) -> list[Question]:
    """All questions of a case, oldest first."""
    return store.of_case(conn, case_id)


def _end(
    conn: Connection,
    case: Case,
    ended: Sequence[Question],
    by: str,
    now: datetime,
    *,
    kept: bool = True,
    at: datetime | None = None,
) -> None:
    """Settle what was promised of these, `kept` if they were answered; with the last, end calls."""
    for question in ended:
        if kept:
            promises.keep(conn, [case.id], promises.Kind.ANSWER, by, now, question.id, at=at)
        else:
            promises.release(conn, [case.id], [promises.Kind.ANSWER], by, now, question.id)
    if ended and not waiting(conn, case.id):
        chain.drop(conn, case.id, CLOCK)
        chain.drop(conn, case.id, CALLS)


def _same(waiting: list[Question], wants: Wants, text: str, now: datetime) -> Question | None:
    for question in waiting:
        same = (question.wants, question.text, question.channel) == (wants, text, PAGE)
        if same and now - question.asked_at < _TWICE:
            return question
    return None


def _reply(
    conn: Connection, case: Case, question: Question, text: str, by: str, now: datetime
) -> Draft:
    """The answer as a message. It leaves by the way the customer wrote; the others come after.

    It leaves at any hour while they are awake, if no telephone rings.
    """
    ways = [Route(question.channel, question.sender)] if question.sender else []
    ways += customer.routes(case)
    wakes = now - question.asked_at >= quiet.AWAKE or (ways and ways[0].channel == "voice")
    night = policy.get(conn, case.policy_id).body["quiet_hours"]
    say = speech.about(case)
    subject = say("Your {shipper} parcel {parcel}: the answer to your question")
    return Draft(
        case_id=case.id,
        audience="customer",
        topic="answer",
        idempotency_key=f"case-{case.id}:answer:{question.id}",
        routes=ways,
        subject=subject,
        text=f"{text}\n{by}, {case.depot.name}. {own_page.url(case)}",
        needs_case="any",
        quiet_hours=case.quiet_hours(night) if wakes else None,
        language=speech.of(case).code,
        request_id=case.request_id,
    )
