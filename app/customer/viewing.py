"""What the page shows, decided from facts; no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.booking.cancelling import last_choice
from app.booking.days import days
from app.booking.service import Booking, Options
from app.booking.waits_store import Wait
from app.cases import own_page, speech
from app.cases.model import Case, CaseKind
from app.cases.timeline.facts import (
    Acknowledged,
    AskedIfGood,
    Booked,
    BookingCancelled,
    BookingRefused,
    CustomerTold,
    PromiseBroken,
    Rebooked,
    SaidIfGood,
    SurveyAnswered,
)
from app.cases.timeline.facts import Booking as FormerBooking
from app.cases.timeline.kinds import Actor
from app.cases.timeline.rows import Recorded
from app.chain.service import Waiting
from app.customer import outlook
from app.customer.asked.service import WORDLESS
from app.customer.delegates.store import Delegate
from app.customer.missed import missed
from app.customer.reasons import sentence
from app.customer.story.lines import story
from app.customer.views import View
from app.customer.wanted.views import Way
from app.decisions.service import Known
from app.dispatch.in_vain_store import InVain
from app.dispatch.states import TaskKind
from app.disputes.service import attempt_of
from app.disputes.store import Dispute
from app.gestures.model import Gift
from app.promises.service import Kind, Promise
from app.questions import talk
from app.questions.model import Question
from app.questions.talk import Said
from app.shipments.needs.store import Needs
from app.theme.times import When


def view(
    case: Case,
    timeline: Sequence[Recorded],
    options: Options,
    booking: Booking | None,
    decision: Known,
    wait: Wait | None,
    ahead: int,
    promised: Sequence[Promise],
    waits: Mapping[str, Waiting],
    questions: Sequence[Question],
    calls: InVain | None,
    now: datetime,
    *,
    disputed: Sequence[Dispute] = (),
    needs: Needs | None = None,
    wanted: Sequence[Way] = (),
    delegates: Sequence[Delegate] = (),
    gifts: Sequence[Gift] = (),
    invited: bool = False,
    later: tuple[int, bytes | None] | None = None,
) -> View:
    """Decide what to show."""
    when = When(case.zone, now, speech.of(case))
    offered = bool(options.slots or options.pickup_points)
    changeable = offered or options.way_back is not None
    standing = {(p.kind, p.about): p for p in promised if p.open}
    asked = [question for question in questions if question.open and not question.wish]
    wishes = [question for question in questions if question.open and question.wish]
    attempt = None if case.closed else attempt_of(timeline)
    hour = None
    if booking:
        hour = standing.get((Kind.WINDOW, booking.id)) or standing.get((Kind.READY, booking.id))
    good = [entry.facts.good for entry in timeline if isinstance(entry.facts, SaidIfGood)]
    ratings = [entry.facts for entry in timeline if isinstance(entry.facts, SurveyAnswered)]
    return View(
        case=case,
        when=when,
        phase=_phase(case, booking, hour, now, offered=offered),
        booking=booking,
        changeable=bool(booking and booking.cutoff_at > now and changeable),
        days=days(options.slots, when),
        options=options,
        because=sentence(when.language, case.reason, case.kind),
        rating=ratings[-1] if ratings else None,
        call_back=standing.get((Kind.ANSWER, 0)),
        good_now=good[-1] if good else None,
        asks_if_good=any(isinstance(entry.facts, AskedIfGood) for entry in timeline),
        decision=decision,
        wait=wait,
        ahead=ahead,
        news=standing.get((Kind.NEWS, 0)),
        hour=hour,
        confirm=standing.get((Kind.CONFIRM, booking.id)) if booking else None,
        refused=refused(timeline),
        otherwise=outlook.otherwise(case, waits),
        calls=calls,
        call=standing.get((Kind.CALL, 0)),
        cared_for=any(
            isinstance(e.facts, Acknowledged) and e.facts.kind == TaskKind.RECOVERY
            for e in timeline
        ),
        missed=missed(timeline),
        sorry=_sorry(timeline),
        story=story(case, timeline, when),
        talk=[_read(when, said) for said in talk.conversation(timeline) if not said.elsewhere],
        asked=asked,
        answer=standing.get((Kind.ANSWER, asked[-1].id)) if asked else None,
        wish=wishes[-1] if wishes else None,
        decided_by=standing.get((Kind.ANSWER, wishes[-1].id)) if wishes else None,
        needs=needs,
        undo=_undo(timeline, now),
        attempt=attempt,
        disputed=next((d for d in disputed if attempt and d.event_id == attempt.event_id), None),
        wanted=list(wanted),
        delegates=list(delegates),
        gifts=list(gifts),
        invited=invited,
        later=f"/c/{own_page.token_of(*later)}" if later else "",
    )


def _read(when: When, said: Said) -> Said:
    """As the customer reads it: a button that says something says it in their language."""
    words = when.language.say(said.words) if said.words in WORDLESS else said.words
    return said._replace(words=words)


def refused(timeline: Sequence[Recorded]) -> BookingRefused | None:
    """What was chosen last and cannot be done; None when something was chosen since."""
    chosen = [e.facts for e in timeline if isinstance(e.facts, Booked | Rebooked | BookingRefused)]
    return chosen[-1] if chosen and isinstance(chosen[-1], BookingRefused) else None


def _undo(timeline: Sequence[Recorded], now: datetime) -> FormerBooking | None:
    last = last_choice(timeline)
    if last is None or last.actor != Actor.CUSTOMER:
        return None
    match last.facts:
        case Rebooked(instead_of=FormerBooking() as former) | (BookingCancelled() as former):
            return former if former.starts_at and former.starts_at > now else None
    return None


def _sorry(timeline: Sequence[Recorded]) -> bool:
    """An apology is for what went before it; the next failure is met with deeds."""
    sorry = False
    for entry in timeline:
        match entry.facts:
            case PromiseBroken():
                sorry = False
            case CustomerTold(sorry=True):
                sorry = True
    return sorry


def _phase(
    case: Case, booking: Booking | None, hour: Promise | None, now: datetime, *, offered: bool
) -> str:
    if case.closed:
        return "delivered" if case.resolution and case.resolution.arrived else "over"
    if case.aside:
        return "aside"
    if not case.deliverable and case.kind is not CaseKind.HELD:
        return "sender"
    if booking:
        return "booked" if hour and booking.ends_at >= now else "late"
    if case.kind is CaseKind.HELD:
        return "held"
    return "choose" if offered else "waiting"
