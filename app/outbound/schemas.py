"""Shippers' endpoints as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.access.openapi import Answer, Body, Flag, one_of
from app.cases.timeline.kinds import Kind

STATES = ("active", "paused", "ended")
_URL = validate.Length(min=1, max=500)
_KINDS = {
    "description": "Kinds of the timeline, as `GET /api/v1/cases/{case_id}/timeline` names them; "
    "none: everything.",
    "example": ["booking_confirmed", "closed"],
}


def _kinds(**more: object) -> fields.List[str]:
    one = fields.String(validate=validate.OneOf([str(kind) for kind in Kind]))
    return fields.List(one, validate=validate.Length(max=100), metadata=_KINDS, **more)  # type: ignore[arg-type]


class EndpointIn(Body):
    """Where events are to be posted, and which."""

    url = fields.String(
        required=True,
        validate=_URL,
        metadata={"example": "https://shop.example/hooks/reknock"},
    )
    kinds = _kinds(load_default=list)


class EndpointChange(Body):
    """What is to be otherwise; what is not said stays."""

    url = fields.String(validate=_URL)
    kinds = _kinds()
    state = one_of(
        ["active", "paused"],
        metadata={"description": "`active` again: all that was missed meanwhile is told."},
    )
    rotate_secret = Flag(
        metadata={"description": "A new secret, in the answer; the former signs too for a day."}
    )

    @validates_schema
    def _says_something(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError("Say what is to be otherwise: url, kinds, state, rotate_secret.")


class EndpointOut(Answer):
    """An endpoint."""

    id = fields.Integer()
    url = fields.String()
    kinds = fields.List(fields.String())
    state = one_of(STATES)
    why = one_of(
        ["", "asked", "failing", "gone"],
        metadata={
            "description": "Why it is told nothing: you asked for it; it has taken nothing for "
            "three days; it answered 410."
        },
    )
    failing_since = fields.AwareDateTime(allow_none=True)
    created_at = fields.AwareDateTime()
    secret = fields.String(
        metadata={
            "sometimes": True,
            "description": "`whsec_…`, shown this once: verify signatures with it.",
        }
    )


class EndpointsOut(Answer):
    """A shipper's endpoints."""

    items = fields.List(fields.Nested(EndpointOut))


class DeliveryOut(Answer):
    """An event and what became of it. `event_id` is the same however often it is sent."""

    id = fields.Integer()
    event_id = fields.String()
    case_id = fields.Integer(allow_none=True)
    kind = fields.String()
    state = one_of(["waiting", "taken", "given_up"])
    tries = fields.Integer()
    created_at = fields.AwareDateTime()
    tried_at = fields.AwareDateTime(allow_none=True)
    next_try_at = fields.AwareDateTime(
        allow_none=True,
        metadata={"description": "None also while an earlier event of its case waits."},
    )
    status = fields.Integer(allow_none=True)
    why = fields.String(metadata={"description": "A code, where nothing was answered."})
    took_ms = fields.Integer(allow_none=True)
    body = fields.String(allow_none=True, metadata={"description": "As it was posted."})
    answer = fields.String(allow_none=True, metadata={"description": "The answer's beginning."})


class DeliveriesOut(Answer):
    """Deliveries, the newest first."""

    items = fields.List(fields.Nested(DeliveryOut))
    next = fields.Integer(allow_none=True)


class ReplayIn(Body):
    """From when on everything is to be told once more."""

    since = fields.AwareDateTime(
        required=True,
        default_timezone=UTC,
        validate=validate.Range(
            min=datetime(2000, 1, 1, tzinfo=UTC),
            max=datetime(2100, 1, 1, tzinfo=UTC),
            error="Must be a time of this century.",
        ),
    )


class ReplayOut(Answer):
    """How much waits to be told now."""

    events = fields.Integer()
