"""Somebody says that a parcel is not theirs, and somebody else may say that it is after all."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from app.access import links
from app.access.own_pages import Opened
from app.alerts import store as alerts
from app.cases import service as cases
from app.cases import speech
from app.cases.model import Case
from app.cases.timeline.facts import Note
from app.cases.timeline.kinds import Actor, Visibility
from app.chain import service as chain
from app.channels import service as channels
from app.channels.service import Route
from app.contact.service import country
from app.contact.steps import contacts
from app.customer import notices
from app.customer.delegates import store as delegates
from app.customer.wrong import rules, store
from app.customer.wrong.store import Wrong
from app.db.connection import Connection, transaction
from app.errors import Problem
from app.languages.language import mark
from app.promises import service as promises
from app.shipments import reachable
from app.shipments import store as shipments
from app.shipments.sources import SUPPLY_CONTACT, Supplied

MINE = "mine"
"""The purpose of the link that takes it back, and the topic of the message with it."""
_ALERT = "wrong_contacts"
_WHY = "not_theirs"
_NOT_THEIRS = mark("Whoever reads our messages says that the parcel is not theirs.")
_THEIRS = mark("The number is the recipient’s after all.")
_MOST_A_DAY = 2
_A_DAY = timedelta(days=1)


def say(case_id: int, now: datetime) -> None:
    """Whoever reads our messages about this parcel says on their page that it is not theirs.

    Raises:
        Problem: 404 no such case.
    """
    with transaction() as conn:
        shipments.lock_of_case(conn, case_id)
        case = _lock(conn, case_id)
        said(conn, case, reached(conn, case), now)


def reached(conn: Connection, case: Case) -> list[str]:
    """The numbers and addresses at which this case was written about; else where it would be."""
    return store.reached(conn, case) or [way for _, way in notices.routes(case)]


def said(conn: Connection, case: Case, contacts: Sequence[str], now: datetime) -> Wrong:
    """Whoever has these contacts is not the recipient; the parcel and its case are locked.

    The link ends at once, whatever else comes of it. Where many say so at once, a person decides
    whether the number is left alone.
    """
    spellings = _spellings(case, contacts)
    held = store.lately(conn, case, now - rules.WITHIN).too_many
    wrong = store.insert(conn, case, contacts, spellings, "held" if held else "stopped", now)
    case = cases.page_key_renewed(conn, case, secrets.token_bytes(8), now)
    delegates.revoke(conn, case.id, now)
    _note(conn, case, _NOT_THEIRS, now)
    if held:
        facts = {"case_id": case.id, "shipper": case.shipper.name}
        alerts.begin(
            conn,
            _ALERT,
            f"shipper {case.shipper_id}",
            facts,
            now,
            shipper_id=case.shipper_id,
            account_id=case.account_id,
        )
    else:
        _stop(conn, case, spellings, now)
    return wrong


def decide(case_id: int, by: str, now: datetime, *, theirs: bool) -> None:
    """Somebody at the depot knows whether the number is the recipient's after all.

    Raises:
        Problem: 404 no such case; 409 nobody says that it is not.
    """
    with transaction() as conn:
        shipments.lock_of_case(conn, case_id)
        case = _lock(conn, case_id)
        wrong = store.latest(conn, case.id)
        if wrong is None:
            raise Problem(409, "not_said_wrong", "Nobody says that the number is wrong.")
        alerts.end(conn, _ALERT, f"shipper {case.shipper_id}", now)
        if theirs:
            _undo(conn, case, wrong, by, now)
        elif wrong.state == "held":
            store.become(conn, wrong.id, "stopped", by, now)
            _stop(conn, case, wrong.spellings, now)


def ask_back(opened: Opened, now: datetime) -> None:
    """Who pressed it by mistake gets a link to take it back, on the contact that it was said of.

    Nobody else learns whether there was one.
    """
    with transaction() as conn:
        case = cases.lock(conn, opened.case_id)
        wrong = store.of_link(conn, opened.case_id, opened.key)
        if case is None or wrong is None:
            return
        sent = [
            message
            for message in channels.for_case(conn, case.id)
            if message["topic"] == MINE and message["created_at"] > now - _A_DAY
        ]
        if len(sent) >= _MOST_A_DAY:
            return
        say, url = speech.about(case), links.url(MINE, wrong.id)
        draft = channels.Draft(
            case_id=case.id,
            audience="customer",
            topic=MINE,
            idempotency_key=f"case-{case.id}:{MINE}:{now.isoformat()}",
            routes=[Route(_channel(way), way) for way in sorted(wrong.contacts)],
            subject=say("Is this parcel yours after all?"),
            text=say("If a parcel from {shipper} is yours after all, say so here: {url}", url=url),
            needs_case="any",
            language=speech.of(case).code,
            request_id=case.request_id,
        )
        channels.enqueue(conn, [draft], now)


def take_back(wrong_id: int, now: datetime) -> Case:
    """The parcel is theirs after all, says who has the contact that it was said of.

    Raises:
        Problem: 404 there is nothing to take back.
    """
    with transaction() as conn:
        wrong = store.find(conn, wrong_id)
        if wrong is None:
            raise Problem(404, "unknown_link", "This link is not known.")
        shipments.lock_of_case(conn, wrong.case_id)
        undo(conn, _lock(conn, wrong.case_id), wrong_id, now)
        return _lock(conn, wrong.case_id)


def undo(conn: Connection, case: Case, wrong_id: int, now: datetime) -> bool:
    """The same with the parcel and its case locked; False where somebody was here before."""
    wrong = store.find(conn, wrong_id)
    if wrong is None or wrong.state == "undone":
        return False
    _undo(conn, case, wrong, Actor.CUSTOMER, now)
    return True


def _stop(conn: Connection, case: Case, spellings: list[str], now: datetime) -> None:
    """Leave these alone for this parcel; what else reaches the recipient is used, or asked for."""
    shipments.mark_not_theirs(conn, case.shipment_id, spellings, now, theirs=False)
    channels.withdraw(conn, case.id, None, _WHY, now, audience="customer")
    if case.closed:
        return
    case = _reached_by(conn, case, now)
    if notices.routes(case):
        chain.follow(conn, [chain.Happened(case, SUPPLY_CONTACT, Supplied.SUPPLIED)], now)
        return
    promises.release(conn, [case.id], [promises.Kind.NEWS, promises.Kind.CALL], _WHY, now)
    asks = chain.NewStep(case.id, "request_contact", now, {})
    chain.arm(conn, [asks])


def _undo(conn: Connection, case: Case, wrong: Wrong, by: str, now: datetime) -> None:
    store.become(conn, wrong.id, "undone", by, now)
    _note(conn, case, _THEIRS, now, by)
    if wrong.state == "held":
        return
    shipments.mark_not_theirs(conn, case.shipment_id, wrong.spellings, now, theirs=True)
    if not case.closed:
        case = _reached_by(conn, _lock(conn, case.id), now)
        chain.follow(conn, [chain.Happened(case, SUPPLY_CONTACT, Supplied.SUPPLIED)], now)


def _reached_by(conn: Connection, case: Case, now: datetime) -> Case:
    """Find out anew how the recipient can be reached."""
    case = _lock(conn, case.id)
    (contact,) = contacts(conn, [case])
    return cases.contact_checked(conn, [(case, contact, case.choose_by or now)], now)[0]


def _spellings(case: Case, contacts: Sequence[str]) -> list[str]:
    """These contacts, and how courier and order write them."""
    phones = [
        written
        for written in case.parcel.phones
        if reachable.check_number(written, country(case)).e164 in contacts
    ]
    emails = [
        written for written in case.parcel.emails if reachable.check_email(written) in contacts
    ]
    return list(dict.fromkeys([*contacts, *phones, *emails]))


def _channel(way: str) -> str:
    return "email" if "@" in way else "sms"


def _note(conn: Connection, case: Case, text: str, now: datetime, by: str = Actor.REKNOCK) -> None:
    said = Note(text=text, visibility=Visibility.SHIPPER)
    cases.note(conn, [cases.Entry(case.id, said, by)], now)


def _lock(conn: Connection, case_id: int) -> Case:
    case = cases.lock(conn, case_id)
    if case is None:
        raise Problem(404, "no_such_case", "There is no such case.")
    return case
