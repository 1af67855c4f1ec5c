"""What a key stands for in a call about several parcels: the same as for one, for all of them."""

from __future__ import annotations

from datetime import datetime

from app.access import links
from app.channels import gathering, voice
from app.channels import service as channels
from app.channels.heard import CallAnswered, KeyPressed
from app.channels.store import Message
from app.db.connection import Connection
from app.directory import store as directory
from app.directory.model import Person
from app.dispatch import keys, rules, speech
from app.dispatch.bundles import acting, service, texts
from app.plain import counted

_BYE = "Goodbye."


def bundle(conn: Connection, fact: CallAnswered | KeyPressed) -> Message | None:
    """The call, where it is about several parcels."""
    message = channels.message(conn, fact.message_id)
    if message is None or message.topic != gathering.TOPIC or message.provider != fact.provider:
        return None
    return message


def say(conn: Connection, message: Message) -> str:
    """What is still open of it, and the keys."""
    keys_held = gathering.held(conn, message.id)
    words = service.compose(
        conn, gathering.Bundle(message.id, message.channel, message.person_id or 0, keys_held)
    )
    if words:
        return speech.asks(words.spoken or words.text)
    person = directory.person(conn, message.person_id or 0)
    held = service.items(conn, keys_held)
    return f"{acting.truth(held, person.name if person else '')} {_BYE}"


def press(conn: Connection, message: Message, digit: str, now: datetime) -> str:
    """Take all of it on, or pass it on; what to say. A second press changes nothing."""
    person = directory.person(conn, message.person_id or 0)
    if person is None or digit == keys.AGAIN:
        return say(conn, message)
    if digit not in {keys.TAKE, keys.PASS_ON}:
        return speech.asks(f"That key does nothing here. {texts.MENU}")
    voice.pressed(conn, message.id, now)
    if digit == keys.PASS_ON:
        passed, said = acting.pass_on(conn, message.id, person, now)
        return said if passed or said != keys.NOBODY_LEFT else speech.asks(f"{said} {texts.MENU}")
    taken, said = acting.take(conn, message.id, person, now)
    if taken and _send(conn, message, person, now):
        said += " The list is on its way to you."
    return said


def _send(conn: Connection, message: Message, person: Person, now: datetime) -> bool:
    """Whoever took it on by a key gets in writing where everything stands; whether they can."""
    items = service.held(conn, message.id)
    routes = rules.routes(person, items[0].case.shipper.country)
    subject = "You have them"
    url = links.url("calls", message.id, person.id)
    draft = channels.Draft(
        case_id=0,
        audience="dispatcher",
        topic="taken",
        idempotency_key=f"taken-{message.id}",
        routes=routes,
        subject=subject,
        text=f"{subject}: {counted(len(items), 'parcel')}. All of them: {url}",
        person_id=person.id,
        needs_case="none",
        request_id=message.request_id,
    )
    if routes:
        channels.enqueue(conn, [draft], now)
    return bool(routes)
