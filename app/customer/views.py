"""What the customer's page shows, and how it says it; no I/O."""

from __future__ import annotations

from typing import NamedTuple

from app.booking.days import Day
from app.booking.leaving import TO_ME, Leave, Leaving
from app.booking.missed import Missed
from app.booking.service import Booking, BookingKind, Options
from app.booking.waits_store import Wait
from app.cases.model import NOT_RECEIVED, Case, CaseKind
from app.cases.timeline.facts import Booking as FormerBooking
from app.cases.timeline.facts import (
    BookingRefused,
    SurveyAnswered,
)
from app.customer import parts, sayings
from app.customer.delegates.store import Delegate
from app.customer.invitations import HAPPY
from app.customer.outlook import Otherwise
from app.customer.reasons import sentence
from app.customer.story.choices import booked
from app.customer.story.lines import Line
from app.customer.wanted import views as wanted_views
from app.customer.wanted.views import Hours, Way
from app.decisions.service import Known
from app.dispatch.in_vain_store import InVain
from app.disputes.rules import Attempt
from app.disputes.store import Dispute
from app.frozen import frozen
from app.gestures.model import Gift
from app.languages import prices
from app.locality.written import one_line
from app.promises.service import Promise
from app.questions.model import Question
from app.questions.talk import Said
from app.shipments.needs.store import Needs
from app.theme.times import When


class Left(NamedTuple):
    """Who else than the customer can take a delivery, and who is to take the one that stands."""

    offered: tuple[Leaving, ...]
    stands: Leave


@frozen()
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
    def nobody_came(self) -> bool:
        """Whether the customer says so of the last attempt, and nobody has found otherwise."""
        said = self.disputed
        return said is not None and not said.came and said.state in {"open", "accepted"}

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
        return sayings.without_you(self.case, self.phase, self.otherwise, self.when)

    @property
    def tried(self) -> str:
        """How often the depot was called in vain, and when it is called again; else empty."""
        return sayings.tried(self.case, self.calls, self.call, self.when)

    @property
    def answers(self) -> str:
        """Who answers what was asked last, and by when."""
        return sayings.answers(self.case, self.asked[-1].keeper, self.answer, self.when)

    @property
    def wish_answers(self) -> str:
        """Who says whether it can go to another address, and by when."""
        keeper = self.wish.keeper if self.wish else ""
        return sayings.wish_answers(self.case, keeper, self.decided_by, self.when)

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
