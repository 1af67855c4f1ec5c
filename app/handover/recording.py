"""What a courier's answer means for the act, its booking and the case."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import clock
from app.booking import service as booking
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import BookingTold, BookingWithdrawn, CorrectionTold
from app.chain import service as chain
from app.chain.policy import get as policy_of
from app.db.connection import Connection, transaction
from app.handover import acts_store as acts
from app.handover import connectors, rules, service, store
from app.handover import corrections_store as corrections
from app.handover.acts_store import Row
from app.handover.calling import Do
from app.handover.connectors.base import (
    Ambiguous,
    Answer,
    Asked,
    Can,
    Confirmed,
    NotFound,
    Part,
    Refused,
    Says,
    Unsent,
)

_NAMES = {
    Part.CONTACT: ("phone", "email"),
    Part.ADDRESS: ("address",),
    Part.DIRECTIONS: ("directions",),
}
"""What a version of a parcel's place keeps of each."""


def record(row: Row, answer: Answer | Can) -> None:
    """Write down what became of an act, and let the chain follow; one transaction."""
    with transaction() as conn:
        settle(conn, row, answer, clock.now())


def settle(conn: Connection, row: Row, answer: Answer | Can, now: datetime) -> None:
    """The same in the caller's transaction. A claim that is not the newest changes nothing."""
    case = cases.lock(conn, row.case_id)
    if case is None or not acts.lock(conn, row.id, row.attempt):
        return
    if isinstance(answer, Can):
        _offer(conn, row, answer, now)
    elif row.act == "can":
        _ask_again(conn, row, case, answer, now)
    elif row.act == Do.PUSH:
        _push(conn, row, case, answer, now)
    elif row.act == Do.WITHDRAW:
        _withdraw(conn, row, case, answer, now)
    else:
        _correct(conn, row, case, answer, now)


def _push(conn: Connection, row: Row, case: Case, answer: Answer, now: datetime) -> None:
    stands = booking.standing(conn, case.id)
    if stands is None or stands.id != row.booking_id or case.closed:
        _not_wanted(conn, row, case, answer, now)
        return
    title = connectors.title(row.connector)
    match answer:
        case Confirmed(ref):
            acts.end(conn, row.id, "confirmed", now, ref=ref)
            service.confirm(
                conn, case, row.booking_id, title, now, ref=ref or row.ref, courier=title
            )
        case Refused(code, words):
            acts.end(conn, row.id, "refused", now, why=code)
            service.refuse(
                conn, case, row.booking_id, title, now, code=code, words=words, courier=title
            )
        case Asked(ref, after):
            acts.wait(conn, row.id, now + after, "asked", pushed=True, asked=True, ref=ref)
            if not row.asked:
                facts = BookingTold(booking_id=row.booking_id, courier=title, asked=True)
                cases.note(conn, [cases.Entry(case.id, facts)], now)
        case _ if not _wait(conn, row, case, answer, now):
            data = {"why": "unknown"}
            chain.arm(conn, [chain.NewStep(case.id, service.LOOK, now, data)])


def _not_wanted(conn: Connection, row: Row, case: Case, answer: Answer, now: datetime) -> None:
    """The booking has ended meanwhile: what was placed is withdrawn next, and nothing is told."""
    match answer:
        case Confirmed(ref):
            acts.end(conn, row.id, "confirmed", now, ref=ref)
        case Asked(ref):
            acts.end(conn, row.id, "not_wanted", now, ref=ref, asked=True, void=True)
        case Refused() | NotFound():
            acts.end(conn, row.id, "not_wanted", now, void=True)
            acts.void_withdrawals(conn, row.booking_id, "not_wanted", now)
        case Unsent() if not row.pushed:
            acts.end(conn, row.id, "not_wanted", now, void=True)
            acts.void_withdrawals(conn, row.booking_id, "not_wanted", now)
        case _:
            _wait(conn, row, case, answer, now)


def _wait(conn: Connection, row: Row, case: Case, answer: Answer, now: datetime) -> bool:
    """Let a push be tried, or asked for, later; False when its courier cannot even say."""
    match answer:
        case NotFound():
            acts.wait(conn, row.id, now + _retry(conn, row, case), "not_found", pushed=False)
        case Unsent(why, after):
            due = now + max(after, _retry(conn, row, case))
            acts.wait(conn, row.id, due, why, pushed=row.pushed, asked=row.asked)
        case Ambiguous(why) if not row.pushed:
            acts.wait(conn, row.id, now + rules.ASK_AFTER, why, pushed=True)
        case _:
            acts.end(conn, row.id, "unknown", now, why=_why(answer))
            return False
    return True


