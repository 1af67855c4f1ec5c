"""Verbs on gestures. In the caller's transaction, with their cases locked by it.

An amount is taken of the budget, and a code of the list, in the transaction that makes the gesture;
what cannot be had is given back by rolling that part back. Nothing is told before it is firm.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import structlog

from app.access import vault
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import GestureAsked, GestureEnded, GestureMade
from app.chain import service as chain
from app.db.connection import Connection
from app.errors import Problem
from app.gestures import codes_store, keys, rules, store
from app.gestures.model import Gesture, Gift, Kind, Made, Rules, State, Why, Would
from app.gestures.rules import Granted, Not
from app.gestures.sources import GESTURE, Became
from app.languages.language import mark
from app.languages.sentence import sentence
from app.promises import service as promises
from app.promises.service import State as Settled

log = structlog.get_logger(__name__)

_CODE_GOOD_FOR = timedelta(days=14)
"""A code that is about to expire is no gift."""


_OVER = {
    State.MADE: mark("It was granted already, by {who}."),
    State.REFUSED: mark("It was refused already, by {who}."),
    State.LAPSED: mark("It is too late: nobody answered in time, so it is not given."),
}


class _Refused(Exception):
    """It cannot be had after all: what was taken for it is given back."""

    def __init__(self, why: Not) -> None:
        super().__init__(why)
        self.why = why


def hold(conn: Connection, about: Sequence[Case]) -> None:
    """Lock the customers of these cases, in one order for all, before anything is given to any."""
    store.hold_customers(conn, [(case.shipper_id, key) for case in about for key in keys.of(case)])


def give(conn: Connection, case: Case, why: Why, by: str, now: datetime) -> Gesture | Granted | Not:
    """Make the gesture that the shipper's rules have for this case, whose customer is held.

    Returns it; or when it is due; or why there is none. What a list of codes grants is firm at
    once, what the shipper's system has to grant is asked of it.
    """
    of_shipper, facts, granted = _decided(conn, case, why, now)
    if of_shipper is None or isinstance(granted, Not):
        return granted
    if granted.at > now:
        return granted
    since = facts.broken_at or now
    try:
        with conn.transaction():
            made = _reserve(conn, case, of_shipper, why, granted.amount, by, since, now)
    except _Refused as refused:
        log.info("gesture_not_made", case_id=case.id, why=refused.why)
        return refused.why
    log.info("gesture", case_id=case.id, gesture_id=made.id, state=made.state)
    _note(conn, case, made, by, now)
    return made


def would(conn: Connection, case: Case, now: datetime) -> Would | Not:
    """What somebody who decides it now would give, or why there is none. Nothing is taken."""
    of, _, granted = _decided(conn, case, Why.PERSON, now)
    if isinstance(granted, Not):
        return granted
    assert of is not None  # noqa: S101 - without rules nothing is granted
    amount = granted.amount
    if store.of_kind(conn, case.id, of.kind):
        return Not.ALREADY
    if _had_enough(conn, case, of, now):
        return Not.ENOUGH
    if of.granted_by == "codes":
        on = (now + _CODE_GOOD_FOR).date()
        best = codes_store.best(conn, case.shipper_id, of.currency, amount, on)
        if best is None:
            return Not.NO_CODE
        amount = best
    if store.spent(conn, case.shipper_id, month_of(now)) + amount > of.month:
        return Not.NO_BUDGET
    return Would(of.kind, amount, of.currency, asks=of.granted_by != "codes")


def _decided(
    conn: Connection, case: Case, why: Why, now: datetime
) -> tuple[Rules | None, rules.Facts, Granted | Not]:
    """The rules of a case's shipper, what they go by, and what they say."""
    of_shipper = store.rules(conn, [case.shipper_id]).get(case.shipper_id)
    broken = [one for one in promises.of_case(conn, case.id) if one.state is Settled.BROKEN]
    facts = rules.facts(case, why, cases.timeline(conn, case.id), broken)
    return of_shipper, facts, rules.decide(of_shipper, facts, now)


def _had_enough(conn: Connection, case: Case, of: Rules, now: datetime) -> bool:
    since = now - timedelta(days=of.days)
    return store.given(conn, case.shipper_id, keys.of(case), since) >= of.times


