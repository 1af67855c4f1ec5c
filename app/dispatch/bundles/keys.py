"""What a key stands for in a call about several parcels: the same as for one, for all of them."""

from __future__ import annotations

from datetime import datetime

from app import languages
from app.access import links
from app.channels import gathering, heard, voice
from app.channels import service as channels
from app.channels.heard import CallAnswered, KeyPressed
from app.channels.store import Message
from app.db.connection import Connection
from app.directory import store as directory
from app.directory.model import Person
from app.dispatch import keys, rules, speech
from app.dispatch.bundles import acting, service, texts


def bundle(conn: Connection, fact: CallAnswered | KeyPressed) -> Message | None:
    """The call, where it is about several parcels."""
    message = channels.message(conn, fact.message_id)
    if message is None or message.topic != gathering.TOPIC or message.provider != fact.provider:
        return None
    return message


def say(conn: Connection, message: Message) -> str:
    """What is still open of it, and the keys."""
    keys_held = gathering.held(conn, message.id)
    held = gathering.Bundle(
        message.id, message.channel, message.person_id or 0, keys_held, message.language
    )
    language, words = languages.get(message.language), service.compose(conn, held)
    if words:
        return speech.asks(language, words.spoken or words.text)
    person = directory.person(conn, message.person_id or 0)
    left = service.items(conn, keys_held)
    over = acting.truth(language, left, person.name if person else "")
    return heard.spoken(" ".join((over, language.say("Goodbye."))), language)


def press(conn: Connection, message: Message, digit: str, now: datetime) -> str:
    """Take all of it on, or pass it on; what to say. A second press changes nothing."""
    person = directory.person(conn, message.person_id or 0)
    if person is None or digit == keys.AGAIN:
        return say(conn, message)
    language = person.speaks
    if digit not in {keys.TAKE, keys.PASS_ON}:
        if not any(item.open for item in service.held(conn, message.id)):
            return say(conn, message)
        wrong = language.say("That key does nothing here.")
        return speech.asks(language, f"{wrong} {texts.menu(language)}")
    voice.pressed(conn, message.id, now)
    if digit == keys.PASS_ON:
        passed = acting.pass_on(conn, message.id, person, now)
        if passed.many or not passed.nobody_left:
            return heard.spoken(passed.words, language)
        return speech.asks(language, f"{passed.words} {texts.menu(language)}")
    taken, said = acting.take(conn, message.id, person, now)
    if taken and _send(conn, message, person, now):
        said += " " + language.say("The list is on its way to you.")
    return heard.spoken(said, language)


def _send(conn: Connection, message: Message, person: Person, now: datetime) -> bool:
    """Whoever took it on by a key gets in writing where everything stands; whether they can."""
    items = service.held(conn, message.id)
    routes = rules.routes(person, items[0].case.shipper.country)
    url = links.url("calls", message.id, person.id)
    language = person.speaks
    subject = language.say("You have them")
    text = language.count(
        "You have them: {number} parcel. All of them: {url}",
        "You have them: {number} parcels. All of them: {url}",
        len(items),
        url=url,
    )
    draft = channels.Draft(
        case_id=0,
        audience="dispatcher",
        topic="taken",
        idempotency_key=f"taken-{message.id}",
        routes=routes,
        subject=subject,
        text=text,
        language=language.code,
        person_id=person.id,
        needs_case="none",
        request_id=message.request_id,
    )
    if routes:
        channels.enqueue(conn, [draft], now)
    return bool(routes)
