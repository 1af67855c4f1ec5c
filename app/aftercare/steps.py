"""Chain steps that run when a case is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from app.access import links
from app.aftercare import rules, texts
from app.booking import service as booking
from app.cases import service as cases
from app.cases.model import Case, Resolution
from app.cases.timeline.facts import AskedIfGood, SurveySent, Thanked
from app.chain import service as chain
from app.chain.step import Again, Done, Plain, Result, Step, StepType
from app.channels import service as channels
from app.channels import shipper
from app.channels.rules import reminds_at
from app.channels.states import NotSent
from app.contact import rules as contact_rules
from app.contact.service import country
from app.customer import notices
from app.customer import store as surveys
from app.customer import texts as customer_texts
from app.customer.understood import store as understood
from app.customer.understood.store import SCORES, Offer
from app.db.connection import Connection
from app.dispatch import ends_store as dispatch
from app.dispatch.steps import RECOVER
from app.languages.language import mark
from app.promises import service as promises
from app.questions import service as questions

_SCORES = ("1", "2", "3", "4", "5")


class FollowedUp(StrEnum):
    """What came of asking how it was."""

    ANSWERED = "answered"
    UNRATED = "unrated"


def stand_down(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """End what a closed case had going: open tasks, queued messages, the standing booking.

    Messages are checked again when they are sent, so this is no race: it is tidiness, and
    it gives every unsent message its reason at once.
    """
    dispatch.withdraw(conn, [step.case.id for step in steps], now)
    questions.moot(conn, [step.case for step in steps], now)
    for why in (NotSent.DELIVERED, NotSent.CASE_CLOSED):
        ended_so = [step.case.id for step in steps if _why(step.case) is why]
        channels.withdraw_open(conn, ended_so, why, now)
    booking.lock_ahead(conn, [step.case.id for step in steps])
    booking.at_close(conn, [step.case for step in steps], now)
    promises.closed(conn, [step.case for step in steps], now)
    for step in steps:
        if step.case.resolution is Resolution.RETURNED_TO_SENDER and not _is_old(step, now):
            _tell_of_return(conn, step, now)
    return [Done(Plain.DONE) for _ in steps]


def _why(case: Case) -> NotSent:
    """Why a customer is not told any more what was queued for them."""
    arrived = case.resolution is not None and case.resolution.arrived
    return NotSent.DELIVERED if arrived else NotSent.CASE_CLOSED


def _is_old(step: Step, now: datetime) -> bool:
    """Whether it ended long ago, or was old news that nobody began: nobody is written to."""
    case = step.case
    return case.aside_until is not None or step.policy.is_old(case.closed_at, now)


def _tell_of_return(conn: Connection, step: Step, now: datetime) -> None:
    """Tell the customer that the parcel is back where it came from, and the shipper who knows."""
    case, once = _contact_checked(conn, step.case, now), "back_at_sender"
    ways, drafts = notices.routes(case), []
    if channels.reaches(conn, case.shipper_id, ways):
        message = customer_texts.back_at_sender(case)
        drafts = [notices.draft(case, step.policy, once, once, message, needs_case="closed")]
    mail = texts.back(case, links.url("contact", case.id), told=bool(drafts), known=bool(ways))
    drafts.append(shipper.about(case, once, f"case-{case.id}:{once}:shipper", mail, "closed"))
    channels.enqueue(conn, drafts, now)


def _contact_checked(conn: Connection, case: Case, now: datetime) -> Case:
    """The case with a way to its customer: it may have ended before anybody looked for one."""
    if notices.routes(case):
        return case
    contact = contact_rules.choose(case.parcel.phones, case.parcel.emails, country(case))
    (after,) = cases.contact_checked(conn, [(case, contact, case.choose_by or now)], now)
    return after


def follow_up(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[FollowedUp]]:
    """Ask how it was, once more by the next channel, and then let it rest unrated."""
    drafts, offers, notes = [], [], []
    results: list[Result[FollowedUp]] = []
    came = channels.came(
        conn, [step.case.id for step in steps if step.data.get("asked")], now, topic="survey"
    )
    for step in steps:
        case, policy, asked = step.case, step.policy, step.data.get("asked", 0)
        if surveys.answered(conn, case.id):
            results.append(Done(FollowedUp.ANSWERED))
            continue
        may = rules.by_message(case, policy.body) and notices.routes(case, "survey")
        if asked > 1 or not may or (not asked and _is_old(step, now)):
            results.append(Done(FollowedUp.UNRATED))
            continue
        again = reminds_at(came.get(case.id), policy.seconds("survey_again"), now)
        if again > now:
            results.append(Again(again, step.data))
            continue
        url = notices.page_url(case)
        draft = notices.draft(
            case,
            policy,
            "survey",
            f"survey:{asked}",
            texts.survey(case, url, again=asked > 0),
            turn=asked,
            needs_case="closed",
            weight=channels.Weight.SPARE,
        )
        surveys.ask_survey(conn, case.id, now)
        drafts.append(replace(draft, hint=texts.by_number(case), html=texts.stars(case, url)))
        offers.append(Offer(case.id, draft.idempotency_key, SCORES, _SCORES, "", now))
        notes.append(cases.Entry(case.id, SurveySent()))
        wait = "survey_ends" if asked else "survey_again"
        results.append(Again(now + policy.seconds(wait), {"asked": asked + 1}))
    channels.enqueue(conn, drafts, now)
    understood.offer(conn, offers)
    cases.note(conn, notes, now)
    return results


def thank(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Thank a customer for a good answer, and invite who is happy to recommend the shipper."""
    drafts, notes = [], []
    invited = surveys.invited(conn, [step.case.id for step in steps])
    for step in steps:
        asks = step.case.id in invited and _may_invite(step)
        url = step.case.shipper.brand.recommend if asks else ""
        notes.append(cases.Entry(step.case.id, Thanked(invited=bool(url))))
        message = texts.thanks(step.case, url)
        drafts.append(
            notices.draft(
                step.case,
                step.policy,
                "thanks",
                "thanks",
                message,
                needs_case="closed",
                weight=channels.Weight.ASKED,
            )
        )
    channels.enqueue(conn, drafts, now)
    cases.note(conn, notes, now)
    return [Done(Plain.DONE) for _ in steps]