def _reserve(
    conn: Connection,
    case: Case,
    of: Rules,
    why: Why,
    most: int,
    by: str,
    since: datetime,
    now: datetime,
) -> Gesture:
    """Take the customer's turn, the code and the amount; all of it or nothing.

    Raises:
        _Refused: something cannot be had.
    """
    theirs, month = keys.of(case), month_of(now)
    if store.of_kind(conn, case.id, of.kind):
        raise _Refused(Not.ALREADY)
    if _had_enough(conn, case, of, now):
        raise _Refused(Not.ENOUGH)
    code, amount, state = None, most, State.ASKED
    if of.granted_by == "codes":
        valid_on = (now + _CODE_GOOD_FOR).date()
        code = codes_store.reserve(conn, case.shipper_id, of.currency, most, valid_on)
        if code is None:
            raise _Refused(Not.NO_CODE)
        amount, state = code.amount, State.MADE
    if not store.spend(conn, case.shipper_id, month, amount, of.month):
        raise _Refused(Not.NO_BUDGET)
    made = store.insert(
        conn,
        case.shipper_id,
        case.id,
        of.kind,
        why,
        state,
        amount,
        of.currency,
        month,
        theirs,
        since,
        now,
        by=by,
    )
    if made is None:
        raise _Refused(Not.ALREADY)
    if code:
        codes_store.use(conn, code.id, made.id)
        store.set_code(conn, made.id, code.code)
    return made


def ask_refund(conn: Connection, case: Case, by: str, now: datetime) -> Gesture | None:
    """Ask the shipper for the customer's money; it is of no budget, and the shipper's to decide.

    None when it was asked before.
    """
    terms = case.parcel.terms
    made = store.insert(
        conn,
        case.shipper_id,
        case.id,
        Kind.REFUND,
        Why.PERSON,
        State.ASKED,
        terms.get("value") or 0,
        terms.get("currency") or "",
        month_of(now),
        keys.of(case),
        now,
        now,
        by=by,
    )
    if made:
        _note(conn, case, made, by, now)
    return made


def settle(
    conn: Connection, gesture_id: int, state: State, by: str, now: datetime, *, code: str = ""
) -> Gesture:
    """A gesture that was asked for is granted, refused or too late; twice is once.

    Raises:
        Problem: 404 there is none; 409 it ended otherwise.
    """
    known = store.find(conn, gesture_id)
    case = cases.lock(conn, known.case_id) if known else None
    if known is None or case is None:
        raise Problem(404, "no_such_gesture", f"There is no gesture {gesture_id}.")
    sealed = vault.seal(code) if code else None
    settled = store.settle(conn, gesture_id, state, by, sealed, now)
    if settled is None:
        known = store.find(conn, gesture_id) or known
        if known.state is not state:
            why = sentence(_OVER[known.state], who=known.settled_by or "")
            raise Problem(409, "gesture_over", why)
        return known
    _note(conn, case, settled, by, now)
    return settled


def _note(conn: Connection, case: Case, gesture: Gesture, by: str, now: datetime) -> None:
    """Write down what became of it, and let the policy say what follows."""
    said: dict[str, Any] = {
        "gesture_id": gesture.id,
        "gesture": gesture.kind.value,
        "amount": gesture.amount,
        "currency": gesture.currency,
        "why": gesture.why,
    }
    match gesture.state:
        case State.ASKED:
            facts: GestureAsked | GestureMade | GestureEnded = GestureAsked(**said)
            became = Became.ASKED
        case State.MADE:
            facts, became = GestureMade(**said), Became.MADE
        case _:
            facts = GestureEnded(**said, how=gesture.state.value)
            became = Became.ENDED
    cases.note(conn, [cases.Entry(case.id, facts, by)], now)
    chain.follow(conn, [chain.Happened(case, GESTURE, became)], now)


def code_of(conn: Connection, gesture: Gesture) -> str:
    """The code of a gesture that is made, for its customer; empty where it needs none."""
    sealed = store.code(conn, gesture.id)
    return vault.unseal(sealed) if sealed else ""


def gift(made: Made) -> Gift:
    """What a customer was given, as they see it."""
    try:
        code = vault.unseal(made.code) if made.code else ""
    except vault.VaultLocked:
        code = ""  # the page says the rest all the same
    return Gift(made.kind, made.amount, made.currency, code)


def of_case(conn: Connection, case_id: int) -> list[Gesture]:
    """A case's gestures, oldest first."""
    return store.of_case(conn, case_id)


def month_of(now: datetime) -> date:
    """The month whose budget counts now."""
    return now.date().replace(day=1)
