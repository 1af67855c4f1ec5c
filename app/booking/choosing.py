"""A choice is taken: something is booked, instead of what was booked before."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from app.booking import offer, refusals, store, waiting, waits_store
from app.booking import places_store as places
from app.booking.ending import HOURS, give_back, tell_of_return, tell_off
from app.booking.leaving import TO_ME, Leave
from app.booking.rows import (
    Booking,
    BookingKind,
    BookingState,
    ChosenBy,
    PickupPoint,
    Slot,
    WayBack,
)
from app.booking.sources import CHOOSE, FOLLOWS
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline import facts as timeline
from app.chain import policy
from app.chain import service as chain
from app.chain.step import WARN_OF_FEW
from app.db.connection import Connection
from app.locality import quiet
from app.promises import service as promises
from app.promises.service import Wanted

_CHOICE = re.compile(r"(slot|point):([0-9]{1,18})|(return)")
_Place: TypeAlias = Slot | PickupPoint | WayBack


class Booked(NamedTuple):
    """A booking that stands, and its case as it is then."""

    case: Case
    booking: Booking


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
    """Book `slot:<id>`, `point:<id>` or `return`, instead of what was booked before, if anything.

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
    kind, number = match[1] or match[3], int(match[2] or 0)
    wanted = f"{kind}:{number}" if match[1] else kind
    of = offer.know_of(conn, case, kind, number, now)
    held = of.stands
    leave = _leave(case, kind, leave, of)
    same = held is not None and held.choice == wanted
    if held and same and leave == held.leave:
        return Booked(case, held)
    if held and held.cutoff_at <= now:
        raise refusals.too_late_to_change(held)
    place = _place(case, kind, number, now, of)
    if held:
        places.lock_places(conn, [held, place])
    kept = bool(of.wait and of.wait.slot_id and place.choice == f"slot:{of.wait.slot_id}")
    if not kept and not same and not places.take(conn, place, now):
        raise refusals.slot_full(place.choice)
    waiting.end(conn, case, of.wait, now, used=number if kept else None)
    if not same:
        _warn(conn, case, place, now)
    if held:
        _end_former(conn, case, held, by, now, same=same)
    return _book(conn, case, place, leave, by, now, actor=actor or by, instead_of=held)


def _place(case: Case, kind: str, number: int, now: datetime, of: offer.Known) -> _Place:
    match kind:
        case "slot":
            return offer.slot(case, number, now, of)
        case "point":
            return offer.pickup_point(case, number, now, of)
    back = offer.way_back(case, of, now)
    if back is None:
        raise refusals.no_such_option(BookingKind.RETURN)
    return back


def _end_former(
    conn: Connection, case: Case, held: Booking, by: ChosenBy, now: datetime, *, same: bool
) -> None:
    """Something else is booked instead; its place is free unless it is the `same` one."""
    store.end(conn, [held.id], BookingState.CHANGED, now)
    promises.release(conn, [case.id], HOURS, by, now, held.id)
    if not same:
        give_back(conn, case, held, now)
    tell_off(conn, case, held, now)
    tell_of_return(conn, case, held, now)


def _leave(case: Case, kind: str, leave: Leave | None, of: offer.Known) -> Leave:
    """Whom a delivery is left with: as it is said, else as it was before."""
    if kind != "slot":
        return TO_ME
    if leave is None:
        leave = of.stands.leave if of.stands else TO_ME
        return leave if offer.may_leave(case, of, leave) else TO_ME
    if not offer.may_leave(case, of, leave):
        raise refusals.no_such_option(leave.leaving)
    return leave


def _warn(conn: Connection, case: Case, place: _Place, now: datetime) -> None:
    """Let whoever is in charge know when a day is nearly full; before its last place goes."""
    few = policy.get(conn, case.policy_id).body["few_places"]
    if not few or not isinstance(place, Slot):
        return
    left, total = waits_store.left_that_day(conn, place, case.depot.zone)
    if left == min(few, total - 1):
        data = {"day": place.starts_at.isoformat(), "left": left}
        chain.arm(conn, [chain.NewStep(case.id, WARN_OF_FEW, now, data)])


def _book(
    conn: Connection,
    case: Case,
    place: _Place,
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
    chain.follow(conn, [chain.Happened(case, CHOOSE, FOLLOWS[booking.kind])], now)
    tell_of_return(conn, case, booking, now)
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
