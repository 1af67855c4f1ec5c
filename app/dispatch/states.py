"""What dispatchers are called for and how far a task is, with the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import assert_never

from app.booking.missed import How
from app.languages.language import Language, mark


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
    "deliver_again": mark("We deliver again"),
    REACHED: mark("I reached the customer"),
    "address_corrected": mark("Address corrected"),
    "wait_for_customer": mark("Waiting for the customer’s choice"),
    "search": mark("We are searching for the parcel"),
    "other": mark("Something else (see note)"),
}
"""What a dispatcher can say about a task, with the words for it."""


ANSWERS = {
    "confirmed": mark("Yes, it goes ahead"),
    "refused": mark("No, we can’t do that"),
}
"""What people can say of a booking that they have to confirm; `resolve` needs one of them."""

RECOVERED = {
    "called": mark("I spoke with the customer"),
    "apologised": mark("I apologised"),
    "gesture": mark("They get a gesture"),
    "refund_asked": mark("They want their money back"),
    "other": mark("Something else (see note)"),
}
"""What can be said of a customer who was not satisfied."""

ALL_OUTCOMES = {**OUTCOMES, **ANSWERS, **RECOVERED}


def outcomes_of(kind: TaskKind) -> Mapping[str, str]:
    """What can be said of a task of this kind, with the words for it."""
    match kind:
        case TaskKind.HANDOVER:
            return ANSWERS
        case TaskKind.RECOVERY:
            return RECOVERED
    return OUTCOMES


def missed(how: str | None, *, pickup: bool) -> str:
    """What became of a booking that did not come true, in two or three words."""
    match how:
        case How.TRIED:
            return mark("Delivery failed again")
        case How.NOT_CONFIRMED:
            return mark("Pickup not confirmed") if pickup else mark("Delivery not confirmed")
        case How.NOT_COLLECTED:
            return mark("Not picked up")
        case How.NOT_BACK:
            return mark("Not back at the sender")
    return mark("Promise missed")


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
            return mark("Customer asks")
        case TaskKind.HANDOVER:
            return mark("Please confirm")
        case TaskKind.DECISION:
            return mark("Decision missing")
        case TaskKind.RECOVERY:
            return mark("Unhappy customer")
        case _:
            assert_never(kind)


def due(kind: TaskKind, language: Language, when: str) -> str:
    """What a task's deadline is the deadline of, and when that is: `answer in 3 h`."""
    match kind:
        case TaskKind.FAILURE | TaskKind.PROMISE:
            return language.say("back to sender {when}", when=when)
        case TaskKind.QUESTION:
            return language.say("answer {when}", when=when)
        case TaskKind.HANDOVER:
            return language.say("confirm {when}", when=when)
        case TaskKind.DECISION:
            return language.say("decide {when}", when=when)
        case TaskKind.RECOVERY:
            return language.say("call back {when}", when=when)
        case _:
            assert_never(kind)


def overdue(kind: TaskKind, language: Language, length: str) -> str:
    """The same of one that has passed: `answer: 3 h overdue`."""
    match kind:
        case TaskKind.FAILURE | TaskKind.PROMISE:
            return language.say("back to sender: {length} overdue", length=length)
        case TaskKind.QUESTION:
            return language.say("answer: {length} overdue", length=length)
        case TaskKind.HANDOVER:
            return language.say("confirm: {length} overdue", length=length)
        case TaskKind.DECISION:
            return language.say("decide: {length} overdue", length=length)
        case TaskKind.RECOVERY:
            return language.say("call back: {length} overdue", length=length)
        case _:
            assert_never(kind)


def several(kind: TaskKind) -> str:
    """The name of all tasks of a kind."""
    match kind:
        case TaskKind.FAILURE:
            return mark("Failed deliveries")
        case TaskKind.PROMISE:
            return mark("Missed promises")
        case TaskKind.QUESTION:
            return mark("Questions")
        case TaskKind.HANDOVER:
            return mark("To confirm")
        case TaskKind.DECISION:
            return mark("Missing decisions")
        case TaskKind.RECOVERY:
            return mark("Unhappy customers")
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
