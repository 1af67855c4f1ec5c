"""Verbs of looking a contact up: the chain's step, the claim, the call and its record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from app import clock
from app.access import vault
from app.alerts import store as alerts
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import ContactLookedUp
from app.chain import service as chain
from app.contact import service as contact
from app.contact.lookup import call, rules, store
from app.contact.lookup.call import Answer, Failed, Found, Nothing
from app.contact.lookup.rules import BadAddress
from app.contact.lookup.store import Question
from app.contact.sources import LOOK_UP_CONTACT, LookedUp
from app.db.connection import Connection, transaction
from app.shipments import normal, reachable
from app.shipments import store as shipments

log = structlog.get_logger(__name__)

_EACH = 2  # calls at once to one shipper
_LATE = timedelta(minutes=1)  # the step's own deadline comes after that of the look-up


def claim(conn: Connection, now: datetime, lease: timedelta, room: int) -> list[tuple[int, int]]:
    """Claim due look-ups, no more than can be asked at once: `(lookup_id, attempt)`, for `ask`."""
    return store.claim(conn, now, _EACH, room, lease)


def ask(lookup_id: int, attempt: int) -> str:
    """Ask if the look-up still is what the task message says; what came of it, in one word.

    found, nothing, failed, again (later), waiting (the address is left alone for a while),
    dropped (nobody needs it any more) or stale. Never call it inside a transaction.

    Raises:
        psycopg.OperationalError: the database is away; the lease brings it back.
    """
    with transaction() as conn:
        question = store.lock(conn, lookup_id, attempt)
        if question is None:
            return "stale"
        ready = _prepare(conn, question, clock.now())
    if isinstance(ready, str):
        return _log(question, ready, None)
    called = isinstance(ready, _Call)
    answer = call.ask(*ready, question.request_id) if isinstance(ready, _Call) else ready
    with transaction() as conn:
        outcome = _record(conn, question, answer, clock.now())
        if called:
            _judge(conn, question, answer, clock.now())
    return outcome


class _Call(NamedTuple):
    address: str
    token: str | None


def _prepare(conn: Connection, question: Question, now: datetime) -> _Call | Answer | str:
    """Look once more: what to call, an answer that needs no call, or why there is none now."""
    if not question.wanted or not question.url:
        store.finish(conn, question.id, "dropped", None, now)
        return "dropped"
    try:
        address = rules.fill(question.url, question.tracking_number, question.order_ref)
        token = vault.unseal(question.token) if question.token else None
    except BadAddress as error:
        return Nothing(str(error))
    except vault.VaultLocked:
        return Failed("vault_locked", temporary=False)
    circuit = store.circuit(conn, question.shipper_id)
    until = rules.wait(circuit, now)
    if until is None:
        store.calling(conn, question.id)
        if circuit.open_until:
            store.set_circuit(conn, question.shipper_id, rules.probing(circuit, now))
        return _Call(address, token)
    if until >= question.give_up_at:
        return Failed("left_alone", temporary=False)
    store.again(conn, question.id, until, "left_alone")
    return "waiting"


def _record(conn: Connection, question: Question, answer: Answer, now: datetime) -> str:
    """What came of it, in one transaction with all that follows."""
    shipments.lock_of_case(conn, question.case_id)
    case = cases.lock(conn, question.case_id)
    still = store.lock(conn, question.id, question.attempt)
    if case is None or still is None:
        return _log(question, "stale", answer)
    if case.closed or not still.wanted:
        store.finish(conn, question.id, "dropped", None, now)
        return _log(question, "dropped", answer)
    if isinstance(answer, Found):
        return _log(question, _found(conn, question, case, answer, now), answer)
    if isinstance(answer, Failed) and answer.temporary:
        at = rules.again_at(still.tries, now, question.give_up_at)
        if at is not None:
            store.again(conn, question.id, at, answer.why)
            return _log(question, "again", answer)
    state = LookedUp.NOTHING if isinstance(answer, Nothing) else LookedUp.FAILED
    _over(conn, question, case, state, answer.why, now)
    return _log(question, state, answer)


def _found(conn: Connection, question: Question, case: Case, found: Found, now: datetime) -> str:
    """Take what was found as if the shipper had supplied it; nothing of it may be usable."""
    country = (case.parcel.address or {}).get("country") or case.shipper.country
    number = reachable.check_number(found.phone, country)
    news = number.fault is None or (number.callable and not case.call_only)
    phone = number.full if news else ""
    email = reachable.check_email(found.email) or ""
    if not phone and not email:
        why = number.fault if found.phone else "not_an_address"
        _over(conn, question, case, LookedUp.NOTHING, why or "not_an_address", now)
        return "nothing"
    store.finish(conn, question.id, "found", None, now)
    store.say(conn, case.shipment_id, found.name, normal.language(found.language))
    note(conn, [case.id], "found", None, now)
    chain.drop(conn, case.id, LOOK_UP_CONTACT.name)
    contact.take(conn, case, phone, email, "shipper look-up", now)
    return "found"


def _over(
    conn: Connection, question: Question, case: Case, state: LookedUp, why: str, now: datetime
) -> None:
    store.finish(conn, question.id, state, why, now)
    note(conn, [case.id], state, why, now)
    asked = [chain.Happened(case, LOOK_UP_CONTACT, state)]
    chain.follow(conn, asked, now, drop=[(case.id, LOOK_UP_CONTACT.name)])


def _judge(conn: Connection, question: Question, answer: Answer, now: datetime) -> None:
    """Let the circuit know how the call went; an operator hears when it opens."""
    circuit = store.circuit(conn, question.shipper_id)
    if not isinstance(answer, Failed):
        if circuit.failures:
            store.set_circuit(conn, question.shipper_id, rules.CLOSED)
            alerts.end(conn, "lookup_down", question.shipper, now)
        return
    after = rules.failed(circuit, now)
    store.set_circuit(conn, question.shipper_id, after)
    if after.open_until:
        alerts.begin(
            conn,
            "lookup_down",
            question.shipper,
            {"why": answer.why, "failures": after.failures},
            now,
            shipper_id=question.shipper_id,
        )


def note(
    conn: Connection, case_ids: Sequence[int], outcome: str, why: str | None, now: datetime
) -> None:
    """Write into the cases' timelines what came of looking their contacts up."""
    facts = ContactLookedUp(outcome=outcome, why=why)
    cases.note(conn, [cases.Entry(case_id, facts) for case_id in case_ids], now)


def _log(question: Question, outcome: str, answer: Answer | None) -> str:
    log.info(
        "lookup",
        lookup_id=question.id,
        case_id=question.case_id,
        request_id=question.request_id,
        outcome=outcome,
        why=getattr(answer, "why", None),
    )
    return outcome


def set_address(
    conn: Connection, slug: str, url: str | None, token: str | None, now: datetime
) -> None:
    """Say where a shipper's own system is asked for contacts; None: nowhere.

    Raises:
        BadAddress: it can never be called.
    """
    if url is not None:
        rules.check_address(url)
    store.set_address(conn, slug, url, vault.seal(token) if token else None)
    alerts.end(conn, "lookup_down", slug, now)
