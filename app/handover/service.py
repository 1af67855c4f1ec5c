"""Verbs on handovers. They run inside the caller's transaction, with the case locked by it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.booking import service as booking
from app.booking.cancelling import choose_again
from app.booking.rows import Booking, BookingKind, BookingState
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import BookingConfirmed, BookingRefused, BookingUnconfirmed
from app.cases.timeline.kinds import Actor
from app.chain import service as chain
from app.chain import wake
from app.chain.policy import Policy
from app.chain.policy import get as policy_of
from app.db.connection import Connection, after_commit
from app.db.together import Reads, first, together
from app.handover import acts_store as acts
from app.handover import connectors, rules, store
from app.handover.acts_store import NewAct
from app.handover.connectors.base import Connector
from app.handover.store import Handover
from app.promises import service as promises
from app.promises import store as promise_store
from app.promises.service import Kind, Promise, Wanted

__all__ = [
    "Begun",
    "Handover",
    "ask_days",
    "begin",
    "begin_all",
    "call_people",
    "confirm",
    "look_after",
    "refuse",
    "say_later",
]

CALL = "call_for_handover"
LOOK = "hand_over"
TELL = "tell_booking"
UNCONFIRMED = "unconfirmed"


class Begun(NamedTuple):
    """A handover, and the hour that its customer may be told."""

    handover: Handover
    promise: Promise | None
    """None when it is certain already."""
    courier: str
    """Who is asked, as people write its name; empty where it is the depot."""
    promises: Sequence[Promise]
    """What the case's customer had been promised before."""


_READS: Reads = {
    "handover": store.OF_BOOKING,
    "connector": store.CONNECTOR,
    "promises": promise_store.OF_CASE,
}


def begin(conn: Connection, case: Case, stands: Booking, policy: Policy, now: datetime) -> Begun:
    """See to it that a booking reaches whoever carries it out; twice is like once."""
    got = together(conn, _READS, case=case.id, booking=stands.id)
    handover = first(got["handover"])
    if handover is None:
        connector = _connector(first(got["connector"]) or "")
        handover = _new(conn, case, stands, connector, policy, now)
    return _begun(conn, case, stands, handover, got["promises"], now)


def begin_all(
    conn: Connection, booked: Sequence[tuple[Case, Booking, Policy]], now: datetime
) -> dict[int, Begun]:
    """The same of many bookings, by their ids: of most it has begun already."""
    handovers = store.of_bookings(conn, [stands.id for _, stands, _ in booked])
    promised: dict[int, list[Promise]] = {case.id: [] for case, _, _ in booked}
    for promise in promise_store.of_cases(conn, list(promised)):
        promised[promise.case_id].append(promise)
    return {
        stands.id: _begun(conn, case, stands, handover, promised[case.id], now)
        if (handover := handovers.get(stands.id))
        else begin(conn, case, stands, policy, now)
        for case, stands, policy in booked
    }


def _begun(
    conn: Connection,
    case: Case,
    stands: Booking,
    handover: Handover,
    promised: Sequence[Promise],
    now: datetime,
) -> Begun:
    promise = _promise(conn, case, stands, handover, promised, now)
    connector = _connector(handover.connector)
    return Begun(handover, promise, connector.title if connector else "", promised)


def _new(
    conn: Connection,
    case: Case,
    stands: Booking,
    connector: Connector | None,
    policy: Policy,
    now: datetime,
) -> Handover:
    if connector and stands.kind not in connector.kinds:
        connector = None
    if connector and stands.leave_address and not connector.moves:
        connector = None
    within = policy.seconds("confirm_within")
    if stands.chosen_by is booking.ChosenBy.POLICY:
        # Nobody waits to hear whether a wish comes true: they are told once, when it is certain.
        within = max(within, stands.cutoff_at - now)
    times = rules.deadlines(
        now,
        stands.cutoff_at,
        stands.starts_at,
        case.zone,
        within=within,
        people=connector is None,
        night=case.quiet_hours(policy.body["quiet_hours"]),
    )
    name = connector.name if connector else connectors.DEPOT
    begun = Handover(stands.id, case.id, name, now, times.people_at, times.confirm_by, 0)
    store.insert(conn, begun)
    if connector:
        # The random part tells the bookings of two copies of this database apart.
        key = f"rk-{stands.id}-{secrets.token_hex(4)}"
        acts.insert(conn, [NewAct(case.id, stands.id, case.account_id, name, "push", key)], now)
        after_commit(wake.soon)
    return begun


def _promise(
    conn: Connection,
    case: Case,
    stands: Booking,
    handover: Handover,
    promised: Sequence[Promise],
    now: datetime,
) -> Promise | None:
    """The hour by which it is to be confirmed, as it stands; made when it is missing."""
    if stands.confirmed_at:
        return None
    for promise in promised:
        if promise.kind is Kind.CONFIRM and promise.about == stands.id and promise.open:
            return promise
    due = handover.confirm_by
    if due <= now:
        due = now + rules.AT_LEAST
        store.promised(conn, stands.id, due)
    return promises.make(conn, [Wanted(case.id, Kind.CONFIRM, due, about=stands.id)], now)[0]


