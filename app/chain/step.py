"""What a step type is: its name, its handler, its outcomes, and what they mean for a case.

A feature declares its step types, each once, in its `steps.py`. Celery's tasks, the clock's
handlers, the labels for people and the checks of policies are all derived from that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from typing_extensions import override

from app.cases.model import Case
from app.db.connection import Connection

if TYPE_CHECKING:
    from app.chain.policy import Policy

BUILT_IN = "hear_courier"
"""The step that a webhook arms: what the courier said of a case is weighed in it."""

SET_ASIDE = "set_aside"
"""The step that keeps old news, until a person begins it or its time is over."""

WAIT_FOR_PLACE = "wait_for_place"
"""The step that offers a customer what becomes free at a depot that was full."""

WARN_OF_FEW = "warn_of_few_places"
"""The step that tells a depot's person in charge that a day is nearly full."""

TELL_DAY_LIST = "tell_day_list"
"""The step that tells a depot that a list somebody took is true no longer; the database arms it."""

TELL_OFF = "tell_who_confirmed"
"""The step that tells whoever confirmed a booking that it is off."""

TELL_OF_RETURN = "tell_shipper_of_return"
"""The step that tells a shipper that a customer wants a parcel sent back, or no longer does."""

TELL_UNTOLD = "tell_shipper_of_untold_end"
"""The step that tells a shipper that nothing has told a customer how their case ended."""

LOOK_AFTER = "look_after_taken"
"""The step that reminds whoever took a task on, and calls others when they do not finish it."""

WAKE_ON_SCAN = "wake_on_scan"
WAKE_ON_CHOICE = "wake_on_choice"
WAKE_ON_REPLY = "wake_on_reply"
"""The steps that let calls go on when what they were put off for has come; a scan the database
sees."""

BY_THEMSELVES = frozenset(
    {
        BUILT_IN,
        SET_ASIDE,
        WAIT_FOR_PLACE,
        WARN_OF_FEW,
        TELL_DAY_LIST,
        TELL_OFF,
        TELL_OF_RETURN,
        TELL_UNTOLD,
        LOOK_AFTER,
        WAKE_ON_SCAN,
        WAKE_ON_CHOICE,
        WAKE_ON_REPLY,
    }
)
"""Steps that no policy can name: what arms them is not for a policy to say."""

O = TypeVar("O", bound=StrEnum)  # noqa: E741 - outcomes
O_co = TypeVar("O_co", bound=StrEnum, covariant=True)


class Plain(StrEnum):
    """Of a step that can only end in one way."""

    DONE = "done"


@dataclass(slots=True)
class Step:
    """One live step with its case, locked, and the policy that the case runs by."""

    id: int
    attempt: int
    name: str
    due_at: datetime
    data: dict[str, Any]
    request_id: str
    case: Case
    policy: Policy


@dataclass(frozen=True, slots=True)
class Done(Generic[O_co]):
    """The step is over; the policy says what follows `outcome`."""

    outcome: O_co


@dataclass(frozen=True, slots=True)
class Again:
    """The step waits until `at` and runs again with `data`.

    With an `outcome`, what the policy says of that follows meanwhile.
    """

    at: datetime
    data: dict[str, Any]
    outcome: StrEnum | None = None


Result: TypeAlias = Done[O] | Again
Handler: TypeAlias = Callable[[Connection, Sequence[Step], datetime], Sequence[Result[O]]]
"""Gets steps of one type and gives a result for each, in the same order."""


class Phase(Enum):
    """How far a case is, as far as it decides which outcomes can come."""

    NEW = auto()
    """Its contact was not checked yet."""
    CHOOSING = auto()
    BOOKED = auto()
    CLOSED = auto()


STAYS = {phase: phase for phase in (Phase.NEW, Phase.CHOOSING, Phase.BOOKED)}
"""It can come in every phase of an open case and leaves it as it is."""
ANYWHEN = {phase: phase for phase in Phase}
"""It can come in every phase, also after the close, and leaves it as it is."""
UNBOOKED = {phase: phase for phase in (Phase.NEW, Phase.CHOOSING)}
"""It comes only while nothing is booked."""
BOOKED = {Phase.BOOKED: Phase.BOOKED}
"""It comes only while something is booked."""
CLOSED = {Phase.CLOSED: Phase.CLOSED}
"""It comes only when the case is closed."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an outcome means for its case: the checks of policies go by it."""

    phases: Mapping[Phase, Phase] = field(default_factory=lambda: STAYS)
    """In which phases it comes, and which phase the case is in afterwards."""
    ahead: frozenset[str] = frozenset()
    """The case's times that lie ahead then, since it sets them or they were set for it."""
    through: Source[Any] | None = None
    """What the handler lets happen first, when this ends one phase and begins another."""
    outside: bool = False
    """It may also come when the step does not wait any more."""
    said_by: str = ""
    """The part of a policy that says what follows, when that is not `after`."""


@dataclass(frozen=True, kw_only=True)
class Source(Generic[O_co]):
    """Something that policies can react to, a step or not, with all its outcomes."""

    name: str
    outcomes: type[O_co]
    effects: Mapping[Any, Effect] = field(default_factory=dict)
    """By outcome, where it is not the usual `Effect()`."""

    def effect(self, outcome: StrEnum) -> Effect:
        """What this outcome means for its case."""
        found: Effect = self.effects.get(outcome, Effect())
        return found


@dataclass(frozen=True, kw_only=True)
class StepType(Source[O]):
    """One kind of step."""

    handler: Handler[O]
    label: str
    """What a waiting step is going to do, in words."""
    after_close: bool = False
    """It is run although its case is closed."""

    @override
    def effect(self, outcome: StrEnum) -> Effect:
        usual = Effect(CLOSED) if self.after_close else Effect()
        found: Effect = self.effects.get(outcome, usual)
        return found
