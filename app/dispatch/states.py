"""What dispatchers are called for and how far a task is, with the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import assert_never

from app.booking.missed import How


class TaskKind(StrEnum):
    """What somebody is called for; the same list as the CHECK of `dispatch_tasks.kind`."""

    FAILURE = "failure"
    PROMISE = "promise"
    QUESTION = "question"
    """The customer wrote, and somebody has to answer."""
    HANDOVER = "handover"
    """A booking that people have to confirm."""
    DECISION = "decision"
    """The shipper has to decide and does not."""
    RECOVERY = "recovery"

    @property
    def of_delivery(self) -> bool:
        """Whether who takes it on answers for the whole case: a failure, or a second one."""
        return self in {TaskKind.FAILURE, TaskKind.PROMISE}

    @property
    def outlives(self) -> bool:
        """Whether it stays to be done when the case is closed."""
        return self in {TaskKind.QUESTION, TaskKind.RECOVERY}


class TaskState(StrEnum):
    """How far a task is; the same list as the CHECK of `dispatch_tasks.state`."""

    ASIDE = "aside"
    """Old news: it waits for a person to begin it, and nobody is called for it."""
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"

    @property
    def live(self) -> bool:
        """Whether somebody is called for it or has it."""
        return self in {TaskState.OPEN, TaskState.ACKNOWLEDGED}


class Called(StrEnum):
    """What came of calling the ladder."""

    ACKNOWLEDGED = "acknowledged"
    """Somebody took the task on; said when they do, not by the step."""
    ANSWERED = "answered"
    """The step found that somebody had."""
    EXHAUSTED = "exhausted"
    """Everybody was called; said once, and who is in charge is called on until somebody comes."""


REACHED = "reached_customer"
OUTCOMES = {
    "deliver_again": "We deliver again",
    REACHED: "I reached the customer",
    "address_corrected": "Address corrected",
    "wait_for_customer": "Waiting for the customer's choice",
    "search": "We are searching for the parcel",
    "other": "Something else (see note)",
}
"""What a dispatcher can say about a task, with the words for it."""


ANSWERS = {
    "confirmed": "Yes, it goes ahead",
    "refused": "No, we can’t do that",
}
"""What people can say of a booking that they have to confirm; `resolve` needs one of them."""

ALL_OUTCOMES = {**OUTCOMES, **ANSWERS}


def outcomes_of(kind: TaskKind) -> Mapping[str, str]:
    """What can be said of a task of this kind, with the words for it."""
    return ANSWERS if kind is TaskKind.HANDOVER else OUTCOMES


def missed(how: str | None, *, pickup: bool) -> str:
    """What became of a booking that did not come true, in two or three words."""
    match how:
        case How.TRIED:
            return "Delivery failed again"
        case How.NOT_CONFIRMED:
            return "Pickup not confirmed" if pickup else "Delivery not confirmed"
        case How.NOT_COLLECTED:
            return "Not picked up"
    return "Promise missed"


def headline(kind: TaskKind, failure: str, missed: str = "Promise missed") -> str:
    """What a task is about, in two words.

    `failure` says it of a failed delivery, `missed` of a booking that did not come true.
    """
    match kind:
        case TaskKind.FAILURE:
            return failure
        case TaskKind.PROMISE:
            return missed
        case TaskKind.QUESTION:
            return "Customer asks"
        case TaskKind.HANDOVER:
            return "Please confirm"
        case TaskKind.DECISION:
            return "Decision missing"
        case TaskKind.RECOVERY:
            return "Unhappy customer"
        case _:
            assert_never(kind)


def due_for(kind: TaskKind) -> str:
    """What a task's deadline is the deadline of, in two words."""
    match kind:
        case TaskKind.FAILURE | TaskKind.PROMISE:
            return "back to sender"
        case TaskKind.QUESTION:
            return "answer"
        case TaskKind.HANDOVER:
            return "confirm"
        case TaskKind.DECISION:
            return "decide"
        case TaskKind.RECOVERY:
            return "call back"
        case _:
            assert_never(kind)


def several(kind: TaskKind) -> str:
    """The name of all tasks of a kind."""
    match kind:
        case TaskKind.FAILURE:
            return "Failed deliveries"
        case TaskKind.PROMISE:
            return "Missed promises"
        case TaskKind.QUESTION:
            return "Questions"
        case TaskKind.HANDOVER:
            return "To confirm"
        case TaskKind.DECISION:
            return "Missing decisions"
        case TaskKind.RECOVERY:
            return "Unhappy customers"
        case _:
            assert_never(kind)


def state_words(state: TaskState) -> str:
    """How far a task is, in words."""
    match state:
        case TaskState.ASIDE:
            return "old news, waiting for somebody to begin it"
        case TaskState.OPEN:
            return "waiting for somebody to take it on"
        case TaskState.ACKNOWLEDGED:
            return "taken on"
        case TaskState.RESOLVED:
            return "done"
        case TaskState.WITHDRAWN:
            return "no longer needed"
        case _:
            assert_never(state)
