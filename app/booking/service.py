"""Verbs on bookings. They run inside the caller's transaction, with the case locked by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.booking import offer, refusals, rules, store, waiting
from app.booking import places_store as places
from app.booking.choosing import Booked, choose
from app.booking.ending import at_close, lock_ahead, miss, settle
from app.booking.invitation import calendar
from app.booking.leaving import Leave
from app.booking.offer import Options, options
from app.booking.rows import (
    Booking,
    BookingKind,
    BookingState,
    ChosenBy,
    PickupPoint,
    Slot,
    WayBack,
)
from app.cases import service as cases
from app.cases.model import Case
from app.chain import policy
from app.db.connection import Connection, again_after_deadlock, transaction
from app.errors import Problem

__all__ = [
    "Booked",
    "Booking",
    "BookingKind",
    "BookingState",
    "ChosenBy",
    "Kept",
    "Options",
    "PickupPoint",
    "Slot",
    "WayBack",
    "at_close",
    "calendar",
    "choose",
    "choose_default",
    "choose_for",
    "chosen_in_vain",
    "lock_ahead",
    "miss",
    "next_place",
    "options",
    "settle",
    "standing",
    "wait",
]

_OURS = 2
"""So many times we choose for a silent customer what is not to be had."""


class Kept(NamedTuple):
    """What is kept for a customer who waits, and until when; None while nothing is."""

    slot: Slot | None
    until: datetime | None


@again_after_deadlock
def choose_for(
    case_id: int, choice: str, actor: str, now: datetime, leave: Leave | None = None
) -> Booking:
    """Let somebody of the depot book for a customer who told them what they want.

    Without a `choice` a delivery is left with somebody, or somewhere; see `leave_with`.

    Raises:
        Problem: what `choose` refuses, and 404 for no such case.
    """
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        if case is None:
            raise Problem(404, "no_such_case", f"There is no case {case_id}.")
        by = ChosenBy.DISPATCHER
        if not choice and leave is not None:
            return leave_with(conn, case, leave, by, now, actor=actor).booking
        return choose(conn, case, choice, by, now, actor=actor, leave=leave).booking


def leave_with(
    conn: Connection, case: Case, leave: Leave, by: ChosenBy, now: datetime, *, actor: str = ""
) -> Booked:
    """Let the delivery that stands, or else the next one, be left with somebody or somewhere.

    Raises:
        Problem: what `choose` refuses.
    """
    refusals.refuse_over(case)
    held = standing(conn, case.id)
    if held and held.slot_id is not None:
        return choose(conn, case, held.choice, by, now, actor=actor, leave=leave)
    slots = options(conn, case, now).slots
    if not slots:
        raise refusals.nothing_offered(case)
    return choose(conn, case, slots[0].choice, by, now, actor=actor, leave=leave)


def brings_to(conn: Connection, case: Case, leave: Leave, now: datetime) -> bool:
    """Whether the delivery that stands, or the next one, can be brought there as things are."""
    if case.closed or case.aside or not case.deliverable:
        return False
    of = offer.know(conn, case, now)
    if of.stands and (of.stands.slot_id is None or of.stands.cutoff_at <= now):
        return False
    there = offer.may_leave(case, of, leave)
    return there and bool(of.stands or options(conn, case, now, of).slots)


def choose_default(conn: Connection, case: Case, now: datetime) -> Booked | None:
    """Book what the policy wants for a silent customer, else the other kind.

    What stands already is left alone. None when nothing can be booked.
    """
    held = standing(conn, case.id)
    if held:
        return Booked(case, held)
    offered = options(conn, case, now)
    certain = rules.certain_from(now, case.depot.zone)
    kinds: list[list[Slot] | list[PickupPoint]] = [offered.slots, offered.pickup_points]
    if policy.get(conn, case.policy_id).body["default"] == BookingKind.PICKUP:
        kinds.reverse()
    for places_of_kind in kinds:
        left: list[Slot | PickupPoint] = list(places_of_kind)
        while (place := rules.default_choice(left, case.return_by, certain)) is not None:
            try:
                # A refused try lets go of its locks, so that the next one waits in order.
                with conn.transaction():
                    return choose(conn, case, place.choice, ChosenBy.POLICY, now)
            except Problem:
                left.remove(place)
    return None


def chosen_in_vain(conn: Connection, case_id: int) -> bool:
    """Whether what we chose for a silent customer was not to be had so often that it is no use."""
    return store.refused_of_ours(conn, case_id) >= _OURS


def wait(case_id: int, now: datetime) -> None:
    """Let a case's customer be told when a place becomes free, where all are taken.

    Raises:
        Problem: what `waiting.begin` refuses, and 404 for no such case.
    """
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        if case is None:
            raise Problem(404, "no_such_case", f"There is no case {case_id}.")
        waiting.begin(conn, case, now)


def next_place(conn: Connection, case: Case, now: datetime) -> Kept | None:
    """What a waiting customer is offered now; None when they wait no longer.

    An offer that was not taken in time goes to the next who waits, and ends the wait.
    """
    wait = waiting.lock(conn, case.id)
    if wait is None:
        return None
    passed = wait.offered_until is not None and wait.offered_until <= now
    if case.booked or not case.deliverable or passed:
        waiting.end(conn, case, wait, now)
        return None
    if wait.slot_id is None:
        for slot in offer.with_room(conn, case, now):
            if waiting.offer(conn, case, slot, now) in {None, case.id}:
                break
        wait = waiting.of_case(conn, case.id) or wait
    if wait.slot_id is None or wait.offered_until is None:
        return Kept(None, None)
    return Kept(places.slot(conn, case, wait.slot_id), wait.offered_until)


def standing(conn: Connection, case_id: int) -> Booking | None:
    """The booking that stands for this case, if any."""
    return store.standing(conn, case_id)


def standings(conn: Connection, case_ids: Sequence[int]) -> dict[int, Booking]:
    """The bookings that stand for these cases, by case."""
    return store.standings(conn, case_ids)


def by_ids(conn: Connection, booking_ids: Sequence[int]) -> dict[int, Booking]:
    """Bookings by id, whether or not they stand."""
    return store.by_ids(conn, booking_ids)


def find(conn: Connection, booking_id: int) -> Booking | None:
    """A booking by id, whether or not it stands."""
    return store.find(conn, booking_id)


def latest(conn: Connection, case_id: int) -> Booking | None:
    """The newest booking of this case, whether or not it stands."""
    return store.latest(conn, case_id)


def last_return(conn: Connection, case_id: int) -> int | None:
    """The newest booking by which it was to go back, whether or not it stands."""
    return store.last_return(conn, case_id)


def confirm(conn: Connection, booking_id: int, by: str, now: datetime) -> bool:
    """Whoever carries it out said yes; False when it stands no longer, or was certain already."""
    return store.confirm(conn, booking_id, by, now)
