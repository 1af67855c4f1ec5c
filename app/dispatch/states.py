"""What dispatchers are called for and how far a task is, with the words for people."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never


class TaskKind(StrEnum):
    """What somebody is called for; the same list as the CHECK of `dispatch_tasks.kind`."""

    FAILURE = "failure"
    PROMISE = "promise"
    RECOVERY = "recovery"


class TaskState(StrEnum):
    """How far a task is; the same list as the CHECK of `dispatch_tasks.state`."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"

    @property
    def live(self) -> bool:
        """Whether somebody is called for it or has it."""
        return self in {TaskState.OPEN, TaskState.ACKNOWLEDGED}


OUTCOMES = {
    "deliver_again": "We deliver again",
    "reached_customer": "I reached the customer",
    "address_corrected": "Address corrected",
    "wait_for_customer": "Waiting for the customer's choice",
    "search": "We are searching for the parcel",
    "other": "Something else (see note)",
}
"""What a dispatcher can say about a task, with the words for it."""


def headline(kind: TaskKind, failure: str) -> str:
    """What a task is about, in two words; `failure` says it of a failed delivery."""
    match kind:
        case TaskKind.FAILURE:
            return failure
        case TaskKind.PROMISE:
            return "Promise missed"
        case TaskKind.RECOVERY:
            return "Unhappy customer"
        case _:
            assert_never(kind)


def several(kind: TaskKind) -> str:
    """The name of all tasks of a kind."""
    match kind:
        case TaskKind.FAILURE:
            return "Failed deliveries"
        case TaskKind.PROMISE:
            return "Missed promises"
        case TaskKind.RECOVERY:
            return "Unhappy customers"
        case _:
            assert_never(kind)


def state_words(state: TaskState) -> str:
    """How far a task is, in words."""
    match state:
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
