"""Verbs on those who may choose for a customer. Each is one transaction."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from app.booking import refusals
from app.booking import service as booking
from app.cases import service as cases
from app.cases import speech
from app.cases.model import Case
from app.cases.timeline.facts import Note
from app.cases.timeline.kinds import Visibility
from app.chain import policy
from app.customer.delegates import store
from app.customer.delegates.store import Delegate
from app.db.connection import Connection, again_after_deadlock, transaction
from app.errors import Problem
from app.handover import service as handover

LASTS = timedelta(days=7)
MOST = 3
"""So many may choose for one customer at a time."""
_LONGEST = 60


def ask(case_id: int, name: str, now: datetime) -> str:
    """Let somebody choose for the customer; the token of their link, which is not kept.

    Raises:
        Problem: 404 no such case; 409 the case is closed, or enough may choose; 422 no name.
    """
    name = " ".join(name.split())[:_LONGEST]
    if not name:
        raise Problem(422, "nobody_named", "Say who it is, so that you see who chose.")
    with transaction() as conn:
        case = _lock(conn, case_id)
        if case.closed:
            raise Problem(409, "case_closed", "There is nothing left to do here: this is closed.")
        if len(store.OF_CASE.read(conn, case=case_id, now=now)) >= MOST:
            raise Problem(409, "enough_delegates", "Three people may choose for you already.")
        token = secrets.token_urlsafe(18)
        store.insert(conn, case_id, name, digest(token), now + LASTS, now)
        return token


def take_back(case_id: int, delegate_id: int, now: datetime) -> None:
    """Somebody may choose no more; doing it twice is once."""
    with transaction() as conn:
        store.revoke(conn, case_id, now, delegate_id)


def find(conn: Connection, token: str) -> Delegate:
    """Whose link this is.

    Raises:
        Problem: 404 nobody's.
    """
    found = store.by_hash(conn, digest(token))
    if found is None:
        raise Problem(404, "unknown_link", "This link is not known.")
    return found


@again_after_deadlock
def choose(token: str, choice: str, now: datetime) -> None:
    """Book what they chose; the story says who it was. Of several choices the last one counts.

    Raises:
        Problem: what `app.booking.service.choose` refuses; 404 an unknown link; 200 it has ended;
            422 nothing was chosen.
    """
    if not choice:
        raise Problem(422, "nothing_chosen", "Please choose one of these first.")
    with transaction() as conn:
        delegate = find(conn, token)
        case = _lock(conn, delegate.case_id)
        delegate = find(conn, token)  # it may have been taken back meanwhile
        if not delegate.may(now) or case.closed:
            raise Problem(200, "link_ended", "This link has ended.")
        if choice == booking.BookingKind.RETURN:  # what becomes of it is not for others to say
            raise refusals.no_such_option(choice)
        case, stands = booking.choose(conn, case, choice, booking.ChosenBy.CUSTOMER, now)
        handover.begin(conn, case, stands, policy.get(conn, case.policy_id), now)
        say = speech.about(case)
        text = say("{name} chose this for you.", name=delegate.name)
        by_whom = Note(text=text, visibility=Visibility.CUSTOMER)
        cases.note(conn, [cases.Entry(case.id, by_whom, delegate.name)], now)


def digest(token: str) -> bytes:
    """What is kept of a link."""
    return hashlib.sha256(token.encode()).digest()


def _lock(conn: Connection, case_id: int) -> Case:
    case = cases.lock(conn, case_id)
    if case is None:
        raise Problem(404, "no_such_case", "There is no such case.")
    return case