def _withdraw(conn: Connection, row: Row, case: Case, answer: Answer, now: datetime) -> None:
    done = isinstance(answer, Confirmed | NotFound)
    words = ""
    match answer:
        case Confirmed() | NotFound():
            acts.end(conn, row.id, "withdrawn", now)
        case Refused(code, words):
            acts.end(conn, row.id, "refused", now, why=code)
        case Asked() | Ambiguous() | Unsent() if row.tries + 1 < rules.WITHDRAWALS:
            wait = answer.after if isinstance(answer, Asked | Unsent) else timedelta(0)
            due = now + max(wait, _retry(conn, row, case))
            acts.wait(conn, row.id, due, _why(answer), pushed=row.pushed)
            return
        case _:
            acts.end(conn, row.id, "unknown", now, why=_why(answer))
    facts = BookingWithdrawn(
        booking_id=row.booking_id, courier=connectors.title(row.connector), done=done, words=words
    )
    cases.note(conn, [cases.Entry(case.id, facts)], now)
    handover = store.find(conn, row.booking_id)
    if not done and handover and not case.closed:
        by = now + policy_of(conn, case.policy_id).seconds("confirm_within")
        service.call_people(conn, [service.Call(case, handover, by)], now)


def _correct(conn: Connection, row: Row, case: Case, answer: Answer, now: datetime) -> None:
    match answer:
        case Confirmed() | Asked():
            acts.end(conn, row.id, "corrected", now)
            left = corrected(conn, row) - _corrects(row)
            _note_told(conn, row, now, done=not left, left=" and ".join(sorted(left)))
        case Unsent() | Ambiguous() if row.tries + 1 < rules.WITHDRAWALS:
            acts.wait(conn, row.id, now + _retry(conn, row, case), _why(answer), pushed=False)
        case _:
            acts.end(conn, row.id, "not_corrected", now, why=_why(answer))
            _note_told(conn, row, now, done=False)


def corrected(conn: Connection, row: Row) -> frozenset[Part]:
    """What was corrected since the courier was told last."""
    versions = corrections.corrected_since(conn, row)
    said = {Part.DIRECTIONS} if corrections.help_said_since(conn, row) else set()
    return frozenset(said) | frozenset(
        part
        for part, names in _NAMES.items()
        for version in versions
        if any(version["before"].get(name) != version["after"].get(name) for name in names)
    )


def takes(conn: Connection, row: Row) -> bool:
    """Whether the courier has a place for anything of what was corrected."""
    return bool(corrected(conn, row) & _corrects(row))


def _corrects(row: Row) -> frozenset[Part]:
    connector = connectors.named(row.connector)
    return connector.corrects if connector else frozenset()


def _note_told(conn: Connection, row: Row, now: datetime, *, done: bool, left: str = "") -> None:
    """So that the depot's people know whether the driver has to hear it from them."""
    facts = CorrectionTold(courier=connectors.title(row.connector), done=done, left=left)
    cases.note(conn, [cases.Entry(row.case_id, facts)], now)


def _offer(conn: Connection, row: Row, can: Can, now: datetime) -> None:
    acts.end(conn, row.id, can.says, now)
    if can.says is not Says.UNKNOWN:
        days = frozenset() if can.says is Says.NO else can.days
        store.offer(conn, row.case_id, days, can.price, can.why, now)
    if can.takes_back is not None or can.elsewhere is not None or can.prices:
        store.other_offers(conn, row.case_id, can.takes_back, can.elsewhere, can.prices, now)


def _ask_again(conn: Connection, row: Row, case: Case, answer: Answer, now: datetime) -> None:
    """What a courier does not say beforehand is offered all the same."""
    if row.tries + 1 >= rules.OFFER_TRIES:
        acts.end(conn, row.id, "unknown", now, why=_why(answer))
    else:
        after = answer.after if isinstance(answer, Unsent) else timedelta(0)
        due = now + max(after, _retry(conn, row, case))
        acts.wait(conn, row.id, due, _why(answer), pushed=False)


def _retry(conn: Connection, row: Row, case: Case) -> timedelta:
    schedule = policy_of(conn, case.policy_id).body["handover_retry"]
    return rules.retry_in(schedule, row.tries + 1)


def _why(answer: Answer) -> str:
    return str(getattr(answer, "why", "") or getattr(answer, "code", "") or "asked")
