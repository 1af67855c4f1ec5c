"""Verbs on bookings. They run inside the caller's transaction, with the case locked by it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.booking import offer, refusals, rules, store, waiting, waits_store
from app.booking import places_store as places
from app.booking.ending import HOURS, give_back, lock_ahead, miss, settle, tell_off
from app.booking.invitation import calendar
from app.booking.leaving import TO_ME, Leave
from app.booking.offer import Options, options
from app.booking.rows import (
    Booking,
    BookingKind,
    BookingState,
    ChosenBy,
    PickupPoint,
    Slot,
)
from app.booking.sources import CHOOSE, Chosen
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline import facts as timeline
from app.chain import policy
from app.chain import service as chain
from app.chain.step import WARN_OF_FEW
from app.db.connection import Connection, again_after_deadlock, transaction
from app.errors import Problem
from app.locality import quiet
from app.promises import service as promises
from app.promises.service import Wanted

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

_CHOICE = re.compile(r"(slot|point):([0-9]{1,18})")
_OURS = 2
"""So many times we choose for a silent customer what is not to be had."""


class Booked(NamedTuple):
    """A booking that stands, and its case as it is then."""

    case: Case
    booking: Booking


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


def choose(
    conn: Connection,
    case: Case,
    choice: str,
    by: ChosenBy,
    now: datetime,
    *,
    actor: str = "",
    leave: Leave | None = None,
) -> Booked:
    """Book `slot:<id>` or `point:<id>`, instead of what was booked before, if anything.

    Choosing what is booked already changes nothing. Nothing is written when it is refused.
    `actor` is who did it, where that is somebody by name. A delivery is left as `leave` says;
    with None as was said before.

    Raises:
        Problem: case_closed, set_aside, not_offered, no_such_option, too_late_to_change,
            cutoff_passed, slot_full; see `refusals`.
    """
    refusals.refuse_over(case)
    match = _CHOICE.fullmatch(choice)
    if match is None:
        raise refusals.no_such_option(choice)
    kind, number = match[1], int(match[2])
    of = offer.know(conn, case, now)
    held = of.stands
    leave = _leave(case, kind, leave, of)
    same = held is not None and held.choice == f"{kind}:{number}"
    if held and same and leave == held.leave:
        return Booked(case, held)
    if held and held.cutoff_at <= now:
        raise refusals.too_late_to_change(held)
    place = (
        offer.slot(conn, case, number, now, of)
        if kind == "slot"
        else offer.pickup_point(case, number, now, of)
    )
    if held:
        places.lock_places(conn, [held, place])
    kept = bool(of.wait and of.wait.slot_id and place.choice == f"slot:{of.wait.slot_id}")
    if not kept and not same and not places.take(conn, place, now):
        raise refusals.slot_full(place)
    waiting.end(conn, case, of.wait, now, used=place.id if kept else None)
    if not same:
        _warn(conn, case, place, now)
    if held:
        _end_former(conn, case, held, by, now, same=same)
    return _book(conn, case, place, leave, by, now, actor=actor or by, instead_of=held)


def _end_former(
    conn: Connection, case: Case, held: Booking, by: ChosenBy, now: datetime, *, same: bool
) -> None:
    """Something else is booked instead; its place is free unless it is the `same` one."""
    store.end(conn, held.id, BookingState.CHANGED, now)
    promises.release(conn, [case.id], HOURS, by, now, held.id)
    if not same:
        give_back(conn, case, held, now)
    tell_off(conn, case, held, now)


def _leave(case: Case, kind: str, leave: Leave | None, of: offer.Known) -> Leave:
    """Whom a delivery is left with: as it is said, else as it was before."""
    if kind != "slot":
        return TO_ME
    if leave is None:
        leave = of.stands.leave if of.stands else TO_ME
        return leave if leave.leaving in offer.leaves(case, of) else TO_ME
    if leave != TO_ME and leave.leaving not in offer.leaves(case, of):
        raise refusals.no_such_option(leave.leaving)
    return leave


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


def confirm(conn: Connection, booking_id: int, by: str, now: datetime) -> bool:
    """Whoever carries it out said yes; False when it stands no longer, or was certain already."""
    return store.confirm(conn, booking_id, by, now)


def _warn(conn: Connection, case: Case, place: Slot | PickupPoint, now: datetime) -> None:
    """Let whoever is in charge know when a day is nearly full; before its last place goes."""
    few = policy.get(conn, case.policy_id).body["few_places"]
    if not few or isinstance(place, PickupPoint):
        return
    left, total = waits_store.left_that_day(conn, place, case.depot.zone)
    if left == min(few, total - 1):
        data = {"day": place.starts_at.isoformat(), "left": left}
        chain.arm(conn, [chain.NewStep(case.id, WARN_OF_FEW, now, data, case.request_id)])


def _book(
    conn: Connection,
    case: Case,
    place: Slot | PickupPoint,
    leave: Leave,
    by: ChosenBy,
    now: datetime,
    *,
    actor: str,
    instead_of: Booking | None,
) -> Booked:
    """Write the booking, what it means for the case, and let the chain follow."""
    booking = store.insert(conn, case, place, leave, by, now)
    known = policy.get(conn, case.policy_id)
    over = booking.ends_at + known.seconds("promise_grace")
    night = case.quiet_hours(known.body["quiet_hours"])
    read_by = quiet.read_by(over, known.seconds("news_margin"), night)
    _promise(conn, case, booking, over, read_by, now)
    case = cases.booked(conn, case, over, now)
    facts = (
        timeline.Rebooked(**facts_of(booking), instead_of=timeline.Booking(**facts_of(instead_of)))
        if instead_of
        else timeline.Booked(**facts_of(booking))
    )
    cases.note(conn, [cases.Entry(case.id, facts, actor)], now)
    chain.follow(conn, [chain.Happened(case, CHOOSE, Chosen(booking.kind))], now)
    return Booked(case, booking)


def _promise(
    conn: Connection,
    case: Case,
    booking: Booking,
    over: datetime,
    news_by: datetime,
    now: datetime,
) -> None:
    """The parcel is promised by the window's end, or ready to collect from then on.

    Whoever can be written to hears at last when the grace after it is over, and they are awake.
    """
    pickup = booking.kind is BookingKind.PICKUP
    hour = Wanted(
        case.id,
        promises.Kind.READY if pickup else promises.Kind.WINDOW,
        booking.starts_at if pickup else booking.ends_at,
        booking.id,
        over,
    )
    news = Wanted(case.id, promises.Kind.NEWS, news_by)
    told = bool(case.contact_phone or case.contact_email)
    promises.make(conn, [hour, news] if told else [hour], now, by="booked")


def facts_of(booking: Booking) -> dict[str, Any]:
    """What a timeline keeps of a booking."""
    return {
        "booking_id": booking.id,
        "kind": booking.kind,
        "place": booking.place,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "zone": booking.zone,
        "leaving": booking.leaving,
    }
