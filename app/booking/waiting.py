"""Waiting for a place, where a depot has none left: in order, and one is told at a time.

Whoever waits longest is offered what becomes free; the offer takes the place and keeps it for them
a while, so that it is there when they choose it. Verbs run with the case locked by the caller.
"""

from __future__ import annotations

from datetime import datetime

from app.booking import places_store as places
from app.booking import refusals, waits_store
from app.booking.rows import Slot
from app.booking.waits_store import Wait
from app.cases.model import Case
from app.chain import policy
from app.chain import service as chain
from app.chain.step import WAIT_FOR_PLACE
from app.db.connection import Connection


def begin(conn: Connection, case: Case, now: datetime) -> None:
    """Let the case's customer be told when a place becomes free; a second time changes nothing.

    Raises:
        Problem: 409 the case is over, set aside or booked, or there is nothing to bring again.
    """
    if case.closed:
        raise refusals.case_closed(case)
    if case.aside:
        raise refusals.set_aside()
    if case.booked or not case.deliverable:
        raise refusals.not_offered(case)
    if waits_store.begin(conn, case.id, case.depot_id, now):
        step = chain.NewStep(case.id, WAIT_FOR_PLACE, now, {})
        chain.arm(conn, [step])


def of_case(conn: Connection, case_id: int) -> Wait | None:
    """What the customer waits for, if they do."""
    return waits_store.of_case(conn, case_id)


def lock(conn: Connection, case_id: int) -> Wait | None:
    """The same, held until the transaction ends."""
    return waits_store.lock(conn, case_id)


def ahead(conn: Connection, wait: Wait) -> int:
    """How many wait longer."""
    return waits_store.ahead(conn, wait)


def end(
    conn: Connection, case: Case, wait: Wait | None, now: datetime, *, used: int | None = None
) -> None:
    """The customer waits no longer; what was kept for them, and is not `used`, goes on."""
    if wait is None:
        return
    kept = waits_store.end(conn, case.id)  # an offer may have come since the wait was read
    chain.drop(conn, case.id, WAIT_FOR_PLACE)
    if kept is not None and kept != used:
        _give_on(conn, case, kept, now)


def freed(conn: Connection, case: Case, slot_id: int, now: datetime) -> None:
    """A place became free: whoever waits longest gets the offer, before anybody else sees it."""
    slot = places.slot(conn, case, slot_id)
    if slot is not None and slot.cutoff_at > now:
        offer(conn, case, slot, now)


def offer(conn: Connection, case: Case, slot: Slot, now: datetime) -> int | None:
    """Offer a slot that has room to whoever waits longest; their case, if there is one."""
    waiting = waits_store.longest(conn, slot)
    if waiting is None or not places.take(conn, slot, now):
        return None
    kept = policy.get(conn, case.policy_id).seconds("place_kept")
    waits_store.offer(conn, waiting, slot.id, min(now + kept, slot.cutoff_at))
    chain.hasten_elsewhere(conn, waiting, WAIT_FOR_PLACE, now)
    return waiting


def _give_on(conn: Connection, case: Case, slot_id: int, now: datetime) -> None:
    places.give_back_slot(conn, slot_id)
    freed(conn, case, slot_id, now)
