"""Act on a reply that was understood, in the caller's transaction and with its case locked.

What cannot be done is said as it is. What only people can do becomes a question; so does whatever
is not clear to us.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from app.booking import cancelling, leaving
from app.booking import service as booking
from app.booking.leaving import Leave
from app.booking.service import Booking, BookingKind, Options
from app.booking.terms import Priced
from app.cases import service as cases
from app.cases import speech
from app.cases.model import Case
from app.cases.timeline.facts import CustomerReply
from app.cases.timeline.kinds import Actor, Topic
from app.chain import policy
from app.channels import service as channels
from app.channels.heard import Reply
from app.channels.rules import normal
from app.channels.service import Draft, Route
from app.customer import notices, refusals
from app.customer import service as customer
from app.customer.parts import RenderedMessage
from app.customer.understood import lists, reading, store, texts
from app.customer.understood.lists import Listed
from app.customer.understood.reading import Understood
from app.customer.understood.store import Done, Offer
from app.customer.wrong import service as wrong
from app.customer.wrong.store import Wrong
from app.db.connection import Connection
from app.dispatch import conversation
from app.disputes import service as disputes
from app.errors import Problem
from app.languages import prices
from app.promises import service as promises
from app.promises.service import Kind, Promise
from app.questions import service as questions
from app.questions.model import Question, Wants
from app.replies.meaning import Act, Reading
from app.shipments import store as shipments

_TOPIC = "reply"

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
    key = _tell(conn, asked[0], fact, message, now)
    ids = [str(case.id) for case in asked]
    store.offer(conn, [Offer(asked[0].id, key, "cases", ids, what.words[:400], now)])


def _choose(conn: Connection, case: Case, fact: Reply, what: Understood, now: datetime) -> bool:
    former = booking.standing(conn, case.id)
    if former and _agrees(conn, case, what):
        return True
    if _is_stale(conn, case, fact, former, now):
        return True
    options = booking.options(conn, case, now)
    found = reading.fits(case, what.readings, what.listed, options, now)
    if found.one:
        _book(conn, case, fact, found.one, None, former, now)
        return True
    chosen = _of(options, found.choices)[: lists.AT_MOST * 2]
    if not chosen:
        return False
    listed = lists.numbered(case, chosen)
    _offer(conn, case, fact, texts.which(case, listed), listed, now)
    return True


def _agrees(conn: Connection, case: Case, what: Understood) -> bool:
    """Whether it is a yes to what they read of their booking last, which asks for nothing."""
    if any(one.act is not Act.YES for one in what.readings) or len(what.listed) == 1:
        return False
    told = [m for m in channels.for_case(conn, case.id) if m["audience"] == "customer"]
    return bool(told) and told[-1]["topic"] == Topic.BOOKING


def _thank(_conn: Connection, _case: Case, _fact: Reply, _what: Understood, _now: datetime) -> bool:
    """Nothing is asked, and nothing answered."""
    return True


def _leave(conn: Connection, case: Case, fact: Reply, what: Understood, now: datetime) -> bool:
    """Leave it with a neighbour or in a place; the day stays what it is, or is the next one."""
    (read, *others) = what.readings
    try:
        leave = _left(read, what.words)
    except Problem:
        return False
    if read.day and read.day.day is None:
        return False
    former = booking.standing(conn, case.id)
    if others and any(_left(one, what.words) != leave for one in others):
        return False
    if _is_stale(conn, case, fact, former, now):
        return True
    return _book(conn, case, fact, "", leave, former, now, truth=False)


def _left(read: Reading, words: str) -> Leave:
    if read.act is Act.SAFE_PLACE:
        return leaving.safe_place(words)
    number = read.option or (read.hours and read.hours.first.hour) or (read.day and read.day.day)
    return leaving.neighbour("", str(number or ""))


def _book(
    conn: Connection,
    case: Case,
    fact: Reply,
    choice: str,
    leave: Leave | None,
    former: Booking | None,
    now: datetime,
    *,
    truth: bool = True,
) -> bool:
    """Book it as the page does; the step that follows says it back. Refused, the truth is said."""
    try:
        with conn.transaction():
            made = customer.book(conn, case, choice, now, leave)
    except Problem as problem:
        if truth:
            _say_why(conn, case, fact, problem, now)
        return truth
    if former and made.id == former.id:
        _tell(conn, case, fact, texts.stands(case, made, _hour(conn, made)), now)
        return True
    _remember(conn, fact, made, former, now)
    return True


def _remember(
    conn: Connection,
    fact: Reply,
    made: Booking,
    former: Booking | None,
    now: datetime,
    *,
    restores: bool = False,
) -> None:
    done = Done(
        made.case_id,
        fact.at or now,
        booking_id=made.id,
        former_id=former.id if former else None,
        restores=restores,
    )
    store.done(conn, done, now)


def _say_why(conn: Connection, case: Case, fact: Reply, problem: Problem, now: datetime) -> None:
    options = booking.options(conn, case, now)
    listed = lists.numbered(case, lists.a_few(options.slots, case.zone))
    why = refusals.words(speech.of(case), problem)
    _offer(conn, case, fact, texts.truth(case, why, listed), listed, now)


def _is_stale(
    conn: Connection, case: Case, fact: Reply, stands: Booking | None, now: datetime
) -> bool:
    """Whether they have answered later already; then what stands is said again."""
    last = store.last_booked(conn, case.id)
    if last is None or stands is None or (fact.at or now) >= last.said_at:
        return False
    _tell(conn, case, fact, texts.stands(case, stands, _hour(conn, stands)), now)
    return True


def _undo(conn: Connection, case: Case, fact: Reply, _: Understood, now: datetime) -> bool:
    last = store.last_act(conn, [case.id])
    if last is None or last.booking_id:
        return _undo_booking(conn, case, fact, last, now)
    if _unsaid(conn, case, last, now):
        store.undone(conn, last.id, now)
        case = cases.by_ids(conn, [case.id])[case.id]
        message = texts.theirs_again(case) if last.wrong_id else texts.not_asked(case)
    else:
        message = texts.nothing_to_undo(case)
    _tell(conn, case, fact, message, now)
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
        _tell(conn, case, fact, texts.nothing_to_undo(case), now)
        return True
    former = booking.find(conn, last.former_id) if last.former_id else None
    if former:
        try:
            with conn.transaction():
                again = customer.book(conn, case, former.choice, now, former.leave)
        except Problem as problem:
            _say_why(conn, case, fact, problem, now)
            return True
        store.undone(conn, last.id, now)
        _remember(conn, fact, again, None, now, restores=True)
        return True
    cancelling.cancel(conn, case, booking.ChosenBy.CUSTOMER, now)
    store.undone(conn, last.id, now)
    return True


def _cancel(conn: Connection, case: Case, fact: Reply, _: Understood, now: datetime) -> bool:
    """What is booked is taken back; with nothing booked it is the order, which people decide."""
    stands = booking.standing(conn, case.id)
    if stands is None:
        return False
    if _is_stale(conn, case, fact, stands, now):
        return True
    try:
        with conn.transaction():
            cancelling.cancel(conn, case, booking.ChosenBy.CUSTOMER, now)
    except Problem as problem:
        _say_why(conn, case, fact, problem, now)
    return True


def _return(conn: Connection, case: Case, fact: Reply, _: Understood, now: datetime) -> bool:
    """It is sent back, where the courier lets them choose that; else people decide it.

    What it costs they read before they choose it, on their page.
    """
    former = booking.standing(conn, case.id)
    if former and _is_stale(conn, case, fact, former, now):
        return True
    options = booking.options(conn, case, now)
    if options.way_back is None:
        return False
    if price := prices.said(options.prices.get(Priced.RETURN, ""), speech.of(case)):
        _tell(conn, case, fact, texts.return_costs(case, price), now)
        return True
    return _book(conn, case, fact, options.way_back.choice, None, former, now, truth=False)


def _nobody_came(conn: Connection, case: Case, fact: Reply, _: Understood, now: datetime) -> bool:
    """The attempt is disputed, as by the page; a person finds out what is true and answers."""
    with suppress(Problem), conn.transaction():  # of what was decided, they read the answer
        said = disputes.say(conn, case, fact.words, now, came=False)
        disputes.prove(conn, said.dispute, fact.words, [], now)
    return False


def _wrong_number(
    conn: Connection, case: Case, fact: Reply, what: Understood, now: datetime
) -> bool:
    """Whoever writes is not the recipient: done as by the page, for all that this person gets."""
    found = [case, *filter(None, (cases.lock(conn, case_id) for case_id in sorted(what.also)))]
    made = [one for one in (_disown(conn, each, fact, now) for each in found) if one]
    if not made:
        return False
    for one in made:
        store.done(conn, Done(one.case_id, fact.at or now, wrong_id=one.id), now)
    case = cases.by_ids(conn, [case.id])[case.id]
    held = any(one.state == "held" for one in made)
    _tell(conn, case, fact, texts.not_theirs(case, held=held), now, others=False)
    return True


def _disown(conn: Connection, case: Case, fact: Reply, now: datetime) -> Wrong | None:
    """None where this case was not written about there: that is for a person to read."""
    sender = normal(fact.channel, fact.sender)
    ways = [way for way in wrong.reached(conn, case) if normal(fact.channel, way) == sender]
    return wrong.said(conn, case, ways, now) if ways else None


_ACTS: Mapping[Act, Callable[[Connection, Case, Reply, Understood, datetime], bool]] = {
    Act.OPTION: _choose,
    Act.NEIGHBOUR: _leave,
    Act.SAFE_PLACE: _leave,
    Act.UNDO: _undo,
    Act.CANCEL: _cancel,
    Act.RETURN: _return,
    Act.NOBODY_CAME: _nobody_came,
    Act.WRONG_NUMBER: _wrong_number,
    Act.COURTESY: _thank,
}


def _of(options: Options, choices: Sequence[str]) -> list[booking.Slot | booking.PickupPoint]:
    every: list[booking.Slot | booking.PickupPoint] = [*options.slots, *options.pickup_points]
    return [one for one in every if one.choice in choices]


def _hour(conn: Connection, of: Booking) -> Promise:
    kind = Kind.READY if of.kind is BookingKind.PICKUP else Kind.WINDOW
    made = promises.of_case(conn, of.case_id)
    return next(p for p in reversed(made) if p.kind is kind and p.about == of.id)


def _offer(
    conn: Connection,
    case: Case,
    fact: Reply,
    message: RenderedMessage,
    listed: Listed,
    now: datetime,
) -> None:
    key = _tell(conn, case, fact, message, now)
    if listed.choices:
        store.offer(conn, [Offer(case.id, key, "choices", listed.choices, "", now)])


def _tell(
    conn: Connection,
    case: Case,
    fact: Reply,
    message: RenderedMessage,
    now: datetime,
    *,
    others: bool = True,
) -> str:
    """Write back by the way they wrote, at any hour: they are awake, and wait.

    Where that fails it goes by the `others` of the recipient.
    """
    key = f"case-{case.id}:{_TOPIC}:{fact.provider}:{fact.provider_id}"
    draft = Draft(
        case_id=case.id,
        audience="customer",
        topic=_TOPIC,
        idempotency_key=key,
        routes=[Route(fact.channel, fact.sender), *(notices.routes(case) if others else ())],
        subject=message.subject,
        text=message.text,
        needs_case="any",
        language=speech.of(case).code,
        request_id=case.request_id,
    )
    channels.enqueue(conn, [draft], now)
    return key
