"""Book, change, cancel or send back what a reply chose, as the page does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.booking import cancelling, leaving
from app.booking import service as booking
from app.booking.leaving import Leave
from app.booking.service import Booking, Options
from app.booking.terms import Priced
from app.cases import speech
from app.cases.model import Case
from app.cases.timeline.kinds import Topic
from app.channels import service as channels
from app.channels.heard import Reply
from app.customer import refusals
from app.customer import service as customer
from app.customer.understood import answers, lists, reading, store, texts
from app.customer.understood.reading import Understood
from app.customer.understood.store import Done
from app.db.connection import Connection
from app.errors import Problem
from app.languages import prices
from app.replies.meaning import Act, Reading


def choose(conn: Connection, case: Case, fact: Reply, what: Understood, now: datetime) -> bool:
    """Book what was meant; ask which one, where several may be."""
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
    answers.offer(conn, case, fact, texts.which(case, listed), listed, now)
    return True


def leave_elsewhere(
    conn: Connection, case: Case, fact: Reply, what: Understood, now: datetime
) -> bool:
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


def cancel(conn: Connection, case: Case, fact: Reply, _: Understood, now: datetime) -> bool:
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
        say_why(conn, case, fact, problem, now)
    return True


def send_back(conn: Connection, case: Case, fact: Reply, _: Understood, now: datetime) -> bool:
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
        answers.tell(conn, case, fact, texts.return_costs(case, price), now)
        return True
    return _book(conn, case, fact, options.way_back.choice, None, former, now, truth=False)


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
            say_why(conn, case, fact, problem, now)
        return truth
    if former and made.id == former.id:
        answers.tell(conn, case, fact, texts.stands(case, made, answers.hour(conn, made)), now)
        return True
    remember(conn, fact, made, former, now)
    return True


def remember(
    conn: Connection,
    fact: Reply,
    made: Booking,
    former: Booking | None,
    now: datetime,
    *,
    restores: bool = False,
) -> None:
    """That this reply booked it, so that the next one can take it back."""
    done = Done(
        made.case_id,
        fact.at or now,
        booking_id=made.id,
        former_id=former.id if former else None,
        restores=restores,
    )
    store.done(conn, done, now)


def say_why(conn: Connection, case: Case, fact: Reply, problem: Problem, now: datetime) -> None:
    """Say what cannot be done as it is, and offer what can."""
    options = booking.options(conn, case, now)
    listed = lists.numbered(case, lists.a_few(options.slots, case.zone))
    why = refusals.words(speech.of(case), problem)
    answers.offer(conn, case, fact, texts.truth(case, why, listed), listed, now)


def _is_stale(
    conn: Connection, case: Case, fact: Reply, stands: Booking | None, now: datetime
) -> bool:
    """Whether they have answered later already; then what stands is said again."""
    last = store.last_booked(conn, case.id)
    if last is None or stands is None or (fact.at or now) >= last.said_at:
        return False
    answers.tell(conn, case, fact, texts.stands(case, stands, answers.hour(conn, stands)), now)
    return True


def _agrees(conn: Connection, case: Case, what: Understood) -> bool:
    """Whether it is a yes to what they read of their booking last, which asks for nothing."""
    if any(one.act is not Act.YES for one in what.readings) or len(what.listed) == 1:
        return False
    told = [m for m in channels.for_case(conn, case.id) if m["audience"] == "customer"]
    return bool(told) and told[-1]["topic"] == Topic.BOOKING


def _left(read: Reading, words: str) -> Leave:
    if read.act is Act.SAFE_PLACE:
        return leaving.safe_place(words)
    number = read.option or (read.hours and read.hours.first.hour) or (read.day and read.day.day)
    return leaving.neighbour("", str(number or ""))


def _of(options: Options, choices: Sequence[str]) -> list[booking.Slot | booking.PickupPoint]:
    every: list[booking.Slot | booking.PickupPoint] = [*options.slots, *options.pickup_points]
    return [one for one in every if one.choice in choices]
