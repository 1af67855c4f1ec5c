"""What is booked is taken back, or a choice undone, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.booking import choosing, refusals, service, store
from app.booking.ending import settle, tell_of_return
from app.booking.rows import Booking, BookingState, ChosenBy
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline import facts as t
from app.cases.timeline.rows import Recorded
from app.chain import policy
from app.chain import service as chain
from app.chain.policy import Policy
from app.db.connection import Connection, transaction
from app.errors import Problem
from app.promises import service as promises

CANCEL, UNDO = "cancel", "undo"
"""What can be asked for beside a choice."""
_LOOK, _TELL = "hand_over", "tell_booking"
_REMIND_AFTER = timedelta(hours=4)


def for_caller(case_id: int, act: str, actor: str, now: datetime) -> Booking:
    """Let somebody of the depot cancel or undo for a customer who told them so.

    Raises:
        Problem: what `cancel` and `undo` refuse, and 404 for no such case.
    """
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        if case is None:
            raise Problem(404, "no_such_case", f"There is no case {case_id}.")
        do = cancel if act == CANCEL else undo
        return do(conn, case, ChosenBy.DISPATCHER, now, actor=actor)


def cancel(
    conn: Connection, case: Case, by: ChosenBy, now: datetime, *, actor: str = ""
) -> Booking:
    """Take back what is booked, before its cut-off; the booking as it is then.

    Raises:
        Problem: case_closed, set_aside, not_offered, nothing_booked, too_late_to_change.
    """
    refusals.refuse_over(case)
    held = store.standing(conn, case.id)
    if held is None:
        raise refusals.nothing_booked()
    if held.cutoff_at <= now:
        raise refusals.too_late_to_change(held)
    ended = settle(conn, case, BookingState.DROPPED, now) or held
    promises.release(conn, [case.id], [promises.Kind.CONFIRM], by, now, held.id)
    tell_of_return(conn, case, held, now)
    facts = t.BookingCancelled(**choosing.facts_of(held))
    cases.note(conn, [cases.Entry(case.id, facts, actor or by)], now)
    rules = policy.get(conn, case.policy_id)
    case = cases.choose_again(conn, case, now + rules.seconds("news_every"), now)
    choose_again(conn, case, rules, now)
    _arm(conn, case, _LOOK, now)  # nobody is asked to confirm it any more
    return ended


def undo(conn: Connection, case: Case, by: ChosenBy, now: datetime, *, actor: str = "") -> Booking:
    """Take the last choice back: what was booked before it is booked again, if it is to be had.

    Raises:
        Problem: nothing_to_undo, and what `cancel` and `choose` refuse.
    """
    last = last_choice(cases.timeline(conn, case.id))
    former: t.Booking | None = None
    match last and last.facts:
        case t.Booked():
            return cancel(conn, case, by, now, actor=actor)
        case t.Rebooked(instead_of=former):
            pass
        case t.BookingCancelled() as former:
            pass
    held = store.find(conn, former.booking_id) if former else None
    if held is None:
        raise refusals.nothing_to_undo()
    return choosing.choose(conn, case, held.choice, by, now, actor=actor, leave=held.leave).booking


def last_choice(timeline: Sequence[Recorded]) -> Recorded | None:
    """What was chosen or taken back last, unless somebody refused it since."""
    kinds = t.Booked | t.Rebooked | t.BookingCancelled | t.BookingRefused | t.PromiseBroken
    last = next((e for e in reversed(timeline) if isinstance(e.facts, kinds)), None)
    if last is None or isinstance(last.facts, t.BookingRefused | t.PromiseBroken):
        return None
    return last


def choose_again(conn: Connection, case: Case, rules: Policy, now: datetime) -> None:
    """Nothing is booked any more: the customer is told, reminded, and at last chosen for.

    Where that was in vain more than once, the sender is asked in place of a choice of ours. It is
    a rule of the house and stands in no policy: a case that runs by an older one needs it as well.
    """
    chain.drop(conn, case.id, "keep_promise")
    _arm(conn, case, _TELL, now)
    _arm(conn, case, "remind_customer", now + _REMIND_AFTER)
    if case.news_by:
        _arm(conn, case, "give_news", case.news_by - rules.seconds("news_margin"))
    data = {"in_vain": True} if service.chosen_in_vain(conn, case.id) else {}
    at = max(case.choose_by or now, now)
    chain.arm(conn, [chain.NewStep(case.id, "choose_default", at, data)])


def _arm(conn: Connection, case: Case, name: str, at: datetime) -> None:
    chain.arm(conn, [chain.NewStep(case.id, name, at, {})])
