"""Verbs of the customer: choose, and rate. Each is one transaction."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app import languages
from app.booking import cancelling, leaving
from app.booking import service as booking
from app.booking.leaving import Leave, Leaving
from app.booking.service import Booking, BookingState
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import Note, SurveyAnswered
from app.cases.timeline.kinds import Actor, Visibility
from app.chain import policy
from app.chain import service as chain
from app.contact import service as contact
from app.customer import invitations, recovery, store
from app.customer.address import service as address
from app.customer.sources import SURVEY, Rated
from app.db.connection import Connection, again_after_deadlock, connection, transaction
from app.errors import Problem
from app.handover import service as handover
from app.photos import service as photos
from app.promises.service import Promise
from app.shipments import store as shipments
from app.shipments.corrections import forms as corrections
from app.shipments.needs import service as help_


@again_after_deadlock
def choose(case_id: int, choice: str, now: datetime, leave: Leave | None = None) -> None:
    """Book what the customer chose, or change the booking to it; see `book`.

    Raises:
        Problem: what `book` refuses, and 404 for no such case.
    """
    with transaction() as conn:
        book(conn, _lock(conn, case_id), choice, now, leave)


def book(
    conn: Connection, case: Case, choice: str, now: datetime, leave: Leave | None = None
) -> Booking:
    """The same on a case that is locked: `slot:<id>` or `point:<id>`, left as `leave` says.

    Without a `choice` the delivery that stands, or the next one, is left as `leave` says.

    Raises:
        Problem: what `choose` and `leave_with` of `app.booking.service` refuse.
    """
    by = booking.ChosenBy.CUSTOMER
    if choice or leave is None:
        booked = booking.choose(conn, case, choice, by, now, leave=leave)
    else:
        booked = booking.leave_with(conn, case, leave, by, now)
    if leave and leave.photo:
        photos.keep(conn, case.id, [leave.photo], now)
        shown = Note(text="", visibility=Visibility.CUSTOMER, photos=(leave.photo,))
        cases.note(conn, [cases.Entry(case.id, shown, Actor.CUSTOMER)], now)
    case, stands = booked
    # The page that comes next says by when it is confirmed.
    handover.begin(conn, case, stands, policy.get(conn, case.policy_id), now)
    return stands


@again_after_deadlock
def take_back(case_id: int, act: str, now: datetime) -> None:
    """`cancel` what is booked, or `undo` the last choice.

    Raises:
        Problem: what these refuse, and 404 for no such case.
    """
    by = booking.ChosenBy.CUSTOMER
    with transaction() as conn:
        case = _lock(conn, case_id)
        if act == cancelling.CANCEL:
            cancelling.cancel(conn, case, by, now)
            return
        stands = cancelling.undo(conn, case, by, now)
        if stands.state is BookingState.STANDING:
            case = _lock(conn, case_id)
            handover.begin(conn, case, stands, policy.get(conn, case.policy_id), now)


def help_at_door(
    case_id: int, form: Mapping[str, str], needs: Sequence[str], now: datetime
) -> None:
    """Keep what helps the customer at the door; nothing at all takes it back.

    Raises:
        Problem: what `needs.say` refuses, and 404 for no such case.
    """
    words, consent = form.get("needs_words", ""), form.get("consent") == "yes"
    with transaction() as conn:
        case = _lock(conn, case_id)
        help_.say(conn, case, needs, words, Actor.CUSTOMER, now, consent=consent)


def leave_of(case_id: int, form: Mapping[str, str], sent: Sequence[bytes]) -> Leave | None:
    """Whom a form says that the delivery is left with; None where it says nothing of it.

    Raises:
        Problem: it does not say enough, or too much; what `photos.put` refuses.
    """
    how = form.get("leave", "")
    where = form.get("house" if how == Leaving.NEIGHBOUR else "place", "")
    if how != Leaving.SAFE_PLACE or not sent:
        return leaving.read(how, form.get("who", ""), where)
    (photo, *_) = photos.put(case_id, sent[:1])
    return leaving.read(how, "", where, photo)


def rate(
    case_id: int, score: int, words: str, now: datetime, *, tell: bool = True
) -> Promise | None:
    """Take the answer to the survey; the policy says what follows a low and a good one.

    The first answer counts for the chain; a later one corrects score and words. Whoever was not
    satisfied is promised a call, which is returned; without `tell` the caller tells them.

    Raises:
        Problem: 404 no such case; 409 it is not over yet; 422 no score from 1 to 5.
    """
    if not 1 <= score <= 5:
        raise Problem(422, "no_such_score", "Choose from 1 to 5, please.")
    with transaction() as conn:
        case = _lock(conn, case_id)
        if case.resolution is None or not case.resolution.rated:
            detail = "Nothing was delivered yet. We’ll ask you once your parcel is there."
            raise Problem(409, "not_delivered", detail)
        words = words.strip()[:2000]
        first = store.answer_survey(conn, case_id, score, words, now)
        answer = SurveyAnswered(score=score, words=words)
        cases.note(conn, [cases.Entry(case_id, answer, Actor.CUSTOMER)], now)
        promised = None
        if first:
            low = score <= policy.get(conn, case.policy_id).body["low_score"]
            rated = Rated.LOW if low else Rated.GOOD
            if not low:
                invitations.invite(conn, case, score, now)
            answered = [chain.Happened(case, SURVEY, rated)]
            if low and (promised := recovery.promise(conn, case, now)) and tell:
                recovery.tell(conn, case, promised, now)
            chain.follow(conn, answered, now, drop=[(case_id, "follow_up")])
        return promised


def good_now(case_id: int, now: datetime, *, good: bool) -> None:
    """Take whether it was made good.

    Raises:
        Problem: 404 no such case; 409 nobody asked.
    """
    with transaction() as conn:
        recovery.good_now(conn, _lock(conn, case_id), now, good=good)


def score_of(words: str) -> int | None:
    """The score that somebody writes back: a digit from 1 to 5 in any script, and nothing else."""
    said = words.strip().rstrip(".!")
    score = unicodedata.decimal(said, 0) if len(said) == 1 else 0
    return score if 1 <= score <= 5 else None


def speak(case_id: int, code: str) -> None:
    """Write to the customer in this language from now on, and show them their page in it.

    Raises:
        Problem: 404 no such case; 422 no such language.
    """
    if code not in languages.known():
        raise Problem(422, "no_such_language", "This page does not speak that language yet.")
    with transaction() as conn:
        case = cases.by_ids(conn, [case_id]).get(case_id)
        if case is None:
            raise Problem(404, "no_such_case", "There is no such case.")
        shipments.speak(conn, case.shipment_id, code)


def correct(case_id: int, form: Mapping[str, str], now: datetime) -> bool:
    """Correct what the customer may: a number, the unit, what the driver should know.

    Another address is asked for, and somebody has to agree. False: the form is about none of it.

    Raises:
        Problem: what cannot be corrected, and 404 for no such case.
    """
    act = form.get("act", "")
    if act == "phone":
        contact.supply(case_id, form.get("phone", "")[:200], "", Actor.CUSTOMER, now)
        return True
    place = corrections.read(connection(), case_id).place
    if place is None:
        raise Problem(404, "no_such_case", "There is no such case.")
    if act == "move":
        if not _bring_to(case_id, corrections.address(form), now):
            address.move(case_id, place, form, now)
        return True
    return corrections.take_customers(act, form, place, Actor.CUSTOMER, now)


def _bring_to(case_id: int, where: Mapping[str, Any], now: datetime) -> bool:
    """Bring the delivery there, where the courier's terms let the customer say so."""
    leave = leaving.brought_to(where)
    with transaction() as conn:
        case = _lock(conn, case_id)
        if not booking.brings_to(conn, case, leave, now):
            return False
        book(conn, case, "", now, leave)
        return True


def _lock(conn: Connection, case_id: int) -> Case:
    case = cases.lock(conn, case_id)
    if case is None:
        raise Problem(404, "no_such_case", "There is no such case.")
    return case
