"""Which channel a customer likes best: the one they asked for, else the one they answer by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.cases import service as cases
from app.cases.model import Case, Contact
from app.cases.timeline.facts import Note
from app.contact import preferred_store as store
from app.db.connection import Connection
from app.errors import Problem

CALLED = {"sms": "text message", "whatsapp": "WhatsApp", "email": "e-mail", "voice": "a call"}
CHANNELS = tuple(CALLED)


def of(conn: Connection, contacts: Sequence[Contact]) -> list[Contact]:
    """The same contacts with the channel by which each hears first, where that is known."""
    known = store.of(conn, [who for contact in contacts for who in _whom(contact)])
    return [
        contact._replace(channel=next((known[w] for w in _whom(contact) if w in known), None))
        for contact in contacts
    ]


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
        words = f"The customer wants to hear from us by {CALLED[channel]} first."
        cases.note(conn, [cases.Entry(case.id, Note(text=words), by)], now)


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