def _may_invite(step: Step) -> bool:
    """Never where that is advertising, and never in the first message that somebody gets."""
    return rules.by_message(step.case, step.policy.body) and step.case.informed_at is not None


def ask_if_good(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Ask whoever was not satisfied, once, whether it is good now; the page asks them anywhere."""
    drafts, notes = [], []
    for step in steps:
        case = step.case
        if not surveys.ask_if_good(conn, case.id, now):
            continue
        notes.append(cases.Entry(case.id, AskedIfGood()))
        if rules.by_message(case, step.policy.body):
            message = texts.good_now(case, notices.page_url(case))
            drafts.append(
                notices.draft(
                    case,
                    step.policy,
                    "survey",
                    "good_now",
                    message,
                    needs_case="closed",
                    weight=channels.Weight.SPARE,
                )
            )
    channels.enqueue(conn, drafts, now)
    cases.note(conn, notes, now)
    return [Done(Plain.DONE) for _ in steps]


def recover_again(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Call the ladder anew for whoever says that it is not good yet: that is another task."""
    arms = [chain.NewStep(step.case.id, RECOVER.name, now, {"turn": 1}) for step in steps]
    chain.arm(conn, arms)
    return [Done(Plain.DONE) for _ in steps]


DECLARED = (
    StepType(
        name="ask_if_good",
        handler=ask_if_good,
        outcomes=Plain,
        after_close=True,
        label=mark("ask whether it is good now"),
    ),
    StepType(
        name="recover_again",
        handler=recover_again,
        outcomes=Plain,
        after_close=True,
        label=mark("call the ladder once more to make it good"),
    ),
    StepType(
        name="stand_down",
        handler=stand_down,
        outcomes=Plain,
        after_close=True,
        label=mark("end what was going on"),
    ),
    StepType(
        name="follow_up",
        handler=follow_up,
        outcomes=FollowedUp,
        after_close=True,
        label=mark("ask how it was"),
    ),
    StepType(
        name="thank",
        handler=thank,
        outcomes=Plain,
        after_close=True,
        label=mark("thank the customer"),
    ),
)
