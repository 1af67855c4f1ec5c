"""What is kept of each thing that happened to a case.

The names of kinds and fields are those of the table `timeline`, so they are never renamed.
Whoever shows a timeline goes through all of `Facts` by `match`: where a kind that is added
here is not shown, the type checker complains.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, dataclass_transform

from app.cases.timeline.kinds import Kind, Topic, Visibility, Word
from app.frozen import frozen

CLASSES: dict[Kind, type[Any]] = {}
"""The class of each kind's facts."""

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def _facts_of(kind: Kind) -> Callable[[type[T]], type[T]]:
    """Make a frozen dataclass of a class, and say which kind's facts it holds."""

    def declare(cls: type[T]) -> type[T]:
        made = frozen(kw_only=True)(cls)
        CLASSES[kind] = made
        return made

    return declare


@frozen(kw_only=True)
class CourierReport:
    """What a courier said of the parcel. `late`: of a matter that was closed by then."""

    event_id: int
    at: datetime | None
    reason: str
    code: str
    words: str
    attempts: int
    late: bool


@_facts_of(Kind.COURIER_FAILED)
class CourierFailed(CourierReport):
    """A delivery was tried in vain."""


@_facts_of(Kind.COURIER_REFUSED)
class CourierRefused(CourierReport):
    """The parcel was not accepted at the door."""


@_facts_of(Kind.COURIER_RETURNED)
class CourierReturned(CourierReport):
    """The parcel goes back to its sender."""


@_facts_of(Kind.COURIER_LOST)
class CourierLost(CourierReport):
    """The courier cannot find the parcel."""


@_facts_of(Kind.COURIER_DAMAGED)
class CourierDamaged(CourierReport):
    """The parcel was damaged."""


@_facts_of(Kind.COURIER_HELD)
class CourierHeld(CourierReport):
    """The parcel waits where the customer can collect it."""


@_facts_of(Kind.COURIER_DELIVERED)
class CourierDelivered(CourierReport):
    """The parcel was delivered."""


@_facts_of(Kind.COURIER_WARNING)
class CourierWarning(CourierReport):
    """Something is not as planned, and no attempt failed."""


@_facts_of(Kind.COURIER_PROGRESS)
class CourierProgress(CourierReport):
    """A scan on the parcel's way."""


@_facts_of(Kind.CONTACT_CHECKED)
class ContactChecked:
    """The recipient's contact was checked: `reachable`, `email_only` or `unreachable`."""

    outcome: str
    line: str | None
    fault: str | None


@_facts_of(Kind.CONTACT_LOOKED_UP)
class ContactLookedUp:
    """The shipper's system was asked for a contact."""

    outcome: str
    why: str | None


@_facts_of(Kind.CONTACT_REQUESTED)
class ContactRequested:
    """The shipper was asked for a contact in person."""


@_facts_of(Kind.CONTACT_SUPPLIED)
class ContactSupplied:
    """Somebody gave a contact: which of the two it was, never the contact itself."""

    phone: bool
    email: bool


@_facts_of(Kind.CORRECTED)
class Corrected:
    """Where the parcel goes was corrected; what it says stands in the version of this number."""

    version: int
    address: bool
    directions: bool


@_facts_of(Kind.CORRECTION_ASKED)
class CorrectionAsked:
    """The customer asked to have it brought to another address."""

    version: int


@_facts_of(Kind.CORRECTION_REFUSED)
class CorrectionRefused:
    """It cannot be brought where the customer asked; `why` is what they read."""

    why: str = ""


@_facts_of(Kind.DOOR_HELP_SAID)
class DoorHelpSaid:
    """The customer said what helps at the door, or took it back; what it is stands elsewhere."""

    withdrawn: bool


@_facts_of(Kind.CORRECTION_TOLD)
class CorrectionTold:
    """The courier's own system was told what was corrected; `done`: and took all of it.

    `left` is what it has no place for, in words, where it took the rest.
    """

    courier: str
    done: bool
    left: str = ""


@_facts_of(Kind.CONTACT_FAILED)
class ContactFailed:
    """The shipper gave no contact, however often it was asked."""


@_facts_of(Kind.DISPATCHER_CALLED)
class DispatcherCalled:
    """A level of the ladder was called."""

    level: int
    people: tuple[str, ...]
    task_id: int


