"""What a customer does in a call: answers it, and presses keys. What was pressed is said back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.booking import service as booking
from app.cases import service as cases
from app.cases import speech
from app.cases.model import Case
from app.chain import service as chain
from app.chain.step import Plain
from app.channels import heard, voice, voice_store
from app.channels import refusals as refusing
from app.channels import service as channels
from app.channels.heard import CallAnswered, Fact, KeyPressed, Receiver
from app.channels.store import Message
from app.contact.refusal import law
from app.customer import outlook, refusals
from app.customer import service as customer
from app.customer.asked import service as asked
from app.customer.asked import texts as asked_texts
from app.customer.bookings import steps as bookings
from app.customer.calls import service, texts
from app.db.connection import Connection
from app.errors import Problem
from app.languages.said import aloud_of, joined
from app.promises import service as promises
from app.questions import service as questions
from app.questions import store as questions_store
from app.questions.service import Wants, Written


def call_answered(conn: Connection, fact: CallAnswered, now: datetime) -> str | None:
    """Say what there is to say, as things are now."""
    message = _call(conn, fact)
    case = cases.by_ids(conn, [message.case_id]).get(message.case_id) if message else None
    if message is None or case is None:
        return None
    if _is_over(case, message):
        return _end(case, texts.over(case))
    return texts.asks(case, service.offer(conn, case, message, now).words)


def key_pressed(  # noqa: PLR0911 - one per key
    conn: Connection, fact: KeyPressed, now: datetime
) -> str | None:
    """Do what the key stood for when it was said, and say what came of it."""
    message = _call(conn, fact)
    case = cases.lock(conn, message.case_id) if message else None
    message = channels.message(conn, fact.message_id)  # the second of two keys sees the first
    if message is None or case is None:
        return None
    if fact.digit == texts.PERSON:
        voice.pressed(conn, message.id, now)
        return _end(case, _speak_to_someone(conn, case, message, now))
    if fact.digit == texts.STOP:
        return _stop(conn, case, message, now)
    if _is_over(case, message):
        return _end(case, texts.over(case))
    if fact.digit == texts.AGAIN:
        return texts.asks(case, service.offer(conn, case, message, now).words)
    choice = voice_store.offered(conn, message.id).get(fact.digit)
    if choice is None:
        return texts.wrong_key(case, service.offer(conn, case, message, now).slots)
    if message.state == "delivered" and (stands := booking.standing(conn, case.id)):
        return _end(case, bookings.aloud(conn, case, stands, now))
    return _choose(conn, case, message, choice, now)


def _choose(conn: Connection, case: Case, message: Message, choice: str, now: datetime) -> str:
    try:
        with conn.transaction():
            stands = customer.book(conn, case, choice, now)
    except Problem as problem:
        why = refusals.words(speech.of(case), problem)
        anew = service.offer(conn, case, message, now)
        return texts.asks(case, joined(why, texts.menu(case, anew.slots)))
    voice.pressed(conn, message.id, now)
    case = cases.by_ids(conn, [case.id])[case.id]
    return _end(case, bookings.aloud(conn, case, stands, now))


def _speak_to_someone(conn: Connection, case: Case, message: Message, now: datetime) -> str:
    """They are promised an answer, and hear by when; a second press is the same wish."""
    waiting = questions_store.open_of(conn, [case.id]).get(case.id, [])
    question = next((q for q in waiting if q.wants is Wants.PERSON and q.channel == "voice"), None)
    if question is None:
        written = Written(
            text=asked.SPEAK,
            wants=Wants.PERSON,
            channel="voice",
            sender=message.recipient,
            provider_id=f"key-{message.id}",
        )
        question = asked.ask(conn, case, written, now)
    questions_store.told(conn, question.id, question.keeper, now)
    promise = next(
        one
        for one in promises.of_case(conn, question.case_id)
        if one.open and one.kind is promises.Kind.ANSWER and one.about == question.id
    )
    (waits,) = chain.ahead(conn, [(case, questions.CLOCK, Plain.DONE)], now)
    otherwise = outlook.otherwise(case, waits)
    said = asked_texts.taken(case, question, promise, otherwise, [], now).text
    return aloud_of(said, speech.of(case))


def _stop(conn: Connection, case: Case, message: Message, now: datetime) -> str:
    """They want no more calls; it is confirmed here and now, so that no message follows."""
    said = refusing.Said(
        channel="voice",
        recipient=message.recipient,
        why="call",
        words=f"key {texts.STOP}, in a call",
        provider=message.provider or "",
        provider_id=f"key-{message.id}",
    )
    voice.pressed(conn, message.id, now)
    refusing.refuse(conn, said, now)
    together = len(law.together("voice", message.recipient)) > 1
    return _end(case, aloud_of(texts.stopped(case, together=together), speech.of(case)))


def _is_over(case: Case, message: Message) -> bool:
    return bool(case.closed or case.arrived or case.aside or message.withdrawn)


def _end(case: Case, words: str) -> str:
    return heard.spoken(words, speech.of(case))


def _call(conn: Connection, fact: CallAnswered | KeyPressed) -> Message | None:
    """The customer's call that this is about; None when it is somebody else's."""
    message = channels.message(conn, fact.message_id)
    if message is None or message.provider != fact.provider or message.channel != "voice":
        return None
    return message if message.audience == "customer" else None


RECEIVERS: Mapping[type[Fact], Receiver] = {
    CallAnswered: call_answered,
    KeyPressed: key_pressed,
}
"""Who hears what."""
