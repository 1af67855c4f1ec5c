"""Verbs around making it good: the hour by which somebody calls back, and whether it is good now.

In the caller's transaction, with the case locked by it.
"""

from __future__ import annotations

from datetime import datetime

from app.booking import places_store
from app.cases import own_page, speech
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import SaidIfGood
from app.cases.timeline.kinds import Actor
from app.chain import policy
from app.chain import service as chain
from app.chain.entries import Arm
from app.channels import service as channels
from app.customer import notices, store
from app.customer.hours import hour
from app.customer.parts import RenderedMessage
from app.customer.sources import GOOD_NOW, SURVEY, GoodNow, Rated
from app.db.connection import Connection
from app.dispatch.steps import RECOVER
from app.errors import Problem
from app.languages.said import joined
from app.promises import service as promises
from app.promises.service import Kind, Promise, Wanted
from app.questions import hours


def promise(conn: Connection, case: Case, now: datetime) -> Promise | None:
    """Promise by when somebody calls back; None where a policy lets nobody call."""
    rules = policy.get(conn, case.policy_id)
    follows = rules.follows(SURVEY.name, Rated.LOW)
    if not any(isinstance(one, Arm) and one.step == RECOVER.name for one in follows):
        return None
    week = places_store.read_week(conn, case, now)
    by = hours.answer_by(now, rules.seconds("recover_within"), week)
    (made,) = promises.make(conn, [Wanted(case.id, Kind.ANSWER, by)], now)
    return made


def tell(conn: Connection, case: Case, promised: Promise, now: datetime) -> None:
    """Tell the customer by when they are called back."""
    draft = notices.draft(
        case,
        policy.get(conn, case.policy_id),
        "recovery",
        f"recovery:{promised.id}",
        RenderedMessage(_subject(case), joined(words(case, promised), own_page.url(case))),
        needs_case="closed",
        weight=channels.Weight.ASKED,
    )
    channels.enqueue(conn, [draft], now)


def words(case: Case, promised: Promise) -> str:
    """Who calls back, and by when. The one apology is the caller's to make."""
    say = speech.about(case)
    thanks, by = say("Thank you for telling us."), hour(case, promised)
    if case.contact_phone or case.contact_call or case.call_only:
        return joined(thanks, say("Somebody at the depot will call you by {by}.", by=by))
    return joined(thanks, say("Somebody at the depot will write to you by {by}.", by=by))


def _subject(case: Case) -> str:
    say = speech.about(case)
    return say("About your {shipper} parcel: we’ll get back to you")


def good_now(conn: Connection, case: Case, now: datetime, *, good: bool) -> None:
    """Whether it is good now; saying it again corrects it, and what follows, follows once.

    Raises:
        Problem: 409 nobody asked.
    """
    said = store.say_if_good(conn, case.id, good, now)
    if said is None:
        raise Problem(409, "not_asked", "Nobody has asked this yet.")
    cases.note(conn, [cases.Entry(case.id, SaidIfGood(good=good), Actor.CUSTOMER)], now)
    if not said.before:
        if not good and (promised := promise(conn, case, now)):
            tell(conn, case, promised, now)
        outcome = GoodNow.YES if good else GoodNow.NO
        chain.follow(conn, [chain.Happened(case, GOOD_NOW, outcome)], now)
