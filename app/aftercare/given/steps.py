"""Chain steps that make gestures by themselves, tell of them, and end what nobody granted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial

from app.access import links
from app.aftercare.given import texts
from app.cases import service as cases
from app.cases.timeline.facts import NoGesture
from app.cases.timeline.kinds import Actor
from app.chain.step import ANYWHEN, CLOSED, Again, Done, Effect, Plain, Result, Step, StepType
from app.channels import service as channels
from app.channels import shipper
from app.customer import notices
from app.db.connection import Connection
from app.gestures import service as gestures
from app.gestures.model import Gesture, Gift, State, Why
from app.gestures.rules import Granted, Not
from app.languages.language import mark

_HAD_ELSE = frozenset({Not.NO_BUDGET, Not.NO_CODE, Not.ENOUGH})
"""Why a customer gets none whom the rules have one for: staff read it, and the shipper can act."""


class Considered(StrEnum):
    """What came of asking the rules for a gesture."""

    MADE = "made"
    """Or asked of the shipper's system."""
    NONE = "none"


def consider(
    conn: Connection, steps: Sequence[Step], now: datetime, *, why: Why
) -> list[Result[Considered]]:
    """Make the gestures that shippers' rules have for these cases, shipper by shipper."""
    gestures.hold(conn, [step.case for step in steps])
    results: dict[int, Result[Considered]] = {}
    for step in sorted(steps, key=lambda step: (step.case.shipper_id, step.case.id)):
        came = gestures.give(conn, step.case, why, Actor.POLICY, now)
        if isinstance(came, Granted):
            results[step.id] = Again(came.at, step.data)
        elif isinstance(came, Gesture):
            results[step.id] = Done(Considered.MADE)
        else:
            results[step.id] = Done(Considered.NONE)
            if why is Why.PERSON or came in _HAD_ELSE:
                entry = cases.Entry(step.case.id, NoGesture(why=why, because=came))
                cases.note(conn, [entry], now)
    return [results[step.id] for step in steps]


def ask_refund(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Ask the shipper for the money of a customer who wants it back."""
    drafts = []
    for step in steps:
        case = step.case
        if gestures.ask_refund(conn, case, Actor.DISPATCHER, now):
            mail = texts.refund(case, links.url("contact", case.id))
            drafts.append(shipper.about(case, "refund", f"case-{case.id}:refund", mail, "any"))
    channels.enqueue(conn, drafts, now)
    return [Done(Plain.DONE) for _ in steps]


def tell(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Tell customers what they get, now that it is firm; each gesture once."""
    drafts = []
    for step in steps:
        for made in gestures.of_case(conn, step.case.id):
            if made.state is State.MADE:
                code = gestures.code_of(conn, made)
                gift = Gift(made.kind, made.amount, made.currency, code)
                message = texts.made(step.case, gift)
                drafts.append(
                    notices.draft(
                        step.case,
                        step.policy,
                        "gesture",
                        f"gesture:{made.id}",
                        message,
                        needs_case="any",
                    )
                )
    channels.enqueue(conn, drafts, now)
    return [Done(Plain.DONE) for _ in steps]


def end(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """What the shipper's system has not granted by now is not made: its amount is free again."""
    for step in sorted(steps, key=lambda step: (step.case.shipper_id, step.case.id)):
        for asked in gestures.of_case(conn, step.case.id):
            if asked.state is State.ASKED:
                gestures.settle(conn, asked.id, State.LAPSED, Actor.REKNOCK, now)
    return [Done(Plain.DONE) for _ in steps]


_ANYWHEN = dict.fromkeys(Considered, Effect(ANYWHEN))
_PLAIN = {Plain.DONE: Effect(ANYWHEN)}

DECLARED = (
    StepType(
        name="gesture_for_promise",
        handler=partial(consider, why=Why.PROMISE),
        outcomes=Considered,
        effects=_ANYWHEN,
        after_close=True,
        label=mark("see whether a gesture is due for the broken promise"),
    ),
    StepType(
        name="gesture_for_rating",
        handler=partial(consider, why=Why.RATING),
        outcomes=Considered,
        effects=dict.fromkeys(Considered, Effect(CLOSED)),
        after_close=True,
        label=mark("see whether a gesture is due for the low rating"),
    ),
    StepType(
        name="make_gesture",
        handler=partial(consider, why=Why.PERSON),
        outcomes=Considered,
        effects=_ANYWHEN,
        after_close=True,
        label=mark("make the gesture that somebody decided"),
    ),
    StepType(
        name="ask_refund",
        handler=ask_refund,
        outcomes=Plain,
        effects=_PLAIN,
        after_close=True,
        label=mark("ask the shipper for the customer's money"),
    ),
    StepType(
        name="tell_gesture",
        handler=tell,
        outcomes=Plain,
        effects=_PLAIN,
        after_close=True,
        label=mark("tell the customer of the gesture"),
    ),
    StepType(
        name="gesture_ends",
        handler=end,
        outcomes=Plain,
        effects=_PLAIN,
        after_close=True,
        label=mark("end the gesture, if nobody granted it"),
    ),
)