def ask_days(conn: Connection, waiting: Sequence[Case], now: datetime) -> None:
    """Let the couriers of these cases say which days they offer, where they can be asked."""
    ids = [case.id for case in waiting if case.kind.deliverable]
    asked = [connector.name for connector in connectors.registered() if connector.kinds]
    if ids and acts.ask_days(conn, ids, asked, now):
        after_commit(wake.soon)


def confirm(
    conn: Connection,
    case: Case,
    booking_id: int,
    by: str,
    now: datetime,
    *,
    ref: str = "",
    courier: str = "",
) -> bool:
    """Whoever carries the booking out said yes. `courier` is its name where it is no person.

    False when it stands no longer, or was certain already.
    """
    if not booking.confirm(conn, booking_id, courier or by, now):
        return False
    acts.settle_pushes(conn, booking_id, "confirmed", ref, now)
    promises.keep(conn, [case.id], Kind.CONFIRM, courier or by, now, about=booking_id)
    facts = BookingConfirmed(booking_id=booking_id, courier=courier, ref=ref)
    cases.note(conn, [cases.Entry(case.id, facts, Actor.COURIER if courier else by)], now)
    _answered(conn, case, booking_id, now)
    arm(conn, case, now, TELL, LOOK)
    return True


def refuse(
    conn: Connection,
    case: Case,
    booking_id: int,
    by: str,
    now: datetime,
    *,
    code: str = "",
    words: str = "",
    courier: str = "",
) -> Case | None:
    """Whoever should have carried the booking out said no: the customer chooses anew.

    What was refused is not offered for this case again. The case as it is then; None when the
    booking stands no longer.
    """
    stands = booking.standing(conn, case.id)
    if stands is None or stands.id != booking_id:
        return None
    handover = store.find(conn, booking_id)
    connector = _connector(handover.connector) if handover else None
    by_day = stands.kind is BookingKind.REDELIVERY and not stands.leaving
    if courier and connector and connector.by_day and by_day:
        day = rules.day_of(stands.starts_at, stands.zone)
        store.never_on(conn, case.id, day, now)
    promises.keep(conn, [case.id], Kind.CONFIRM, courier or by, now, about=booking_id)
    booking.settle(conn, case, BookingState.REFUSED, now)
    facts = BookingRefused(
        booking_id=booking_id,
        kind=stands.kind,
        place=stands.place,
        starts_at=stands.starts_at,
        ends_at=stands.ends_at,
        zone=stands.zone,
        leaving=stands.leaving,
        courier=courier,
        code=code,
        words=words,
    )
    cases.note(conn, [cases.Entry(case.id, facts, Actor.COURIER if courier else by)], now)
    policy = policy_of(conn, case.policy_id)
    case = cases.choose_again(conn, case, now + policy.seconds("news_every"), now)
    _answered(conn, case, booking_id, now)
    choose_again(conn, case, policy, now)
    return case


class Call(NamedTuple):
    """A booking that people are to say yes or no to by then; `why` is why a courier did not."""

    case: Case
    handover: Handover
    by: datetime
    why: str = ""


def call_people(conn: Connection, calls: Sequence[Call], now: datetime) -> None:
    """Let the depots' people say yes or no."""
    if not calls:
        return
    for case, handover, _, why in calls:
        connector = _connector(handover.connector)
        if connector and why:
            acts.void_unpushed(conn, handover.booking_id, now)
            facts = BookingUnconfirmed(
                booking_id=handover.booking_id, courier=connector.title, why=why
            )
            cases.note(conn, [cases.Entry(case.id, facts)], now)
    turns = store.called(conn, [call.handover.booking_id for call in calls])
    steps = []
    for case, handover, by, _ in calls:
        about = handover.booking_id
        data = {"about": about, "by": by.isoformat(), "turn": turns[about]}
        steps.append(chain.NewStep(case.id, CALL, now, data))
    chain.arm(conn, steps)


def say_later(
    conn: Connection, case: Case, handover: Handover, confirm_by: datetime, now: datetime
) -> None:
    """Nobody confirmed in time: another hour is promised, and the customer is told so."""
    store.promised(conn, handover.booking_id, confirm_by)
    wanted = Wanted(case.id, Kind.CONFIRM, confirm_by, about=handover.booking_id)
    promises.make(conn, [wanted], now)
    arm(conn, case, now, TELL)


def arm(conn: Connection, case: Case, at: datetime, *names: str) -> None:
    """Arm steps of the case.

    What follows a booking is a rule of the house and stands in no policy: a case that runs by an
    older one needs it as well.
    """
    chain.arm(conn, [chain.NewStep(case.id, name, at, {}) for name in names])


def look_after(conn: Connection, booked: Sequence[Case], now: datetime) -> None:
    """Look after what these cases have booked, from now on."""
    chain.arm(conn, [chain.NewStep(case.id, LOOK, now, {}) for case in booked])


def _answered(conn: Connection, case: Case, booking_id: int, now: datetime) -> None:
    handover = store.find(conn, booking_id)
    if handover and handover.calls:
        data = {"about": booking_id, "over": True}
        chain.arm(conn, [chain.NewStep(case.id, CALL, now, data)])


def _connector(name: str) -> Connector | None:
    """A connector by name; people do what one that is not there any more would have done."""
    try:
        return connectors.named(name)
    except LookupError:
        return None
