"""What the dispatcher's page shows, decided from facts; no I/O."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from urllib.parse import quote

from app.booking.service import Booking
from app.cases import passphrase, reasons, speech
from app.cases.model import Case, CourierAct
from app.cases.timeline.facts import PromiseBroken, SurveyAnswered
from app.cases.timeline.rows import Recorded
from app.channels.unsent_store import Told
from app.dispatch.snoozed.events import Event
from app.dispatch.states import ALL_OUTCOMES, TaskKind, TaskState, missed
from app.dispatch.store import Task
from app.dispatch.story import Line, story
from app.dispatch.story_parts import label
from app.dispatch.story_words import FAULTS, TITLES
from app.frozen import frozen
from app.languages.language import mark
from app.locality import written
from app.questions import talk
from app.questions.model import Question
from app.questions.talk import Said
from app.shipments.reachable import check_number
from app.theme import names
from app.theme.times import When

_WITH_FORM = frozenset({"open", "above", "mine", "theirs"})


@frozen()
class View:
    """Everything the page shows."""

    task: Task
    case: Case
    when: When
    person: str
    courier: str
    phase: str
    """aside (old news that nobody began), open, above (it went up to others), mine, theirs
    (acknowledged by somebody else), resolved, over."""
    booking: Booking | None
    missed: PromiseBroken | None
    """How what was booked last did not come true."""
    rating: SurveyAnswered | None
    story: list[Line]
    talk: list[Said]
    """The conversation with the customer, oldest first."""
    asked: list[Question]
    """What nobody has answered yet."""
    admin: bool
    """Whether who looks may forget the customer."""
    unsent: Sequence[Told]
    """What did not reach the customer, and why."""

    @property
    def to_answer(self) -> bool:
        """Whether something of it is to be answered in words."""
        return any(not question.wish for question in self.asked)

    @property
    def settled(self) -> bool:
        """Whether nothing more will happen here by itself."""
        return self.phase in {"resolved", "over"}

    @property
    def can_act(self) -> bool:
        """Whether the page offers any act; also once its task is over while the case is not."""
        return with_form(self.phase) or (self.settled and not self.case.closed)

    @property
    def title(self) -> str:
        """What it is about, in two or three words."""
        return self.when.language.say(self._title)

    @property
    def _title(self) -> str:
        match self.task.kind:
            case TaskKind.RECOVERY:
                return mark("A customer was not happy")
            case TaskKind.PROMISE:
                ended = self.missed
                return missed(ended.how if ended else None, pickup=bool(ended and ended.pickup))
            case TaskKind.QUESTION:
                wish = self.asked and not self.to_answer
                asks = mark("The customer has a question")
                return mark("Another address is asked for") if wish else asks
            case TaskKind.HANDOVER:
                return mark("A booking to confirm")
            case TaskKind.DECISION:
                return mark("The shipper has not decided")
            case TaskKind.FAILURE:
                return TITLES.get(self.case.kind, mark("Delivery problem"))

    @property
    def tries_again(self) -> bool:
        """Whether the courier is going to bring it once more, whatever anybody wants."""
        case = self.case
        tries = not self.settled and case.courier_act is CourierAct.TRIES_AGAIN
        return tries and case.courier_acts_at is not None and self.when.ahead(case.courier_acts_at)

    @property
    def put_off(self) -> str:
        """Until when, or until what, nobody is called, as a sentence; empty while somebody is."""
        at = self.task.snoozed_until
        if at is None or not self.when.ahead(at):
            return ""
        language, moment = self.when.language, self.when.moment(at)
        if not self.task.wakes_on:
            return language.say("until {moment}", moment=moment)
        return Event(self.task.wakes_on).until(language, moment)

    @property
    def to_confirm(self) -> bool:
        """Whether people have to say yes or no to a booking."""
        return self.task.kind is TaskKind.HANDOVER and self.phase in {"open", "mine", "theirs"}

    @property
    def address(self) -> list[str]:
        """The address by its lines."""
        parts = self.case.parcel.address or {}
        lines = [parts.get("line1"), parts.get("line2"), written.town(parts), parts.get("country")]
        return [str(line) for line in lines if line]

    @property
    def map_url(self) -> str:
        """A map search for the address; nothing is asked of it until somebody follows it."""
        return "https://www.openstreetmap.org/search?query=" + quote(", ".join(self.address))

    @property
    def passphrase(self) -> str:
        """What a caller says first, as the customer reads it on their page."""
        return passphrase.of(self.case, speech.of(self.case))

    @property
    def phones(self) -> list[str]:
        """Numbers worth calling, the checked one first; what is none stands as it came."""
        country = (self.case.parcel.address or {}).get("country") or self.case.shipper.country
        checked = [(check_number(text, country), text) for text in self.case.parcel.phones]
        numbers = [number.full if number.callable else text for number, text in checked]
        return list(dict.fromkeys(filter(None, [self.case.contact_phone, *numbers])))

    @property
    def fault(self) -> str:
        """Why no text message reaches the recipient; empty when one does."""
        if not self.case.contact_fault or self.case.contact_phone:
            return ""
        known = FAULTS.get(self.case.contact_fault)
        return self.when.language.say(known) if known else f"{label(self.case.contact_fault)}."

    @property
    def outcome(self) -> str:
        """What was said when it was acknowledged or resolved."""
        known = ALL_OUTCOMES.get(self.task.outcome or "")
        return self.when.language.say(known) if known else self.task.outcome or ""

    @property
    def reason(self) -> str:
        """Why it failed; empty where only the courier's own words say so."""
        if self.case.reason == reasons.UNKNOWN and self.case.words:
            return ""
        return reasons.in_words(self.when.language, self.case.reason)

    @property
    def who(self) -> str:
        """The customer by name, at the beginning of a sentence."""
        return self.case.parcel.name or self.when.language.say("The customer")


