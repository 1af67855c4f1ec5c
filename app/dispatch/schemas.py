"""Dispatch tasks as JSON."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from app.access.api import PageQuery
from app.dispatch.states import TaskState


class TaskQuery(PageQuery):
    """Which tasks."""

    state = fields.String(
        load_default=TaskState.OPEN.value,
        validate=validate.OneOf([state.value for state in TaskState]),
    )


class TaskOut(Schema):
    """A dispatch task."""

    id = fields.Integer()
    case_id = fields.Integer()
    kind = fields.String()
    state = fields.String()
    level = fields.Integer()
    depot = fields.String()
    tracking_number = fields.String()
    order_ref = fields.String(allow_none=True)
    reason = fields.String()
    attempts = fields.Integer()
    created_at = fields.AwareDateTime()
    called_at = fields.AwareDateTime(allow_none=True)
    return_by = fields.AwareDateTime(allow_none=True)
    acknowledged_at = fields.AwareDateTime(allow_none=True)
    acknowledged_by = fields.String(allow_none=True)
    outcome = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    resolved_at = fields.AwareDateTime(allow_none=True)


class TaskPage(Schema):
    """Tasks, the oldest first; `next` is the cursor of the following page."""

    items = fields.List(fields.Nested(TaskOut))
    next = fields.Integer(allow_none=True)


class ActIn(Schema):
    """What a dispatcher says with an act; both may be left out."""

    note = fields.String(load_default="", validate=validate.Length(max=2000))
    outcome = fields.String(load_default="")


class AckOut(Schema):
    """Who answers for the task; `fresh` is false when somebody already did."""

    task_id = fields.Integer()
    fresh = fields.Boolean()
    acknowledged_by = fields.String(attribute="by")
    acknowledged_at = fields.AwareDateTime(attribute="at")


class SnoozeIn(Schema):
    """How long nobody is to be called."""

    minutes = fields.Integer(required=True, validate=validate.Range(min=1, max=24 * 60))
