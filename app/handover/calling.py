"""One call to a courier for one act, with no connection to the database at hand."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import structlog

from app.handover.connectors.base import Ambiguous, Answer, Can, Choice, Client, Over, Parcel

log = structlog.get_logger(__name__)


class Do(StrEnum):
    """What is done with a courier."""

    PUSH = "push"
    WITHDRAW = "withdraw"
    CORRECT = "correct"


class Act(NamedTuple):
    """What is to be done at a courier, and what is known of former tries."""

    do: Do
    key: str
    choice: Choice
    ref: str = ""
    pushed: bool = False
    """Whether a push may have reached the courier: then it is asked and not told again."""


def ask(client: Client, parcel: Parcel) -> Answer | Can:
    """What may be offered for a parcel; an `Answer` when the courier did not say."""
    try:
        return client.can(parcel)
    except Over as over:
        return over.answer
    except Exception as error:  # noqa: BLE001 - a fault of ours; its text may hold a secret
        log.error("connector_failed", error=type(error).__name__, do="can")  # noqa: TRY400
        return Ambiguous("fault")


def call(client: Client, act: Act) -> Answer:
    """Make the one call that is next; an answer that was lost is asked for before anything else."""
    try:
        if act.do is Do.WITHDRAW:
            return client.cancel(act.choice, act.key, act.ref)
        if act.do is Do.CORRECT:
            return client.correct(act.choice.parcel, act.key)
        if act.pushed:
            return client.check(act.choice, act.key, act.ref)
        return client.push(act.choice, act.key)
    except Over as over:
        return over.answer
    except Exception as error:  # noqa: BLE001 - a fault of ours; its text may hold a secret
        log.error("connector_failed", error=type(error).__name__, do=act.do)  # noqa: TRY400
        return Ambiguous("fault")
