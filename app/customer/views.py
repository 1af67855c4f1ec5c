"""What the customer's page shows, decided from facts; no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app.booking.cancelling import last_choice
from app.booking.days import Day, days
from app.booking.leaving import TO_ME, Leave, Leaving, one_line
from app.booking.missed import Missed
from app.booking.service import Booking, BookingKind, Options
from app.booking.waits_store import Wait
from app.cases import own_page, speech
from app.cases.model import NOT_RECEIVED, Case, CaseKind
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
from app.customer import hours, outlook, parts
from app.customer.asked.service import WORDLESS
from app.customer.delegates.store import Delegate
from app.customer.invitations import HAPPY
from app.customer.missed import missed
from app.customer.outlook import Act, Otherwise
from app.customer.reasons import sentence
from app.customer.story import Line, booked, story
from app.customer.wanted import views as wanted_views
from app.customer.wanted.views import Hours, Way
from app.decisions.service import Known
from app.dispatch.in_vain_store import InVain
from app.dispatch.states import TaskKind
from app.disputes.rules import Attempt
from app.disputes.service import attempt_of
from app.disputes.store import Dispute
from app.gestures.model import Gift
from app.languages import prices
from app.promises.service import Kind, Promise
from app.questions import talk
from app.questions.keepers import either
from app.questions.model import Question
from app.questions.talk import Said
from app.shipments.needs.store import Needs
from app.theme.times import When


class Left(NamedTuple):
    """Who else than the customer can take a delivery, and who is to take the one that stands."""

    offered: tuple[Leaving, ...]
    stands: Leave


@dataclass(frozen=True, slots=True)
class View:
    """Everything the page shows. `phase` decides which words and which form."""

    case: Case
    when: When
    phase: str
    """aside (old news that nobody at the depot has begun), choose, booked, late (the promised
    time is over), waiting (nothing to choose now), held (it waits to be collected), sender (only
    the sender can decide), delivered, over."""
    booking: Booking | None
    changeable: bool
    days: list[Day]
    options: Options
    because: str
    rating: SurveyAnswered | None
    """The last answer to the survey."""
    call_back: Promise | None
    """By when somebody calls whoever was not satisfied."""
    good_now: bool | None
    """Whether it was made good, as they say."""
    asks_if_good: bool
    """Whether they are asked that."""
    decision: Known
    """What the sender is asked, or has decided."""
    wait: Wait | None
    """That the customer waits for a place, where all are taken."""
    ahead: int
    """How many wait longer."""
    news: Promise | None
    """By when we said that we write again."""
    hour: Promise | None
    """What stands promised of the booking: a page says its hour from here alone."""
    confirm: Promise | None
    """By when it is known whether what is booked goes ahead; None when that is known."""
    refused: BookingRefused | None
    """What was chosen last and cannot be done; None when something was chosen since."""
    otherwise: Otherwise | None
    """What happens if the customer does nothing."""
    calls: InVain | None
    """How often the depot was called for what nobody there has taken on."""
    call: Promise | None
    """By when it is called again."""
    cared_for: bool
    """Whether a person took on what the customer was not satisfied with."""
    missed: Missed | None
    """How what was booked last did not come true."""
    sorry: bool
    """Whether the case's one apology is about what the page tells of."""
    story: list[Line]
    talk: list[Said]
    """The conversation, oldest first."""
    asked: list[Question]
    """What nobody has answered yet, in words."""
    answer: Promise | None
    """By when the newest of it is answered."""
    wish: Question | None
    """That it should go to another address, which nobody has agreed to or refused."""
    decided_by: Promise | None
    """By when somebody says yes or no to that."""
    needs: Needs | None
    """What helps the customer at the door."""
    undo: FormerBooking | None
    """What the customer had booked before they changed or cancelled it, and can have again."""
    attempt: Attempt | None
    """The courier's last attempt, of which the customer can say whether it was one."""
    disputed: Dispute | None
    """What they said of it."""
    delegates: list[Delegate]
    """Who may choose for them."""
    wanted: list[Way]
    """By which ways they are written to, and what they said of each."""
    gifts: list[Gift]
    """What the shipper gave them, once it was firm."""
    invited: bool
    """Whether this parcel made a happy customer who may be invited to recommend the shipper."""
    later: str
    """The page of a later case of the same parcel; empty without one."""

    @property
    def going_back(self) -> bool:
        """Whether the customer has it sent back."""
        return self.booking is not None and self.booking.kind is BookingKind.RETURN

    @property
    def can_send_back(self) -> bool:
        """Whether they can choose that now."""
        open_ = self.phase in {"choose", "waiting"} or self.changeable
        return open_ and not self.going_back and self.options.way_back is not None

    def price(self, of: str) -> str:
        """What is charged for this choice; empty where nothing is."""
        return self.prices.get(of, "")

    @property
    def prices(self) -> dict[str, str]:
        """What is charged, by what is chosen."""
        return self.options.prices_in(self.when.language)

    @property
    def hours(self) -> Hours:
        """Between which hours they may be written to."""
        return wanted_views.hours(self.case, self.when)

    @property
    def undo_words(self) -> str:
        """What they would have again."""
        return booked(self.case, self.undo, self.when) if self.undo else ""

    @property
    def left(self) -> Left | None:
        """Who else may take a delivery; None where nobody."""
        offered = self.options.leaving
        if not offered or (self.booking and self.booking.kind is not BookingKind.REDELIVERY):
            return None
        return Left(offered, self.booking.leave if self.booking else TO_ME)

    @property
    def not_there(self) -> bool:
        """Whether the customer says that the parcel is not where it was delivered."""
        return self.case.reason == NOT_RECEIVED

    @property
    def missed_because(self) -> str:
        """Why the courier could not hand it over again."""
        reason = self.missed.reason if self.missed else ""
        return sentence(self.when.language, reason, CaseKind.FAILED)

    @property
    def address(self) -> str:
        """Where the parcel goes, in one line; empty where nobody said."""
        return one_line(self.case.parcel.address or {})

    @property
    def where_held(self) -> str:
        """Where a parcel that is held can be collected, as far as it is known."""
        return parts.where_held(self.case)

    @property
    def last_day(self) -> str:
        """Until when it can be collected; empty when nobody said."""
        return parts.last_day(self.case)

    @property
    def without_you(self) -> str:
        """What happens if the customer does nothing, and by when; empty where it is nothing."""
        if self.otherwise is None:
            return ""
        say, at = speech.about(self.case), self.when.moment(self.otherwise.at)
        if self.phase == "waiting":  # nothing can be booked as things are
            return say(
                "If no delivery can be booked by {moment}, we'll ask {shipper} what comes next.",
                moment=at,
            )
        if self.phase == "sender" and self.otherwise.act is Act.ASK:
            return say(
                "By {moment} we'll ask {shipper} for a new parcel or your money back.", moment=at
            )
        return parts.without_you(self.case, self.otherwise)

    @property
    def tried(self) -> str:
        """How often the depot was called in vain, and when it is called again; else empty."""
        if self.calls is None:
            return ""
        say, since = speech.about(self.case), self.when.moment(self.calls.since)
        if not self.calls.exhausted:
            return say("We called them {since}, and nobody has responded yet.", since=since)
        often = hours.often(self.case, self.calls.rings)
        if self.call and self.when.ahead(self.call.due_at):
            return say(
                "Nobody there has responded yet. We’ve called them {often} since {since}, and "
                "we’ll call again by {moment}.",
                often=often,
                since=since,
                moment=self.when.moment(self.call.due_at),
            )
        return say(
            "Nobody there has responded yet. We’ve called them {often} since {since}, and we’ll "
            "keep calling until somebody does.",
            often=often,
            since=since,
        )

    @property
    def answers(self) -> str:
        """Who answers what was asked last, and by when."""
        say, keeper = speech.about(self.case), self.asked[-1].keeper
        names = either(self.when.language, keeper)
        if self.answer is None:
            if keeper:
                return say("{names} at the depot will answer.", names=names)
            return say("The depot will answer.")
        moment = self.when.moment(self.answer.due_at)
        if keeper:
            return say("{names} at the depot will answer by {moment}.", names=names, moment=moment)
        return say("The depot will answer by {moment}.", moment=moment)

    @property
    def wish_answers(self) -> str:
        """Who says whether it can go to another address, and by when."""
        say, keeper = speech.about(self.case), self.wish.keeper if self.wish else ""
        names = either(self.when.language, keeper)
        moment = self.when.moment(self.decided_by.due_at) if self.decided_by else ""
        if keeper and moment:
            return say(
                "{names} at the depot will tell you by {moment} whether that can be done; until "
                "then nothing changes.",
                names=names,
                moment=moment,
            )
        if moment:
            return say(
                "The depot will tell you by {moment} whether that can be done; until then nothing "
                "changes.",
                moment=moment,
            )
        return say("The depot will tell you whether that can be done; until then nothing changes.")

    @property
    def parcel(self) -> str:
        """What the customer knows the parcel by."""
        return self.case.parcel.label

    def worth(self, gift: Gift) -> str:
        """What something that was given is worth; empty where nobody says."""
        if not (gift.amount and gift.currency):
            return ""
        return prices.amount(gift.amount, gift.currency, self.when.language)

    @property
    def recommend(self) -> str:
        """Where they may recommend the shipper; empty where they are not invited to, or no more."""
        happy = self.invited and self.rating and self.rating.score >= HAPPY
        return self.case.shipper.brand.recommend if happy else ""

    @property
    def rates(self) -> bool:
        """Whether they can say how it went."""
        return bool(self.case.resolution and self.case.resolution.rated)

    @property
    def scores(self) -> list[str]:
        """What each score means, the lowest first."""
        return [self.when.language.say(name) for name in parts.SCORES]

    @property
    def settled(self) -> bool:
        """Whether nothing more will happen here by itself."""
        done = self.phase == "over" or (self.phase == "delivered" and self.rating is not None)
        return done and not self.asked


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
