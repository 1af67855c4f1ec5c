"""The chain step that weighs what a courier said, against what stands booked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from app.booking import service as booking
from app.booking.rows import BookingKind
from app.booking.sources import CHOOSE, Chosen
from app.cases import service as cases
from app.cases.model import Case, CaseKind, Report
from app.cases.timeline.facts import Begun
from app.cases.timeline.kinds import Actor
from app.chain import service as chain
from app.chain.builtin import CLOSE
from app.chain.step import (
    BOOKED,
    BUILT_IN,
    STAYS,
    UNBOOKED,
    Done,
    Effect,
    Phase,
    Result,
    Step,
    StepType,
)
from app.db.connection import Connection
from app.languages.language import mark
from app.shipments.returning import service as returning

_ON_THE_WAY_BACK = frozenset({CaseKind.FAILED, CaseKind.REFUSED, CaseKind.HELD, CaseKind.RETURNED})
"""What a courier may say of a parcel that its customer sends back, and nothing changes by it."""


class Heard(StrEnum):
    """What the courier's words, or the audit's, mean for the chain."""

    OPENED = "opened"
    OLD = "old"
    """It opened the case, and happened too long ago to call anybody unasked."""
    RENEWED = "renewed"
    """It is fresh news of a parcel whose old news was set aside."""
    ORPHANED = "orphaned"
    CLOSED = "closed"
    NOTED = "noted"
    PROMISE_BROKEN = "promise_broken"
    WORSE = "worse"


def hear_courier(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Heard]]:
    """Weigh what a webhook wrote down: what does it mean for the chain?

    It opened the case, or it closed it with a delivery; or it says more of a case that is open.
    The audit asks as well, for a case that nothing moves.
    """
    closed = [step.case for step in steps if _closed_by(step)]
    ends = [chain.Happened(case, CLOSE, case.resolution) for case in closed if case.resolution]
    chain.follow(conn, ends, now)
    return [Done(_weigh(conn, step, now)) for step in steps]


def _closed_by(step: Step) -> bool:
    """Whether what the courier said has closed the case."""
    case = step.case
    return case.closed and step.data.get("happened") == "closed" and case.resolution is not None


def _weigh(conn: Connection, step: Step, now: datetime) -> Heard:
    case, happened = step.case, step.data.get("happened", "failed")
    if case.closed:
        return Heard.CLOSED if _closed_by(step) else Heard.NOTED
    if happened == "closed":  # a delivery that the customer does not know of closes nothing
        return Heard.NOTED
    if happened == "opened":
        if "kind" in step.data:  # more was said before this was weighed
            _hear_more(conn, step, now)
        return Heard.OLD if _is_old(step, now) else Heard.OPENED
    if happened == "orphaned":
        return _find_again(conn, case, now)
    if case.aside:
        return Heard.NOTED if _is_old(step, now) else _renew(conn, step, now)
    return _hear_more(conn, step, now)


def _is_old(step: Step, now: datetime) -> bool:
    """Whether the newest of what the courier said happened too long ago."""
    at = step.data.get("at")
    return at is not None and step.policy.is_old(datetime.fromisoformat(at), now)


def _renew(conn: Connection, step: Step, now: datetime) -> Heard:
    """What was set aside begins, with what the courier says now."""
    heard, return_by = step.data, now + step.policy.seconds("return_after")
    report = Report(CaseKind(heard["kind"]), heard["reason"], heard["fault"], heard["words"])
    step.case = cases.begun(conn, step.case, return_by, now, report)
    cases.note(conn, [cases.Entry(step.case.id, Begun(), Actor.COURIER)], now)
    return Heard.RENEWED


def _find_again(conn: Connection, case: Case, now: datetime) -> Heard:
    """Nothing moves this case: what stands booked is confirmed again, else it begins anew."""
    stands = booking.standing(conn, case.id)
    if stands is None:
        return Heard.ORPHANED
    chain.follow(conn, [chain.Happened(case, CHOOSE, Chosen(stands.kind))], now)
    return Heard.NOTED


def _hear_more(conn: Connection, step: Step, now: datetime) -> Heard:
    """A further failure.

    A failed attempt after a booking breaks the promise; a parcel lost, damaged, refused or
    sent back, or found again, changes what can be offered; the rest is noted and changes
    nothing.
    """
    (step.case,) = returning.wind(conn, [step.case], now)
    case, heard = step.case, step.data
    kind, at = CaseKind(heard["kind"]), datetime.fromisoformat(heard["at"])
    stands = booking.standing(conn, case.id) if case.booked else None
    if stands and stands.kind is BookingKind.RETURN and kind in _ON_THE_WAY_BACK:
        if kind is CaseKind.RETURNED:
            data = {"done": True}  # that is the courier's yes, whoever was asked for one
            chain.arm(conn, [chain.NewStep(case.id, "hand_over", now, data)])
        return Heard.NOTED
    # a lost parcel that is tried was found, and one that was held is no longer
    moved = case.kind is CaseKind.LOST or (case.kind is CaseKind.HELD and not case.booked)
    if kind is CaseKind.FAILED and not moved:
        missed = stands is not None and at > stands.created_at
        return Heard.PROMISE_BROKEN if missed else Heard.NOTED
    if kind is case.kind:
        return Heard.NOTED
    booking.settle(conn, case, booking.BookingState.DROPPED, now)
    report = Report(kind, heard["reason"], heard["fault"], heard["words"])
    (step.case,) = cases.reported_anew(conn, [(case, report)], now)
    return Heard.WORSE


_ANY = {**STAYS, Phase.CLOSED: Phase.CLOSED}

DECLARED = (
    StepType(
        name=BUILT_IN,
        handler=hear_courier,
        outcomes=Heard,
        effects={
            Heard.OPENED: Effect({Phase.NEW: Phase.NEW}, said_by="start"),
            Heard.OLD: Effect({Phase.NEW: Phase.NEW}, said_by="old_after"),
            Heard.RENEWED: Effect({Phase.NEW: Phase.NEW}, said_by="old_after"),
            Heard.ORPHANED: Effect(UNBOOKED, said_by="start"),
            Heard.CLOSED: Effect({Phase.CLOSED: Phase.CLOSED}, said_by="after.close"),
            Heard.NOTED: Effect(_ANY),
            Heard.PROMISE_BROKEN: Effect(BOOKED),
            Heard.WORSE: Effect(dict.fromkeys(STAYS, Phase.CHOOSING)),
        },
        after_close=True,
        label=mark("weigh what the courier said"),
    ),
)
