"""Which channel a customer likes best: the one they asked for, else the one they answer by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.cases import service as cases
from app.cases.model import Case, Contact
from app.cases.timeline.facts import Note
from app.contact import preferred_store as store
from app.db.connection import Connection
from app.errors import Problem
from app.languages.language import mark

_WANTED = {
    "sms": mark("The customer wants to hear from us by text message first."),
    "whatsapp": mark("The customer wants to hear from us by WhatsApp first."),
    "email": mark("The customer wants to hear from us by e-mail first."),
    "voice": mark("The customer wants to hear from us by a call first."),
}
CHANNELS = tuple(_WANTED)


def of(conn: Connection, recipients: Iterable[str]) -> store.Known:
    """What is known of these numbers and addresses."""
    return store.of(conn, sorted(map(_normal, recipients)))


def first(known: store.Known, contact: Contact) -> Contact:
    """The contact with the channel by which they hear first, where that is known."""
    found = (known.channels[w] for w in _whom(contact) if w in known.channels)
    return contact._replace(channel=next(found, None))


def hold(conn: Connection, channel: str, sender: str, case_id: int) -> None:
    """Lock a case, and whatever else `learn` is going to write of who answers about it."""
    who = _normal(sender)
    if channel in CHANNELS and store.is_news(conn, who, channel):
        cases.hold_with(conn, case_id, who)


def learn(conn: Connection, channel: str, sender: str, now: datetime) -> None:
    """Somebody answers by this channel, so they read it."""
    who = _normal(sender)
    if channel in CHANNELS and store.keep(conn, who, channel, said=False, now=now):
        cases.all_hear_first_by(conn, channel, who)


def ask_for(conn: Connection, case: Case, channel: str, by: str, now: datetime) -> None:
    """The case's customer wants to hear by this channel first, now and another time.

    Raises:
        Problem: 422 they cannot be reached by it.
    """
    if channel not in possible(case):
        detail = "They cannot be reached that way."
        fault = {"field": "channel", "code": "channel_unusable", "detail": detail}
        raise Problem(422, "contact_unusable", "Please correct what is marked.", errors=[fault])
    for who in _whom_of(case.contact_phone, case.contact_call, case.contact_email):
        store.keep(conn, who, channel, said=True, now=now)
    if case.channel != channel:
        cases.hears_first_by(conn, case, channel, now)
        cases.note(conn, [cases.Entry(case.id, Note(text=_WANTED[channel]), by)], now)


def possible(case: Case) -> list[str]:
    """The channels by which this customer can hear from us at all."""
    found = ["sms", "whatsapp", "voice"] if case.contact_phone else []
    if case.contact_call:
        found.append("voice")
    return [*found, "email"] if case.contact_email else found


def _whom(contact: Contact) -> list[str]:
    return _whom_of(contact.phone, contact.call, contact.email)


def _whom_of(*recipients: str | None) -> list[str]:
    return [_normal(who) for who in recipients if who]


def _normal(recipient: str) -> str:
    return recipient.strip().lower()
