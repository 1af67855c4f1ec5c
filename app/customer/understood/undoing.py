"""Take back what was understood last: a booking, a question, or that a number is wrong."""

from __future__ import annotations

from datetime import datetime

from app.booking import cancelling
from app.booking import service as booking
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.kinds import Actor
from app.chain import policy
from app.channels.heard import Reply
from app.customer import service as customer
from app.customer.understood import answers, choosing, store, texts
from app.customer.understood.reading import Understood
from app.customer.wrong import service as wrong
from app.db.connection import Connection
from app.dispatch import conversation
from app.errors import Problem
from app.questions import service as questions


def undo(conn: Connection, case: Case, fact: Reply, _: Understood, now: datetime) -> bool:
    """Take back what was done last, where it is not too late."""
    last = store.last_act(conn, [case.id])
    if last is None or last.booking_id:
        return _undo_booking(conn, case, fact, last, now)
    if _unsaid(conn, case, last, now):
        store.undone(conn, last.id, now)
        case = cases.by_ids(conn, [case.id])[case.id]
        message = texts.theirs_again(case) if last.wrong_id else texts.not_asked(case)
    else:
        message = texts.nothing_to_undo(case)
    answers.tell(conn, case, fact, message, now)
    return True


def _unsaid(conn: Connection, case: Case, last: store.Act, now: datetime) -> bool:
    """What was asked, or said of a number, is taken back; False where that is settled."""
    if last.undone_at:
        return False
    if last.wrong_id:
        return wrong.undo(conn, case, last.wrong_id, now)
    gone = questions.withdraw(conn, case, last.question_id or 0, now)
    if gone and not questions.waiting(conn, case.id):
        conversation.answered(conn, case.id, Actor.CUSTOMER, now)
    return gone


def _undo_booking(
    conn: Connection, case: Case, fact: Reply, last: store.Act | None, now: datetime
) -> bool:
    stands = booking.standing(conn, case.id)
    within = policy.get(conn, case.policy_id).seconds("undo_within")
    if (
        last is None
        or stands is None
        or last.undone_at
        or last.restores
        or last.booking_id != stands.id
        or now - last.done_at > within
        or stands.cutoff_at <= now
    ):
        answers.tell(conn, case, fact, texts.nothing_to_undo(case), now)
        return True
    former = booking.find(conn, last.former_id) if last.former_id else None
    if former:
        try:
            with conn.transaction():
                again = customer.book(conn, case, former.choice, now, former.leave)
        except Problem as problem:
            choosing.say_why(conn, case, fact, problem, now)
            return True
        store.undone(conn, last.id, now)
        choosing.remember(conn, fact, again, None, now, restores=True)
        return True
    cancelling.cancel(conn, case, booking.ChosenBy.CUSTOMER, now)
    store.undone(conn, last.id, now)
    return True
