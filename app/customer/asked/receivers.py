"""What somebody wrote finds whom it is for: a customer's case, a dispatcher's task, or nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

import phonenumbers
import structlog

from app import languages
from app.access import links
from app.cases import service as cases
from app.cases import speech
from app.cases.model import Case
from app.cases.timeline.facts import CustomerReply, Note
from app.cases.timeline.kinds import Actor
from app.chain import service as chain
from app.channels import heard, inbound_store, refusals
from app.channels import receivers as channels_receivers
from app.channels import service as channels
from app.channels.heard import Fact, MaybeOptOut, OptInWord, Receiver, Reply
from app.channels.service import Draft, Route
from app.channels.sources import REPLY, Replied
from app.contact import preferred
from app.customer import notices
from app.customer.asked import service, texts
from app.customer.parts import RenderedMessage
from app.customer.service import rate, score_of
from app.customer.understood import reading as understood_reading
from app.customer.understood import service as understood
from app.customer.wanted import receivers as wanted
from app.db.connection import Connection
from app.directory import store as directory
from app.directory.model import Person
from app.dispatch import replies
from app.dispatch import rules as dispatch
from app.dispatch.texts import not_understood
from app.languages.language import Language
from app.questions import rules
from app.questions.service import Written

log = structlog.get_logger(__name__)

_A_DAY = 10
"""So many of one dispatcher's words that nobody understands are answered in a day."""


def reply(conn: Connection, fact: Reply, now: datetime) -> None:
    """Words of somebody, once: what a customer wants is done, or becomes a question on their case.

    A number that belongs to somebody at a depot is never a customer's.
    """
    _hear(conn, fact, now, acts=True)


def _hear(conn: Connection, fact: Reply, now: datetime, *, acts: bool) -> None:
    """The same; `acts` is whether anything is done before a person has read it."""
    if person := directory.person_at(conn, fact.sender):
        _by_staff(conn, fact, person, now)
        return
    if wanted.taken_back(conn, fact):
        heard.tell(conn, OptInWord(**asdict(fact)), now)
        return
    fact = understood_reading.located(conn, fact)
    score = score_of(fact.words) if acts else None
    rated = understood_reading.rates(conn, fact, now) if score else None
    what = understood_reading.read(conn, fact, now) if acts and not rated else None
    case_id = rated or (what.case_id if what else fact.case_id)
    case_id = case_id or channels.case_of(conn, fact.channel, fact.sender)
    if what:
        understood.hold(conn, what)
    case = None if case_id is None else _lock(conn, fact, case_id)
    if not _remember(conn, fact, "reply" if case else "stranger", now):
        return
    if case is None:
        _answer_stranger(conn, fact, now)
        return
    preferred.learn(conn, fact.channel, fact.sender, now)
    if fact.channel in {"email", "sms"}:
        channels.writes_from(conn, fact.sender)
    delivered = bool(case.resolution and case.resolution.arrived)
    if case.closed and _at_the_end(conn, case, fact, now, rated and score):
        return
    if what and understood.act(conn, case, fact, what, now):
        log.info("reply_understood", case_id=case.id, act=what.act, request_id=case.request_id)
        return
    wants = rules.wants(fact.words, delivered=delivered)
    written = Written(
        text=fact.words,
        wants=understood.wants(what, wants, delivered=delivered),
        channel=fact.channel,
        sender=fact.sender,
        provider_id=fact.provider_id,
    )
    question = service.ask(conn, case, written, now)
    understood.asked(conn, fact, question, now)
    if not case.closed:
        chain.follow(conn, [chain.Happened(case, REPLY, Replied.WORDS)], now)
    log.info("reply", case_id=question.case_id, request_id=case.request_id)


def _lock(conn: Connection, fact: Reply, case_id: int) -> Case | None:
    """The case, locked together with whatever else is going to be written of who answers."""
    preferred.hold(conn, fact.channel, fact.sender, case_id)
    return cases.lock(conn, case_id)


