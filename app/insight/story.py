"""A case's whole story: what happened, what waits, what was not sent and why, what comes next."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from app.booking import service as booking
from app.cases import service as cases
from app.cases import store as case_store
from app.cases.model import Case
from app.chain import store as chain
from app.channels import service as channels
from app.channels.states import MessageState, reason_words, state_words
from app.db.connection import Connection
from app.dispatch import store as dispatch

_UNSENT = frozenset({MessageState.SUPPRESSED, MessageState.FAILED, MessageState.UNKNOWN})

LINKS = {
    "validate_contact": "check how the recipient can be reached",
    "look_up_contact": "look the contact up at the shipper's system",
    "request_contact": "ask the shipper for a contact",
    "call_dispatcher": "call the next level of the ladder",
    "notify_customer": "tell the customer",
    "remind_customer": "remind the customer to choose",
    "give_news": "give the customer the promised news",
    "choose_default": "choose for the customer, if they have not",
    "schedule_redelivery": "confirm the new delivery",
    "schedule_pickup": "confirm the pickup",
    "keep_promise": "see whether the promise was kept",
    "hear_courier": "weigh what the courier said",
    "stand_down": "end what was going on",
    "follow_up": "ask how it was",
    "recover": "call the ladder to make it good",
    "thank": "thank the customer",
}
"""What a waiting step is going to do, in words."""


class Line(NamedTuple):
    """One thing that happened, or is going to."""

    at: datetime
    who: str
    text: str


class Story(NamedTuple):
    """All there is to know of a case."""

    case: Case
    past: list[Line]
    unsent: list[Line]
    waiting: list[Line]


def tell(conn: Connection, case_id: int) -> Story | None:
    """The story of a case; None if there is none."""
    case = cases.by_ids(conn, [case_id]).get(case_id)
    if case is None:
        return None
    messages = channels.for_case(conn, case_id)
    past = [
        Line(row["at"], row["actor"], _happened(row["kind"], row["facts"]))
        for row in case_store.read_timeline(conn, case_id)
    ]
    past += [
        Line(row["done_at"] or row["created_at"], "reknock", _message(row))
        for row in messages
        if row["state"] not in _UNSENT
    ]
    unsent = [
        Line(row["done_at"] or row["created_at"], "reknock", _message(row))
        for row in messages
        if row["state"] in _UNSENT
    ]
    return Story(case, sorted(past, key=lambda line: line.at), unsent, _waiting(conn, case))


def _waiting(conn: Connection, case: Case) -> list[Line]:
    lines = []
    for step in chain.waiting(conn, case.id):
        text = LINKS.get(step["link"], step["link"])
        if step["last_error"]:
            text += f" — failed {step['tries']} times: {step['last_error']}"
        lines.append(Line(step["due_at"], step["link"], text))
    for task in dispatch.of_case(conn, case.id):
        if task.state in {"open", "acknowledged"}:
            who = task.acknowledged_by or f"level {task.level}"
            text = f"{task.kind} task {task.id} is {task.state}, with {who}"
            lines.append(Line(task.called_at or task.created_at, "dispatch", text))
    stands = booking.standing(conn, case.id)
    if stands:
        lines.append(Line(stands.starts_at, "booking", f"{stands.kind} at {stands.place}"))
    return sorted(lines, key=lambda line: line.at)


def _happened(kind: str, facts: dict[str, Any]) -> str:
    shown = ", ".join(
        f"{name} {_fact(value)}" for name, value in facts.items() if value not in (None, "", [])
    )
    return f"{kind.replace('_', ' ')}{': ' + shown if shown else ''}"


def _fact(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _message(row: dict[str, Any]) -> str:
    why = f" ({reason_words(row['why'])})" if row["why"] else ""
    state = state_words(MessageState(row["state"]))
    return f"{row['channel']} to the {row['audience']} about {row['topic']}: {state}{why}"
