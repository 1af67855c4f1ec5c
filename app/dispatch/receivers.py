"""What dispatchers do in a call: they answer it and press keys, or call us back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import structlog

from app.access import links
from app.cases import service as cases
from app.channels import heard, voice
from app.channels import service as channels
from app.channels.heard import CallAnswered, CallIn, Fact, KeyPressed, PutThrough, Receiver
from app.channels.store import Message
from app.db.connection import Connection
from app.directory import store as directory
from app.directory.model import Person
from app.dispatch import about, bridge, keys, late, rules, speech, store, talks, texts
from app.dispatch.bundles import keys as bundle_keys
from app.dispatch.rules import Ring

log = structlog.get_logger(__name__)


class _Call(NamedTuple):
    message: Message
    ring: Ring
    person: Person


def call_answered(conn: Connection, fact: CallAnswered, now: datetime) -> str | None:
    """Say what the call is about, as things are now."""
    message = _bridge(conn, fact)
    if message is not None:
        return bridge.answered(message)
    if several := bundle_keys.bundle(conn, fact):
        return bundle_keys.say(conn, several)
    call = _call(conn, fact)
    return _say(conn, call, now) if call else None


def key_pressed(  # noqa: PLR0911 - one per call and key
    conn: Connection, fact: KeyPressed, now: datetime
) -> str | None:
    """Do what the key stands for; the answer to speak back. A second press changes nothing."""
    message = _bridge(conn, fact)
    if message is not None:
        return bridge.pressed(conn, message, fact.digit, now)
    if several := bundle_keys.bundle(conn, fact):
        return bundle_keys.press(conn, several, fact.digit, now)
    call = _call(conn, fact)
    if call is None:
        return None
    language = call.person.speaks
    if fact.digit == keys.AGAIN:
        return _say(conn, call, now)
    task = store.task(conn, call.ring.task_id)
    case = cases.by_ids(conn, [call.message.case_id]).get(call.message.case_id)
    if task is None or case is None:
        return heard.spoken(keys.unknown(language), language)
    concerned = about.of(conn, case, task)
    if not keys.known(fact.digit, case, task, concerned):
        over = late.truth(conn, language, task, case, call.person.name, now, level=call.ring.level)
        menu = speech.menu(language, case, task, concerned)
        return heard.spoken(over, language) if over else speech.again(language, menu)
    voice.pressed(conn, call.message.id, now)
    pressed = keys.press(conn, fact.digit, call.ring, call.person, now)
    said = pressed.words
    if pressed.took and _send_link(conn, call, now):
        said += " " + language.say("The link is on its way to you.")
    if pressed.nobody_left:
        return speech.again(language, speech.menu(language, case, task, concerned), said)
    if pressed.took and fact.digit == keys.SPEAK:
        return bridge.connects(case, language)
    return heard.spoken(said, language)


def _bridge(conn: Connection, fact: CallAnswered | KeyPressed) -> Message | None:
    """The call of somebody who wants to be put through; None when it is another."""
    message = channels.message(conn, fact.message_id)
    if message is None or message.provider != fact.provider:
        return None
    return message if bridge.person_of(conn, message) else None


def _call(conn: Connection, fact: CallAnswered | KeyPressed) -> _Call | None:
    message = channels.message(conn, fact.message_id)
    if message and message.audience == "customer":
        return None
    ring = rules.ring_of(message.idempotency_key) if message else None
    person = directory.person(conn, ring.person_id) if ring else None
    if message is None or ring is None or person is None or message.provider != fact.provider:
        log.warning("key_without_call", provider=fact.provider)
        return None
    return _Call(message, ring, person)


def _say(conn: Connection, call: _Call, now: datetime) -> str:
    task = store.task(conn, call.ring.task_id)
    case = cases.by_ids(conn, [call.message.case_id]).get(call.message.case_id)
    language = call.person.speaks
    if task is None or case is None:
        return heard.spoken(keys.unknown(language), language)
    if over := late.truth(conn, language, task, case, call.person.name, now, level=call.ring.level):
        return heard.spoken(over, language)
    words = call.message.spoken or call.message.text
    return keys.spoken(conn, language, words, task, case)


def _send_link(conn: Connection, call: _Call, now: datetime) -> bool:
    """Whoever took it on by a key gets in writing where everything stands; whether they can."""
    case = cases.by_ids(conn, [call.message.case_id])[call.message.case_id]
    routes = rules.routes(call.person, case.shipper.country)
    language = call.person.speaks
    subject, text = texts.taken(
        language, case, links.url("task", call.ring.task_id, call.person.id)
    )
    draft = channels.Draft(
        case_id=case.id,
        audience="dispatcher",
        topic="taken",
        idempotency_key=f"taken-{call.message.id}",
        routes=routes,
        subject=subject,
        text=text,
        language=language.code,
        person_id=call.person.id,
        needs_case="any",
        request_id=case.request_id,
    )
    if routes:
        channels.enqueue(conn, [draft], now)
    return bool(routes)


RECEIVERS: Mapping[type[Fact], Receiver] = {
    CallAnswered: call_answered,
    KeyPressed: key_pressed,
    CallIn: talks.go_on,
    PutThrough: bridge.ended,
}
