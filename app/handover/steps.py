"""The chain step that looks after a booking until its window: it is told, confirmed, on its way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.booking import service as booking
from app.booking.rows import Booking, BookingKind
from app.cases import service as cases
from app.cases.timeline.facts import BookingAtRisk
from app.cases.timeline.kinds import Actor
from app.chain import service as chain
from app.chain.step import STAYS, Again, Done, Effect, Plain, Result, Step, StepType
from app.db.connection import Connection
from app.handover import corrections_store as corrections
from app.handover import rules, service, store
from app.handover.service import LOOK, UNCONFIRMED, Call
from app.handover.store import Handover
from app.languages.language import mark

_COURIER = "The courier"
_LOOK_EVERY = timedelta(minutes=30)


def hand_over(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Look after what stands booked: is it told, confirmed in time, and will it happen?"""
    results: list[Result[Plain]] = []
    standing = booking.standings(conn, [step.case.id for step in steps])
    ids = [stands.id for stands in standing.values()]
    handovers = store.of_bookings(conn, ids) if ids else {}
    calls: list[Call] = []
    for step in steps:
        stands = standing.get(step.case.id)
        if stands is None or stands.ends_at <= now:
            _stop_calling(conn, step, now)
            results.append(Done(Plain.DONE))
            continue
        handover = (
            handovers.get(stands.id)
            or service.begin(conn, step.case, stands, step.policy, now).handover
        )
        if step.data.get("done") and service.confirm(
            conn, step.case, stands.id, _COURIER, now, courier=_COURIER
        ):
            results.append(Done(Plain.DONE))
        elif stands.confirmed_at:
            results.append(_watch(conn, step, stands, handover, now, calls))
        else:
            results.append(_until_confirmed(conn, step, stands, handover, now, calls))
    service.call_people(conn, calls, now)
    return results


def _until_confirmed(
    conn: Connection,
    step: Step,
    stands: Booking,
    handover: Handover,
    now: datetime,
    calls: list[Call],
) -> Result[Plain]:
    """Ask people where no courier answered, call again who forgot, and tell when it is late."""
    case, by, why = step.case, handover.confirm_by, step.data.get("why", "")
    said = {"late": True} if step.data.get("late") else {}
    if now < handover.people_at and not why:
        return Again(handover.people_at, {})
    remind = rules.remind_at(handover.people_at, by)
    if not handover.calls:
        calls.append(Call(case, handover, by, why or "no_answer"))
        return Again(max(remind, now + timedelta(minutes=1)), said)
    if now < remind:
        return Again(remind, said)
    late = rules.late_at(handover.people_at, by)
    if now < late:
        if store.taken_on(conn, stands.id):
            calls.append(Call(case, handover, by))
        return Again(late, said)
    # "Not confirmed yet" is said twice at most: the second time, by when it is certain or off.
    within = stands.starts_at - now if said else step.policy.seconds("confirm_within")
    night = case.quiet_hours(step.policy.body["quiet_hours"])
    later = rules.later(now, stands.starts_at, case.zone, within=within, night=night)
    if later is None:
        refused = service.refuse(conn, case, stands.id, Actor.REKNOCK, now, code=UNCONFIRMED)
        step.case = refused or case
        return Done(Plain.DONE)
    service.say_later(conn, case, handover, later, now)
    calls.append(Call(case, handover, later))
    return Again(rules.late_at(handover.people_at, later), {"late": True})


def _watch(
    conn: Connection,
    step: Step,
    stands: Booking,
    handover: Handover,
    now: datetime,
    calls: list[Call],
) -> Result[Plain]:
    """See before the customer does that a delivery will not happen.

    Only where the courier tells when a parcel goes out: nothing follows from another's silence.
    """
    case, since = step.case, stands.starts_at - step.policy.seconds("watch_before")
    news = store.latest_news(conn, case.id)
    if stands.kind is not BookingKind.REDELIVERY or news["courier"] not in rules.TELLS_TOURS:
        return Done(Plain.DONE)
    if now < since:
        return Again(since, {})
    if not rules.on_tour(news["code"], news["words"]):
        if now >= stands.starts_at and news["status"] == "progress" and news["at"] >= since:
            _note(conn, step, stands, "elsewhere", now)
            service.arm(conn, case, now, "keep_promise")
            return Done(Plain.DONE)
        if not step.data.get("called"):
            _note(conn, step, stands, "not_on_tour", now)
            calls.append(Call(case, handover, max(stands.starts_at, now)))
    ahead = stands.starts_at if now < stands.starts_at else now + _LOOK_EVERY
    return Again(min(ahead, stands.ends_at), {"called": True})


def _note(conn: Connection, step: Step, stands: Booking, why: str, now: datetime) -> None:
    facts = BookingAtRisk(booking_id=stands.id, why=why)
    cases.note(conn, [cases.Entry(step.case.id, facts)], now)


def _stop_calling(conn: Connection, step: Step, now: datetime) -> None:
    """Nobody needs to say yes or no any more."""
    if any(handover.calls for handover in store.of_case(conn, step.case.id)):
        data = {"about": 0, "over": True}
        chain.arm(conn, [chain.NewStep(step.case.id, service.CALL, now, data)])


def pass_on_correction(
    conn: Connection, steps: Sequence[Step], now: datetime
) -> list[Result[Plain]]:
    """Let the couriers know what was corrected; people read it where they read the rest."""
    corrections.correct(conn, [step.case.id for step in steps], now)
    return [Done(Plain.DONE) for _ in steps]


DECLARED = (
    StepType(
        name="pass_on_correction",
        handler=pass_on_correction,
        outcomes=Plain,
        label=mark("tell the courier what was corrected"),
    ),
    StepType(
        name=LOOK,
        handler=hand_over,
        outcomes=Plain,
        effects={Plain.DONE: Effect(STAYS)},
        label=mark("see that the booking is confirmed and carried out"),
    ),
)