@_facts_of(Kind.RECOVERY_CALLED)
class RecoveryCalled:
    """A level of the ladder was called for a customer who was not satisfied."""

    level: int
    people: tuple[str, ...]
    task_id: int


@_facts_of(Kind.CALL_ENDED)
class CallEnded:
    """Somebody at a depot was rung in vain, or could not be; `why` is a code of `NotSent`."""

    person: str
    why: str


@_facts_of(Kind.LEVEL_PASSED_OVER)
class LevelPassedOver:
    """Nobody was called at a level of the ladder; `why` is one of `app.directory.model.Empty`."""

    level: int
    why: str
    rotas: tuple[str, ...]


@_facts_of(Kind.LADDER_EXHAUSTED)
class LadderExhausted:
    """Everybody was called."""


@_facts_of(Kind.ACKNOWLEDGED)
class Acknowledged:
    """A dispatcher took a task on."""

    task_id: int
    outcome: str
    note: str
    kind: str


@_facts_of(Kind.PASSED_ON)
class PassedOn:
    """A dispatcher handed a task to the next level."""

    task_id: int
    level: int


@_facts_of(Kind.SNOOZED)
class Snoozed:
    """A dispatcher put the calls off; `event` is what ends that sooner, if anything does."""

    task_id: int
    minutes: int
    event: str = ""


@_facts_of(Kind.WOKEN)
class Woken:
    """What the calls were put off for has come, so that they go on."""

    task_id: int
    event: str


@_facts_of(Kind.REMINDED)
class Reminded:
    """Whoever took a task on was reminded of it."""

    task_id: int
    person: str


@_facts_of(Kind.NEEDS_LONGER)
class NeedsLonger:
    """Whoever took a task on needs longer for it."""

    task_id: int
    until: datetime | None


@_facts_of(Kind.WENT_BACK)
class WentBack:
    """Whoever took a task on did not finish it in time: the ladder is called anew."""

    task_id: int
    person: str


@_facts_of(Kind.UNDONE)
class Undone:
    """A dispatcher took back what they had done to a task."""

    task_id: int
    act: str


@_facts_of(Kind.RESOLVED)
class Resolved:
    """A dispatcher finished a task."""

    task_id: int
    outcome: str
    note: str
    kind: str


@_facts_of(Kind.CUSTOMER_TOLD)
class CustomerTold:
    """A notice to the customer was queued; `sorry`: it holds the case's one apology."""

    topic: Topic
    sorry: bool = False


@_facts_of(Kind.CUSTOMER_REPLY)
class CustomerReply:
    """The customer wrote to us, by the page or by answering a message.

    The words of a question stand in its own row and are put in when the timeline is read.
    """

    words: str
    channel: str
    provider_id: str
    question_id: int = 0


@_facts_of(Kind.CUSTOMER_WORD)
class CustomerWord:
    """The customer sent STOP, START or HELP and nothing else."""

    word: Word
    channel: str
    provider_id: str


@_facts_of(Kind.MESSAGES_REFUSED)
class MessagesRefused:
    """The customer wants no messages by a channel; by none at all where it is empty.

    Then what was promised by message is released. `how` is the way in which that was said.
    """

    channel: str = ""
    how: str = ""
    released: tuple[str, ...] = ()


@_facts_of(Kind.MESSAGES_WANTED)
class MessagesWanted:
    """The customer wants messages by a channel again."""

    channel: str
    how: str


@_facts_of(Kind.QUESTION_ANSWERED)
class QuestionAnswered:
    """Staff answered the customer; the words stand with the question."""

    question_id: int
    channel: str
    words: str = ""


@_facts_of(Kind.QUESTION_SETTLED)
class QuestionSettled:
    """Nobody waits for an answer any more: it was given in another way, or is not needed."""

    question_id: int


@_facts_of(Kind.STAFF_WROTE)
class StaffWrote:
    """Staff wrote to the customer, who had asked nothing."""

    channel: str
    words: str


@_facts_of(Kind.NOT_RECEIVED)
class NotReceived:
    """The customer does not have what the courier reports as delivered; `case_id` was its case."""

    former_case: int
    delivered_at: datetime | None


@_facts_of(Kind.ATTEMPT_DISPUTED)
class AttemptDisputed:
    """The customer said whether the courier came at this time; `finding` is of our own checks."""

    dispute_id: int
    at: datetime | None
    came: bool
    finding: str