def _at_the_end(
    conn: Connection, case: Case, fact: Reply, now: datetime, score: int | None
) -> bool:
    """Whether it was how it went, or thanks that ask for nothing."""
    if score:
        promised = rate(case.id, score, "", now, tell=False)
        key = f"score-{fact.provider}:{fact.provider_id}"
        _say(conn, fact, key, texts.rated(case, score, promised), now, speech.of(case), case=case)
        return True
    if not rules.only_courtesy(fact.words):
        return False
    said = CustomerReply(words=fact.words, channel=fact.channel, provider_id=fact.provider_id)
    cases.note(conn, [cases.Entry(case.id, said, Actor.CUSTOMER)], now)
    return True


def _by_staff(conn: Connection, fact: Reply, person: Person, now: datetime) -> None:
    """A short answer acts, and its outcome is written back.

    Of other words it is said honestly that they do nothing, and where to do it; they are noted.
    """
    if not _remember(conn, fact, "staff", now):
        return
    language = person.speaks
    if done := replies.act(conn, person, fact.words, now):
        key = f"staff-{person.id}:{fact.provider}:{fact.provider_id}"
        said = RenderedMessage(language.say("Your answer"), done)
        _say(conn, fact, key, said, now, language, audience="dispatcher")
        return
    called = channels.task_of(conn, fact.channel, fact.sender)
    ring = dispatch.ring_of(called.idempotency_key) if called else None
    if called and ring:
        note = Note(text=fact.words[:1600])
        cases.note(conn, [cases.Entry(called.case_id, note, person.name)], now)
        where = links.url("task", ring.task_id, person.id)
    else:
        where = links.place("/console")
    if once := _next_key(conn, person, now):
        said = RenderedMessage(*not_understood(language, person.name, where))
        _say(conn, fact, once, said, now, language, audience="dispatcher")


def _next_key(conn: Connection, person: Person, now: datetime) -> str | None:
    """The key of the next such answer to somebody today; None after a few.

    Two machines that answer each other come to rest. Of two words at the same moment the second
    one waits for the first, so that both are answered.
    """
    directory.lock_rung_again(conn, [person.id])
    keys = [f"staff-{person.id}:{now:%Y-%m-%d}:{number}" for number in range(_A_DAY)]
    said = channels.said(conn, keys)
    return next((key for key in keys if key not in said), None)


def _answer_stranger(conn: Connection, fact: Reply, now: datetime) -> None:
    """Nobody knows this number: one honest answer a day, and it is counted."""
    log.warning("reply_without_case", provider=fact.provider)
    key = f"stranger-{fact.channel}-{fact.sender}:{now:%Y-%m-%d}"
    language = languages.choose(None, {"country": _country(fact)})
    _say(conn, fact, key, texts.stranger(language), now, language)


def _country(fact: Reply) -> str:
    """Where somebody writes from, as far as their number says so."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(fact.sender)) or ""
    except phonenumbers.NumberParseException:
        return ""


def _say(
    conn: Connection,
    fact: Reply,
    key: str,
    message: RenderedMessage,
    now: datetime,
    language: Language,
    *,
    case: Case | None = None,
    audience: str = "customer",
) -> None:
    """Write back the way they wrote; about a `case`, by the customer's other ways too."""
    draft = Draft(
        case_id=case.id if case else 0,
        audience=audience,
        topic="reply" if case else "no_case",
        idempotency_key=key,
        routes=[Route(fact.channel, fact.sender), *(notices.routes(case) if case else ())],
        subject=message.subject,
        text=message.text,
        needs_case="any" if case else "none",
        language=language.code,
        request_id=fact.provider_id,
    )
    channels.enqueue(conn, [draft], now)


def _remember(conn: Connection, fact: Reply, meaning: str, now: datetime) -> bool:
    return inbound_store.remember(conn, channels_receivers.inbound(fact, meaning, now), now)


def may_refuse(conn: Connection, fact: MaybeOptOut, now: datetime) -> None:
    """Words that may ask for no more messages: a person asks, and meanwhile nothing is sent."""
    if inbound_store.known_inbound(conn, fact.provider, [fact.provider_id]):
        return
    if not directory.person_at(conn, fact.sender):
        refusals.refuse(conn, channels_receivers.said(fact, unclear=True), now)
    _hear(conn, Reply(**asdict(fact)), now, acts=False)


RECEIVERS: Mapping[type[Fact], Receiver] = {Reply: reply, MaybeOptOut: may_refuse}
