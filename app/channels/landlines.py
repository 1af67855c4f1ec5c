"""A number that no text message reaches, as its carrier says: it is called from then on.

Some plans, such as North America's, do not tell a landline from a mobile by its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import ContactChecked
from app.chain import policy
from app.channels import bounces_store, customer, refusals_store, store
from app.channels.states import NotSent
from app.channels.store import Message
from app.contact import steps as contact
from app.db.connection import Connection
from app.shipments import reachable


def met(conn: Connection, message: Message, case: Case, now: datetime) -> Message:
    """A text message to a customer met one: it is remembered, and a call says the same.

    The message with the ways that are left to it.
    """
    texted = message.audience == "customer" and message.channel == "sms"
    if not texted or not reachable.may_be_landline(message.recipient):
        return message
    bounces_store.mark(conn, message, NotSent.NOT_A_MOBILE, "", message.provider or "", now)
    with_it = refusals_store.cases_of(conn, [message.recipient], [0])
    found = cases.by_ids(conn, {case.id, *with_it})
    _called_from_now(
        conn, [one for one in found.values() if one.contact_phone == message.recipient], now
    )
    case = cases.by_ids(conn, [case.id])[case.id]
    left = [(way["channel"], way["recipient"]) for way in message.fallback_routes]
    left.append(("voice", message.recipient))
    ways = [way for way in customer.routes(case, message.topic) if way in left]
    # a telephone in the night wakes everybody, whatever was asked for
    night = case.quiet_hours(policy.get(conn, case.policy_id).body["quiet_hours"])
    return replace(message, fallback_routes=store.reroute(conn, message.id, ways, night))


def _called_from_now(conn: Connection, found: Sequence[Case], now: datetime) -> None:
    """Whose number it is, is called; what said that they can be texted is not true any more."""
    checked = [
        (case, reached, case.choose_by)
        for case, reached in zip(found, contact.contacts(conn, found), strict=True)
        if case.choose_by is not None
    ]
    cases.contact_checked(conn, checked, now)
    notes = [
        cases.Entry(case.id, ContactChecked(outcome=one.outcome, line=one.line, fault=one.fault))
        for case, one, _ in checked
    ]
    cases.note(conn, notes, now)