@_facts_of(Kind.DISPUTE_SETTLED)
class DisputeSettled:
    """Somebody found out: `accepted`, the courier was not there. `why` is for the customer."""

    dispute_id: int
    accepted: bool
    why: str


@_facts_of(Kind.MESSAGE_UNDELIVERABLE)
class MessageUndeliverable:
    """A message to the customer did not arrive, by none of its routes."""

    message_id: int
    topic: str
    channel: str
    why: str | None


@frozen(kw_only=True)
class Booking:
    """What was booked: a `redelivery` or a `pickup`."""

    booking_id: int
    kind: str
    place: str
    starts_at: datetime | None
    ends_at: datetime | None
    zone: str
    leaving: str = ""
    """`neighbour` or `safe_place` where the customer does not take it themselves."""


@_facts_of(Kind.BOOKED)
class Booked(Booking):
    """A delivery or pickup was booked."""


@_facts_of(Kind.REBOOKED)
class Rebooked(Booking):
    """The booking was changed to this one."""

    instead_of: Booking | None


@_facts_of(Kind.BOOKING_CANCELLED)
class BookingCancelled(Booking):
    """What was booked was taken back, and nothing is booked instead."""


@_facts_of(Kind.BOOKING_TOLD)
class BookingTold:
    """A courier's own system was told of a booking; `asked`: it has it and decides later."""

    booking_id: int
    courier: str
    asked: bool


@_facts_of(Kind.BOOKING_CONFIRMED)
class BookingConfirmed:
    """Whoever carries a booking out said yes; `ref` is a courier's own id of it."""

    booking_id: int
    courier: str
    ref: str


@_facts_of(Kind.BOOKING_REFUSED)
class BookingRefused(Booking):
    """Whoever should have carried it out said no; `words` are theirs."""

    courier: str
    code: str
    words: str


@_facts_of(Kind.BOOKING_UNCONFIRMED)
class BookingUnconfirmed:
    """A courier did not confirm, so that people are asked; `why` is a code."""

    booking_id: int
    courier: str
    why: str


@_facts_of(Kind.BOOKING_WITHDRAWN)
class BookingWithdrawn:
    """A courier's own system was told that a booking is off. `done`: it said yes."""

    booking_id: int
    courier: str
    done: bool
    words: str


@_facts_of(Kind.BOOKING_AT_RISK)
class BookingAtRisk:
    """What is booked may not happen: `not_on_tour` before the window, `elsewhere` in it."""

    booking_id: int
    why: str


@_facts_of(Kind.PROMISE_BROKEN)
class PromiseBroken:
    """What was booked did not happen; `round` begins.

    `how` is as `bookings.missed` has it, empty for what was written down before that was kept;
    `reason` is the courier's, where they tried in vain.
    """

    round: int
    how: str = ""
    pickup: bool = False
    reason: str = ""


@_facts_of(Kind.HOUR_MISSED)
class HourMissed:
    """An hour that the customer was told passed without what was promised for it.

    `promised` is a kind of `app.promises`; a booked delivery that fails is `PromiseBroken`.
    """

    promised: str
    due_at: datetime | None


@_facts_of(Kind.DECISION_REQUESTED)
class DecisionRequested:
    """The shipper was asked to decide about a parcel that cannot be delivered again."""

    answer_by: datetime | None = None


@_facts_of(Kind.DECISION_OVERDUE)
class DecisionOverdue:
    """The shipper did not decide in time: the ladder is called, so that somebody asks them."""


@_facts_of(Kind.DECIDED)
class Decided:
    """The shipper decided, or somebody for them: what `app.decisions.model.Choice` lists."""

    decision: str
    note: str
    note_for: Visibility = Visibility.SHIPPER


@_facts_of(Kind.SHIPPER_WROTE)
class ShipperWrote:
    """The shipper wrote to the customer, through us."""

    words: str


@_facts_of(Kind.HANDED_OVER)
class HandedOver:
    """The case was handed over to the shipper."""


@_facts_of(Kind.SURVEY_SENT)
class SurveySent:
    """The customer was asked how it went."""


@_facts_of(Kind.SURVEY_ANSWERED)
class SurveyAnswered:
    """The customer answered how it went, 1 to 5."""

    score: int
    words: str


