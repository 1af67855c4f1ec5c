"""A number that no text message reaches, as its carrier says: it is called from then on.

Some plans, such as North America's, do not tell a landline from a mobile by its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import ContactChecked
from app.chain import policy
from app.channels import bounces_store, customer, refusals_store, store
from app.channels.states import NotSent
from app.channels.store import Message
from app.contact import steps as contact
from app.db.connection import Connection, after_commit, transaction
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
    others = sorted(set(with_it) - {case.id})
    after_commit(partial(_called_too, others, message.recipient, now))
    case = _called_from_now(conn, case, message.recipient, now)
    left = [(way["channel"], way["recipient"]) for way in message.fallback_routes]
    left.append(("voice", message.recipient))
    ways = [way for way in customer.routes(case, message.topic) if way in left]
    # a telephone in the night wakes everybody, whatever was asked for
    night = case.quiet_hours(policy.get(conn, case.policy_id).body["quiet_hours"])
    return replace(message, fallback_routes=store.reroute(conn, message.id, ways, night))


def _called_too(others: Sequence[int], number: str, now: datetime) -> None:
    """The same for the other cases of this number, each locked by itself.

    Where this is cut off, the next text message about such a case meets the landline again.
    """
    for case_id in others:
        with transaction() as conn:
            case = cases.lock(conn, case_id)
            if case is not None:
                _called_from_now(conn, case, number, now)


def _called_from_now(conn: Connection, case: Case, number: str, now: datetime) -> Case:
    """Whose number it is, is called; what said that they can be texted is not true any more."""
    if case.contact_phone != number or case.choose_by is None:
        return case
    (found,) = contact.contacts(conn, [case])
    note = ContactChecked(outcome=found.outcome, line=found.line, fault=found.fault)
    cases.note(conn, [cases.Entry(case.id, note)], now)
    (after,) = cases.contact_checked(conn, [(case, found, case.choose_by)], now)
    return after