def version(view: View) -> str:
    """What whoever fills in a form relies on; another one when that has changed."""
    task, case, booking = view.task, view.case, view.booking
    facts = (
        (task.state, task.acknowledged_by, task.outcome),
        (case.state, case.round, case.resolution, case.contact_phone, view.address),
        (booking.id, booking.state, booking.confirmed_at) if booking else None,
        [question.id for question in view.asked],
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]


def with_form(phase: str) -> bool:
    """Whether a page of this phase may hold something half filled in."""
    return phase in _WITH_FORM


def view(
    task: Task,
    case: Case,
    timeline: Sequence[Recorded],
    booking: Booking | None,
    person: str,
    courier: str,
    questions: Sequence[Question],
    when: When,
    level: int | None = None,
    *,
    admin: bool = False,
    unsent: Sequence[Told] = (),
) -> View:
    """Decide what to show to `person`, who was called at `level` for what went up since."""
    ratings = [entry.facts for entry in timeline if isinstance(entry.facts, SurveyAnswered)]
    return View(
        task=task,
        case=case,
        when=when,
        person=person,
        courier=names.courier(courier),
        phase=_phase(task, case, person, level),
        booking=booking,
        missed=next(
            (e.facts for e in reversed(timeline) if isinstance(e.facts, PromiseBroken)), None
        ),
        rating=ratings[-1] if ratings else None,
        story=story(timeline, when, unsent),
        talk=talk.conversation(timeline),
        asked=[question for question in questions if question.open],
        admin=admin,
        unsent=unsent,
    )


def _phase(task: Task, case: Case, person: str, level: int | None) -> str:
    if task.state is TaskState.RESOLVED:
        return "resolved"
    if task.state is TaskState.WITHDRAWN or (case.closed and not task.kind.outlives):
        return "over"
    if task.state is TaskState.ACKNOWLEDGED:
        return "mine" if task.acknowledged_by == person else "theirs"
    if task.state is TaskState.ASIDE:
        return "aside"
    return "above" if task.gone_up(level) else "open"