@_facts_of(Kind.THANKED)
class Thanked:
    """The customer was thanked for a good answer, and `invited` to recommend the shipper."""

    invited: bool = False


@_facts_of(Kind.ASKED_IF_GOOD)
class AskedIfGood:
    """A customer who was not satisfied was asked whether it is good now."""


@_facts_of(Kind.SAID_IF_GOOD)
class SaidIfGood:
    """They said whether it is."""

    good: bool


@frozen(kw_only=True)
class Gesture:
    """What a shipper gives: a `credit`, a `voucher` or a `refund`; its code stands elsewhere.

    The amount is in the smallest unit of the currency, `why` is `promise`, `rating` or `person`.
    """

    gesture_id: int
    gesture: str
    amount: int
    currency: str
    why: str


@_facts_of(Kind.GESTURE_ASKED)
class GestureAsked(Gesture):
    """The shipper is asked to grant it; the customer does not know of it."""


@_facts_of(Kind.GESTURE_MADE)
class GestureMade(Gesture):
    """It is firm, and the customer is told."""


@_facts_of(Kind.GESTURE_ENDED)
class GestureEnded(Gesture):
    """It is not made: `how` is `refused` or `lapsed`."""

    how: str


@_facts_of(Kind.NO_GESTURE)
class NoGesture:
    """None is made, although one was due: `because` is one of `app.gestures.rules.Not`."""

    why: str
    because: str


@_facts_of(Kind.NOTE)
class Note:
    """Somebody wrote something down; for staff, unless they said otherwise."""

    text: str
    visibility: Visibility = Visibility.INTERNAL
    photos: tuple[str, ...] = ()
    """Their names in `app.photos`; whoever may read the note may see them."""


@_facts_of(Kind.CONTACT_ELSEWHERE)
class ContactElsewhere:
    """The customer was in touch by other ways than ours, and staff wrote it down."""

    channel: str
    text: str
    visibility: Visibility = Visibility.INTERNAL
    """Of the text; that there was a contact is told to everybody."""


@_facts_of(Kind.SET_ASIDE)
class SetAside:
    """It was old news: nobody is called until a person begins it."""

    until: datetime | None


@_facts_of(Kind.BEGUN)
class Begun:
    """What was set aside begins now."""


@_facts_of(Kind.AUDIT_HEALED)
class AuditHealed:
    """The audit found the case at a standstill and woke it."""


@_facts_of(Kind.CLOSED)
class Closed:
    """The case was closed."""

    resolution: str


@frozen(kw_only=True)
class Unknown:
    """What a newer version wrote: shown by its name."""

    kind: str
    facts: dict[str, Any]


Facts = (
    CourierFailed
    | CourierRefused
    | CourierReturned
    | CourierLost
    | CourierDamaged
    | CourierHeld
    | CourierDelivered
    | CourierWarning
    | CourierProgress
    | ContactChecked
    | ContactLookedUp
    | ContactRequested
    | ContactSupplied
    | Corrected
    | CorrectionAsked
    | CorrectionRefused
    | CorrectionTold
    | DoorHelpSaid
    | ContactFailed
    | DispatcherCalled
    | RecoveryCalled
    | CallEnded
    | LevelPassedOver
    | LadderExhausted
    | Acknowledged
    | PassedOn
    | Snoozed
    | Woken
    | Reminded
    | NeedsLonger
    | WentBack
    | Undone
    | Resolved
    | CustomerTold
    | CustomerReply
    | CustomerWord
    | MessagesRefused
    | MessagesWanted
    | QuestionAnswered
    | QuestionSettled
    | StaffWrote
    | NotReceived
    | AttemptDisputed
    | DisputeSettled
    | MessageUndeliverable
    | Booked
    | Rebooked
    | BookingCancelled
    | BookingTold
    | BookingConfirmed
    | BookingRefused
    | BookingUnconfirmed
    | BookingWithdrawn
    | BookingAtRisk
    | PromiseBroken
    | HourMissed
    | DecisionRequested
    | DecisionOverdue
    | Decided
    | ShipperWrote
    | HandedOver
    | SurveySent
    | SurveyAnswered
    | Thanked
    | AskedIfGood
    | SaidIfGood
    | GestureAsked
    | GestureMade
    | GestureEnded
    | NoGesture
    | Note
    | ContactElsewhere
    | SetAside
    | Begun
    | AuditHealed
    | Closed
    | Unknown
)
