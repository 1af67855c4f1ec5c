"""Act on a reply that was understood, in the caller's transaction and with its case locked.

What cannot be done is said as it is. What only people can do becomes a question; so does whatever
is not clear to us.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime

from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import CustomerReply
from app.cases.timeline.kinds import Actor
from app.channels.heard import Reply
from app.customer.understood import answers, choosing, store, strangers, texts, undoing
from app.customer.understood.reading import Understood
from app.customer.understood.store import Done, Offer
from app.db.connection import Connection
from app.disputes import service as disputes
from app.errors import Problem
from app.questions.model import Question, Wants
from app.replies.meaning import Act
from app.shipments import store as shipments

_WANTS = {
    Act.CALL_ME: Wants.CALL,
    Act.PERSON: Wants.PERSON,
    Act.RETURN: Wants.RETURN,
    Act.CANCEL: Wants.CANCEL,
}


def hold(conn: Connection, what: Understood) -> None:
    """Lock the parcels that are written to by this, before any case is locked."""
    if what.act in {Act.WRONG_NUMBER, Act.UNDO}:
        for case_id in sorted({what.case_id, *what.also}):
            shipments.lock_of_case(conn, case_id)


def act(conn: Connection, case: Case, fact: Reply, what: Understood, now: datetime) -> bool:
    """Do what was understood; False when a person has to do it, or to read it."""
    if what.several:
        _ask_which_parcel(conn, fact, what, now)
        return True
    done = _ACTS.get(what.act) if what.act else None
    if done is None or not done(conn, case, fact, what, now):
        return False
    said = CustomerReply(words=fact.words, channel=fact.channel, provider_id=fact.provider_id)
    cases.note(conn, [cases.Entry(case.id, said, Actor.CUSTOMER)], now)
    return True


def wants(what: Understood | None, read: Wants, *, delivered: bool) -> Wants:
    """What a person does for whoever says this; `read` is what single words of it want."""
    if what is None or what.act is None or read in {Wants.IN_CHARGE, Wants.PARCEL}:
        return read
    if what.act is Act.NOT_RECEIVED and delivered:
        return Wants.PARCEL
    return _WANTS.get(what.act, read)


def asked(conn: Connection, fact: Reply, question: Question, now: datetime) -> None:
    """Somebody was asked on an answer: a 0 takes it back, as long as nobody has answered."""
    if question.undone_by_digit:
        said_at = fact.at or now
        store.done(conn, Done(question.case_id, said_at, question_id=question.id), now)


def _ask_which_parcel(conn: Connection, fact: Reply, what: Understood, now: datetime) -> None:
    """The same words may be about several parcels: their customer says which."""
    found = cases.by_ids(conn, what.several)
    asked = [found[case_id] for case_id in what.several]
    message = texts.which_parcel(asked[0], asked)
    key = answers.tell(conn, asked[0], fact, message, now)
    ids = [str(case.id) for case in asked]
    store.offer(conn, [Offer(asked[0].id, key, "cases", ids, what.words[:400], now)])


def _thank(_conn: Connection, _case: Case, _fact: Reply, _what: Understood, _now: datetime) -> bool:
    """Nothing is asked, and nothing answered."""
    return True


def _nobody_came(conn: Connection, case: Case, fact: Reply, _: Understood, now: datetime) -> bool:
    """The attempt is disputed, as by the page; a person finds out what is true and answers."""
    with suppress(Problem), conn.transaction():  # of what was decided, they read the answer
        said = disputes.say(conn, case, fact.words, now, came=False)
        disputes.prove(conn, said.dispute, fact.words, [], now)
    return False


_ACTS: Mapping[Act, Callable[[Connection, Case, Reply, Understood, datetime], bool]] = {
    Act.OPTION: choosing.choose,
    Act.NEIGHBOUR: choosing.leave_elsewhere,
    Act.SAFE_PLACE: choosing.leave_elsewhere,
    Act.UNDO: undoing.undo,
    Act.CANCEL: choosing.cancel,
    Act.RETURN: choosing.send_back,
    Act.NOBODY_CAME: _nobody_came,
    Act.WRONG_NUMBER: strangers.wrong_number,
    Act.COURTESY: _thank,
}
