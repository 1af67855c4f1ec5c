"""How a booking ends: kept, dropped, refused, or not come true. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from app.booking import places_store as places
from app.booking import store, waiting, waits_store
from app.booking.missed import How, Missed, missed
from app.booking.rows import Booking, BookingKind, BookingState
from app.cases import service as cases
from app.cases.model import Case, Resolution
from app.chain import service as chain
from app.chain.step import TELL_OF_RETURN, TELL_OFF
from app.db.connection import Connection
from app.db.together import Reads, first, together
from app.promises import service as promises

HOURS = (promises.Kind.WINDOW, promises.Kind.READY)
"""The hours that a booking promises."""


class _End(NamedTuple):
    """A case, what stands booked for it, and what it waits for."""

    case: Case
    held: Booking | None
    wait: waits_store.Wait | None


_SETTLES: Reads = {"stands": store.STANDING, "wait": waits_store.OF_CASE}


def miss(conn: Connection, case: Case, now: datetime) -> Missed | None:
    """The time of what is booked is over, and it did not come true: how; None: nothing is booked.

    Its place was used up, unless it was a shelf. It is a new version of the invitation, as when
    it is dropped.
    """
    held = store.standing(conn, case.id)
    if held is None and not case.booked:
        return None
    how = missed(held, cases.timeline(conn, case.id))
    if held is not None:
        store.end(conn, [held.id], BookingState.BROKEN, now, revise=True, missed=how.how)
        _settle_missed(conn, held, how, now)
        if how.pickup:
            give_back(conn, case, held, now)
    return how


def at_close(conn: Connection, closed: Sequence[Case], now: datetime) -> None:
    """These cases are closed: what stands booked is kept, where that is how it ended, else dropped.

    A parcel that its customer sends back goes back, also when they have their money already.
    """
    ids = [case.id for case in closed]
    held, waits = store.standings(conn, ids), waits_store.of_cases(conn, ids)
    ends = [_End(case, held.get(case.id), waits.get(case.id)) for case in closed]
    kept = [end for end in ends if _came_true(end)]
    _settle(conn, kept, BookingState.KEPT, now)
    _settle(conn, [end for end in ends if end not in kept], BookingState.DROPPED, now)


def _came_true(end: _End) -> bool:
    arrived = end.case.resolution is not None and end.case.resolution.arrived
    if end.held and end.held.kind is BookingKind.RETURN:
        return not arrived and end.case.resolution is not Resolution.MISTAKE
    return arrived


def lock_ahead(conn: Connection, case_ids: Sequence[int]) -> None:
    """Call it before several of these locked cases are settled in one transaction.

    Somebody who wants two of their places at that moment would wait for it, and it for them.
    """
    if len(case_ids) > 1:
        places.lock_booked(conn, case_ids)


def settle(conn: Connection, case: Case, state: BookingState, now: datetime) -> Booking | None:
    """End the standing booking and return it as it is then; None when there was none.

    A slot's place is given back when the booking is dropped: a kept one was used up. A pickup
    point's place is a shelf, which is free again however it ended. A dropped booking is a new
    version of the invitation, ready to be withdrawn.
    """
    got = together(conn, _SETTLES, case=case.id)
    held: Booking | None = first(got["stands"])
    _settle(conn, [_End(case, held, first(got["wait"]))], state, now)
    revised = state is not BookingState.KEPT
    return replace(held, state=state, sequence=held.sequence + revised) if held else None


def _settle(conn: Connection, ends: Sequence[_End], state: BookingState, now: datetime) -> None:
    for end in ends:
        waiting.end(conn, end.case, end.wait, now)
    ending = [(end.case, end.held) for end in ends if end.held]
    if not ending:
        return
    revise = state is not BookingState.KEPT
    store.end(conn, [held.id for _, held in ending], state, now, revise=revise)
    for case, held in ending:
        _settle_hour(conn, held, state, now)
        if state is BookingState.DROPPED:
            tell_off(conn, case, held, now)
        if state in {BookingState.DROPPED, BookingState.REFUSED} or held.kind is BookingKind.PICKUP:
            give_back(conn, case, held, now)


def tell_off(conn: Connection, case: Case, held: Booking, now: datetime) -> None:
    """Let whoever confirmed it hear that it is off."""
    if held.confirmed_at:
        chain.arm(conn, [chain.NewStep(case.id, TELL_OFF, now, {})])


def tell_of_return(conn: Connection, case: Case, of: Booking, now: datetime) -> None:
    """Let the shipper hear that a parcel is wanted back, or no longer."""
    if of.kind is BookingKind.RETURN:
        chain.arm(conn, [chain.NewStep(case.id, TELL_OF_RETURN, now, {})])


def give_back(conn: Connection, case: Case, held: Booking, now: datetime) -> None:
    """Let somebody else have its place."""
    places.give_back(conn, held)
    if held.slot_id is not None:
        waiting.freed(conn, case, held.slot_id, now)


def _settle_hour(conn: Connection, held: Booking, state: BookingState, now: datetime) -> None:
    """What a booking that ends means for its hour; of one that was kept the delivery settles it."""
    if state is not BookingState.KEPT:
        promises.release(conn, [held.case_id], HOURS, state, now, held.id)


def _settle_missed(conn: Connection, held: Booking, missed: Missed, now: datetime) -> None:
    """The hour of what did not come true is broken only where somebody broke their word.

    A courier at a closed door kept it, unless they came too late; who came before anybody waited
    for them did neither. One that nobody gave was not broken, and that it was not confirmed has
    an hour of its own. A parcel that nobody collects was ready.
    """
    ids = [held.case_id]
    match missed.how:
        case How.TRIED if missed.at and missed.at < held.starts_at:
            promises.release(conn, ids, HOURS, missed.how, now, held.id)
        case How.TRIED:
            promises.keep(conn, ids, promises.Kind.WINDOW, missed.how, now, held.id, at=missed.at)
        case How.NOT_THERE | How.NOT_BACK:
            promises.lose(conn, ids, HOURS, missed.how, now, held.id)
        case How.NOT_CONFIRMED | How.NOT_COLLECTED:
            promises.release(conn, ids, HOURS, missed.how, now, held.id)
