"""A dispatcher speaks with the customer through our number: neither sees the other's.

The dispatcher's telephone rings; with a key they are put through. How long they spoke is noted,
what they said is not recorded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from app import languages
from app.cases import passphrase
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import ContactElsewhere, Note
from app.channels import heard, inbound_store, providers, voice
from app.channels import service as channels
from app.channels.heard import Asks, Connects, PutThrough
from app.channels.service import Draft, Route
from app.channels.states import NotSent
from app.channels.store import Message
from app.db.connection import Connection, transaction
from app.directory import store as directory
from app.directory.model import Person
from app.dispatch import conversation, keys, rules
from app.errors import Problem
from app.languages.language import Language, mark
from app.languages.sentence import sentence

_KEY = re.compile(r"bridge-(\d+):(\d+):")
_RINGS = timedelta(minutes=5)
_IN_VAIN: Mapping[str, str] = {
    NotSent.NO_ANSWER: mark("The customer was called, and nobody answered."),
    NotSent.BUSY: mark("The customer was called, and the line was busy."),
}
_NOT_REACHED = mark("The customer was called, and the call did not go through.")


def call_customer(case_id: int, person_id: int | None, now: datetime) -> None:
    """Ring this person, who is put through to the customer of the case.

    Raises:
        Problem: 404 no such case; 409 one of the two has no number that can be rung.
    """
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        if case is None:
            raise Problem(
                404, "no_such_case", sentence("There is no case {number}.", number=case_id)
            )
        person = directory.person(conn, person_id) if person_id else None
        own = rules.rings(person, case.shipper.country) if person else None
        if person is None or own is None:
            raise Problem(409, "no_number", mark("We have no number of yours that can be rung."))
        if providers.chosen_for("voice") is None:
            raise Problem(409, "no_number", mark("Nobody is set up here to carry calls."))
        if rules.customers_number(case) is None:
            raise Problem(409, "no_number", mark("The customer has no number that can be rung."))
        parcel, language = case.parcel.label, person.speaks
        spoken = [
            language.say("Reknock: your call with the customer of parcel {parcel}.", parcel=parcel),
            language.say(
                "Say this first, so that they know you: {passphrase}.",
                passphrase=passphrase.of(case, language),
            ),
            language.say("Press 1 to be put through."),
        ]
        draft = Draft(
            case_id=case.id,
            audience="dispatcher",
            topic="bridge",
            idempotency_key=f"bridge-{case.id}:{person.id}:{now.isoformat()}",
            routes=[Route("voice", own)],
            subject=language.say("Your call about {parcel}", parcel=parcel),
            text=language.say("Your call with the customer of {parcel}", parcel=parcel),
            spoken=" ".join(spoken),
            language=language.code,
            person_id=person.id,
            must_ring=True,
            needs_case="any",
            not_after=now + _RINGS,
            request_id=case.request_id,
        )
        channels.enqueue(conn, [draft], now)


def person_of(conn: Connection, message: Message) -> Person | None:
    """Who wanted to be put through by this call; None when it is about something else."""
    found = _KEY.match(message.idempotency_key)
    return directory.person(conn, int(found[2])) if found else None


def connects(case: Case, language: Language) -> str:
    """Put whoever is in a call with us through to the customer."""
    number = rules.customers_number(case)
    if number is None:
        none = language.say("The customer has no number any more. Goodbye.")
        return heard.spoken(none, language)
    through = language.say("One moment, you are being put through.")
    return heard.spoken(Connects(through, number), language)


def answered(message: Message) -> Asks:
    """What the dispatcher hears first: a mailbox is not put through."""
    language = languages.get(message.language)
    asks = Asks(message.spoken or message.text, language.say("No key was pressed. Goodbye."))
    heard.spoken(asks, language)
    return asks


def pressed(conn: Connection, message: Message, digit: str, now: datetime) -> str:
    """Put them through, if that is what the key says."""
    if digit != keys.TAKE:
        return answered(message)
    voice.pressed(conn, message.id, now)
    case = cases.by_ids(conn, [message.case_id])[message.case_id]
    return connects(case, languages.get(message.language))


def ended(conn: Connection, fact: PutThrough, now: datetime) -> str | None:
    """Note whether they spoke, and how long; once, however often it is told."""
    message = channels.message(conn, fact.message_id)
    person = _spoke(conn, message) if message else None
    if message is None or person is None:
        return None
    case = cases.lock(conn, message.case_id)
    told = inbound_store.Inbound(fact.provider, fact.call_id, "voice", "", "staff", now)
    if case is None or not inbound_store.remember(conn, told, now):
        return None
    if fact.why:
        words = _IN_VAIN.get(fact.why, _NOT_REACHED)
        cases.note(conn, [cases.Entry(case.id, Note(text=words), person.name)], now)
        missed = person.speaks.say("The customer was not reached. Goodbye.")
        return heard.spoken(missed, person.speaks)
    minutes, seconds = divmod(fact.seconds, 60)
    facts = ContactElsewhere(channel="phone", text=f"{minutes}:{seconds:02} min")
    cases.note(conn, [cases.Entry(case.id, facts, person.name)], now)
    conversation.contact_counts(conn, case.id, now)
    return None


def _spoke(conn: Connection, message: Message) -> Person | None:
    """Who was put through in this call, which may have been about a task."""
    ring = rules.ring_of(message.idempotency_key)
    return directory.person(conn, ring.person_id) if ring else person_of(conn, message)
