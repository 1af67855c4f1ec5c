"""What people and couriers did in past cases, as it can be done again. Pure.

The rules of a replay, which the page states too:

- A courier's news comes at the hour at which it came.
- Whoever took a task on, passed it on or finished it needs as long for it from their own call as
  they did then; who is not called does not do it. Who did it uncalled does it at the same hour.
- A customer chooses, asks or answers as long after the message before it as they did then.
- A shipper decides as long after they were asked as they did then.
- Whoever put calls off, or answered a customer, does it as the others do what they did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.cases.timeline import rows
from app.cases.timeline.facts import (
    Acknowledged,
    Booked,
    Closed,
    CourierReport,
    CustomerReply,
    CustomerTold,
    Decided,
    DecisionRequested,
    DispatcherCalled,
    Facts,
    PassedOn,
    QuestionAnswered,
    Rebooked,
    RecoveryCalled,
    Resolved,
    Snoozed,
    SurveyAnswered,
    SurveySent,
)
from app.cases.timeline.kinds import Actor, Kind
from app.languages.language import mark
from app.managing.dry_runs.history_store import Asked, Said
from app.questions.model import Wants

TaskKey = tuple[str, int]
"""Which task of a case: its kind, and the how-manieth of that kind."""
Anchor = tuple[Any, ...]
"""What an act waits for: `("called", task, person)`, or `("told", topic)`."""
_SURVEY = ("told", "survey")
_DECISION = ("decision",)
_WORDS = frozenset(Wants) - {Wants.PARCEL, Wants.ADDRESS}
"""What can be asked again in words; another address, and a search, open more than a question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What was done: at an hour, or so long after what it waits for."""

    facts: Facts
    by: str
    at: datetime
    """When it was then."""
    task: TaskKey | None = None
    waits_for: Anchor | None = None
    after: timedelta = timedelta()
    asked: Asked | None = None


@dataclass(slots=True)
class Story:
    """What was done in a case; `lacks` are kinds of things that a replay cannot do again."""

    acts: list[Act] = field(default_factory=list)
    lacks: set[str] = field(default_factory=set)


_NOT_AGAIN = {
    Kind.CONTACT_SUPPLIED: mark("a contact came later"),
    Kind.CORRECTION_ASKED: mark("the customer asked for another address"),
    Kind.CORRECTION_REFUSED: mark("the customer asked for another address"),
    Kind.DOOR_HELP_SAID: mark("the customer said what helps at the door"),
    Kind.NOT_RECEIVED: mark("it was delivered and not received"),
    Kind.ATTEMPT_DISPUTED: mark("the customer said whether the courier came"),
    Kind.DISPUTE_SETTLED: mark("the customer said whether the courier came"),
    Kind.UNDONE: mark("something was taken back"),
    Kind.SHIPPER_WROTE: mark("the shipper wrote"),
    Kind.BEGUN: mark("old news was begun by hand"),
    Kind.BOOKING_TOLD: mark("a courier's own system took the booking"),
}


def stories(
    said: Sequence[Said],
    tasks: Mapping[int, tuple[int, str, int]],
    questions: Mapping[int, Asked],
) -> dict[int, Story]:
    """What was done in each case."""
    by_case: dict[int, list[Said]] = {}
    for one in said:
        by_case.setdefault(one.case_id, []).append(one)
    keys = {task_id: (kind, number) for task_id, (_, kind, number) in tasks.items()}
    return {case_id: _story(entries, keys, questions) for case_id, entries in by_case.items()}


def _story(
    entries: Sequence[Said], keys: Mapping[int, TaskKey], questions: Mapping[int, Asked]
) -> Story:
    story = Story()
    first: dict[Anchor, datetime] = {}
    told: Anchor | None = None
    for entry in entries:
        facts = rows.read(entry.kind, entry.facts)
        for anchor in anchors(facts, keys):
            first.setdefault(anchor, entry.at)
            if anchor[0] == "told" and anchor != _SURVEY:
                told = anchor
        if entry.kind in _NOT_AGAIN:
            story.lacks.add(_NOT_AGAIN[Kind(entry.kind)])
        act = _act(entry, facts, keys, first, told)
        if act is not None and isinstance(facts, CustomerReply):
            act = replace(act, asked=questions.get(facts.question_id))
            if act.asked is None or act.asked.wants not in _WORDS:
                story.lacks.add(mark("the customer asked for more than an answer"))
        if act is not None:
            story.acts.append(act)
    return story


def anchors(facts: Facts, keys: Mapping[int, TaskKey]) -> list[Anchor]:
    """What acts may wait for, as it happens with this entry."""
    match facts:
        case DispatcherCalled() | RecoveryCalled():
            task = keys.get(facts.task_id)
            return [("called", task, person) for person in facts.people]
        case CustomerTold():
            return [("told", str(facts.topic))]
        case SurveySent():
            return [_SURVEY]
        case DecisionRequested():
            return [_DECISION]
    return []


def _act(
    entry: Said,
    facts: Facts,
    keys: Mapping[int, TaskKey],
    first: Mapping[Anchor, datetime],
    told: Anchor | None,
) -> Act | None:
    """What was done with this entry by somebody outside; None where nobody outside did anything."""
    done = _done(entry, facts, keys, first, told)
    if done is None:
        return None
    task, anchor = done
    since = first.get(anchor) if anchor else None
    return Act(
        facts=facts,
        by=entry.actor,
        at=entry.at,
        task=task,
        waits_for=anchor if since else None,
        after=entry.at - since if since else timedelta(),
    )


def _done(  # noqa: PLR0911 - one per kind
    entry: Said,
    facts: Facts,
    keys: Mapping[int, TaskKey],
    first: Mapping[Anchor, datetime],
    told: Anchor | None,
) -> tuple[TaskKey | None, Anchor | None] | None:
    """On which task it was done, and what whoever did it waited for."""
    by_person = entry.actor not in set(Actor) - {Actor.CUSTOMER}
    match facts:
        case CourierReport():
            return None, None
        case Acknowledged() | PassedOn() | Resolved() | Snoozed():
            task = keys.get(facts.task_id)
            return task, ("called", task, entry.actor)
        case CustomerReply():
            return None, told
        case QuestionAnswered():
            return None, _last_call(first, entry.actor)
        case Decided():
            return None, _DECISION
        case SurveyAnswered():
            return None, _SURVEY
        case Booked() | Rebooked() if by_person:
            return None, told if entry.actor == Actor.CUSTOMER else None
        case Closed() if by_person:
            return None, None
    return None


def _last_call(first: Mapping[Anchor, datetime], person: str) -> Anchor | None:
    """The last call of this person for a question."""
    called = [one for one in first if one[0] == "called" and one[1] and one[1][0] == "question"]
    return next((one for one in reversed(called) if one[2] == person), None)
