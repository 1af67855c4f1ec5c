"""What people and couriers did in past cases, as it can be done again. Pure.

The rules of a replay, which the page states too:

- A courier's news comes at the hour at which it came.
- Whoever took a task on, passed it on or finished it needs as long for it from their own call as
  they did then; who is not called does not do it. Who did it uncalled does it at the same hour.
- A customer chooses or answers as long after the message before it as they did then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.cases.timeline import rows
from app.cases.timeline.facts import (
    Acknowledged,
    Booked,
    Closed,
    CourierReport,
    CustomerTold,
    DispatcherCalled,
    Facts,
    PassedOn,
    Rebooked,
    RecoveryCalled,
    Resolved,
    SurveyAnswered,
    SurveySent,
)
from app.cases.timeline.kinds import Actor, Kind
from app.managing.dry_runs.history_store import Said

TaskKey = tuple[str, int]
"""Which task of a case: its kind, and the how-manieth of that kind."""
Anchor = tuple[Any, ...]
"""What an act waits for: `("called", task, person)`, or `("told", topic)`."""
_SURVEY = ("told", "survey")


class Verb(StrEnum):
    """What is done."""

    COURIER = "courier"
    ACKNOWLEDGE = "acknowledge"
    PASS_ON = "pass_on"  # noqa: S105 - it is a verb
    RESOLVE = "resolve"
    CHOOSE = "choose"
    RATE = "rate"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One of them: at an hour, or so long after what it waits for."""

    verb: Verb
    facts: Facts
    by: str
    at: datetime
    """When it was then."""
    task: TaskKey | None = None
    waits_for: Anchor | None = None
    after: timedelta = timedelta()


@dataclass(slots=True)
class Story:
    """What was done in a case; `lacks` are kinds of things that a replay cannot do again."""

    acts: list[Act] = field(default_factory=list)
    lacks: set[str] = field(default_factory=set)


_HARMLESS = frozenset({Kind.NOTE, Kind.CONTACT_ELSEWHERE, Kind.CUSTOMER_WORD})
_NOT_AGAIN = {
    Kind.CONTACT_SUPPLIED: "a contact came later",
    Kind.CORRECTED: "the address was corrected",
    Kind.CORRECTION_ASKED: "the address was corrected",
    Kind.CORRECTION_REFUSED: "the address was corrected",
    Kind.DOOR_HELP_SAID: "the customer said what helps at the door",
    Kind.CUSTOMER_REPLY: "the customer asked something",
    Kind.QUESTION_ANSWERED: "the customer asked something",
    Kind.NOT_RECEIVED: "it was delivered and not received",
    Kind.ATTEMPT_DISPUTED: "the customer said whether the courier came",
    Kind.DISPUTE_SETTLED: "the customer said whether the courier came",
    Kind.SNOOZED: "calls were put off",
    Kind.UNDONE: "something was taken back",
    Kind.DECIDED: "the shipper decided",
    Kind.SHIPPER_WROTE: "the shipper wrote",
    Kind.BEGUN: "old news was begun by hand",
    Kind.BOOKING_TOLD: "a courier's own system took the booking",
}


def stories(said: Sequence[Said], tasks: Mapping[int, tuple[int, str, int]]) -> dict[int, Story]:
    """What was done in each case."""
    by_case: dict[int, list[Said]] = {}
    for one in said:
        by_case.setdefault(one.case_id, []).append(one)
    keys = {task_id: (kind, number) for task_id, (_, kind, number) in tasks.items()}
    return {case_id: _story(entries, keys) for case_id, entries in by_case.items()}


def _story(entries: Sequence[Said], keys: Mapping[int, TaskKey]) -> Story:
    story = Story()
    first: dict[Anchor, datetime] = {}
    told: tuple[Anchor, datetime] | None = None
    for entry in entries:
        facts = rows.read(entry.kind, entry.facts)
        for anchor in anchors(facts, keys):
            first.setdefault(anchor, entry.at)
            if anchor[0] == "told" and anchor != _SURVEY:
                told = anchor, first[anchor]
        if entry.kind in _NOT_AGAIN:
            story.lacks.add(_NOT_AGAIN[Kind(entry.kind)])
        act = _act(entry, facts, keys, first, told)
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
    return []


def _act(
    entry: Said,
    facts: Facts,
    keys: Mapping[int, TaskKey],
    first: Mapping[Anchor, datetime],
    told: tuple[Anchor, datetime] | None,
) -> Act | None:
    """What was done with this entry by somebody outside; None where nobody outside did anything."""
    verb: Verb | None = None
    task: TaskKey | None = None
    anchor: Anchor | None = None
    by_person = entry.actor not in set(Actor) - {Actor.CUSTOMER}
    match facts:
        case CourierReport():
            verb = Verb.COURIER
        case Acknowledged() | PassedOn() | Resolved():
            verb = _VERBS[type(facts)]
            task = keys.get(facts.task_id)
            anchor = ("called", task, entry.actor)
        case Booked() | Rebooked() if by_person:
            verb = Verb.CHOOSE
            if entry.actor == Actor.CUSTOMER and told:
                anchor = told[0]
        case SurveyAnswered():
            verb, anchor = Verb.RATE, _SURVEY
        case Closed() if by_person:
            verb = Verb.CLOSE
    if verb is None:
        return None
    since = first.get(anchor) if anchor else None
    return Act(
        verb=verb,
        facts=facts,
        by=entry.actor,
        at=entry.at,
        task=task,
        waits_for=anchor if since else None,
        after=entry.at - since if since else timedelta(),
    )


_VERBS: Mapping[type[Any], Verb] = {
    Acknowledged: Verb.ACKNOWLEDGE,
    PassedOn: Verb.PASS_ON,
    Resolved: Verb.RESOLVE,
}
