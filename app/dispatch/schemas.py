"""Dispatch tasks as JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.access.api import PageQuery
from app.access.openapi import MEANT, Answer, Body, Flag, one_of
from app.cases.schemas import CaseOut
from app.dispatch.snoozed.events import Event
from app.dispatch.states import ALL_OUTCOMES, TaskKind, TaskState


class TaskQuery(PageQuery):
    """Which tasks."""

    state = one_of(TaskState, load_default=TaskState.OPEN.value)


class TaskOut(Answer):
    """A dispatch task."""

    id = fields.Integer()
    case_id = fields.Integer()
    kind = one_of(TaskKind)
    state = one_of(TaskState)
    level = fields.Integer()
    created_at = fields.AwareDateTime()
    called_at = fields.AwareDateTime(allow_none=True)
    exhausted_at = fields.AwareDateTime(
        allow_none=True,
        metadata={"description": "Since when everybody was called and nobody took it on."},
    )
    acknowledged_at = fields.AwareDateTime(allow_none=True)
    acknowledged_by = fields.String(allow_none=True)
    outcome = one_of(["", *ALL_OUTCOMES], allow_none=True)
    note = fields.String(allow_none=True)
    resolved_at = fields.AwareDateTime(allow_none=True)
    done_by = fields.AwareDateTime(
        allow_none=True,
        metadata={"description": "Until then whoever took it on has it; then others are called."},
    )
    had_by = fields.String(
        allow_none=True,
        metadata={"description": "Who had it last and did not finish it in time."},
    )
    went_back_at = fields.AwareDateTime(allow_none=True)
    snoozed_until = fields.AwareDateTime(
        allow_none=True, metadata={"description": "Nobody is called before then, at the latest."}
    )
    wakes_on = one_of(Event, allow_none=True)


class ListedTaskOut(TaskOut):
    """A dispatch task with what a list shows of its parcel."""

    depot = fields.String()
    tracking_number = fields.String()
    order_ref = fields.String(allow_none=True)
    reason = fields.String()
    attempts = fields.Integer()
    return_by = fields.AwareDateTime(allow_none=True)


class TaskPage(Answer):
    """Tasks, the oldest first; `next` is the cursor of the following page."""

    items = fields.List(fields.Nested(ListedTaskOut))
    next = fields.Integer(allow_none=True)


class PassOnIn(Body):
    """From where a task is passed on."""

    level = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=0, max=1000),
        metadata={"description": "The level you know of: 409 when it was passed on since."},
    )


class ActIn(Body):
    """What a dispatcher says with an act; both may be left out."""

    note = fields.String(load_default="", validate=validate.Length(max=2000))
    # What is not among these is refused by the service, with a code of its own.
    outcome = fields.String(load_default="", metadata={"enum": ["", *ALL_OUTCOMES]})


class ResolveIn(ActIn):
    """What a dispatcher says with finishing a task."""

    choice = fields.String(
        load_default="",
        validate=validate.Length(max=40),
        metadata={
            "description": "Books this for the customer with it: a `choice` of the case's options."
        },
    )


class AnswerIn(Body):
    """What the customer reads as the answer."""

    text = fields.String(required=True, validate=validate.Length(min=1, max=1400))
    meant = Flag(load_default=True, metadata=MEANT)


class WrittenIn(Body):
    """What the customer reads."""

    text = fields.String(required=True, validate=validate.Length(min=1, max=1400))
    meant = Flag(load_default=True, metadata=MEANT)


class AckOut(Answer):
    """Who answers for the task; `fresh` is false when somebody already did."""

    task_id = fields.Integer()
    fresh = fields.Boolean()
    acknowledged_by = fields.String(attribute="by")
    acknowledged_at = fields.AwareDateTime(attribute="at")


class BeginOut(Answer):
    """Whether this call began it, and what the case says now."""

    begun_now = fields.Boolean()
    case = fields.Nested(CaseOut)


class NothingIn(Body):
    """An act that needs no more said: an empty object, or no body at all."""


class SnoozeIn(Body):
    """How long nobody is to be called: for `minutes`, `until` a time, or until an `event`.

    An event with a time is waited for until then; without one, a day, and never so long that
    nobody could act any more.
    """

    minutes = fields.Integer(validate=validate.Range(min=1, max=24 * 60))
    until = fields.AwareDateTime()
    event = one_of(Event)

    @validates_schema
    def one(self, body: dict[str, Any], **_: Any) -> None:
        """Refuse what says no time, or two."""
        if {"minutes", "until"} <= body.keys():
            raise ValidationError("Say minutes or until, not both.", "until")
        if not body:
            raise ValidationError("Say minutes, until or event.", "minutes")


class LongerIn(Body):
    """Until when somebody needs to finish what they took on."""

    until = fields.AwareDateTime(required=True)
