"""Decisions as JSON."""

from __future__ import annotations

from marshmallow import fields, validate

from app.access.openapi import MEANT, Answer, Body, Flag, one_of
from app.decisions.model import Choice

READERS = ("shipper", "customer")


class DecisionIn(Body):
    """What was decided."""

    decision = one_of(Choice, required=True)
    note = fields.String(load_default="", validate=validate.Length(max=2000))
    note_for = one_of(
        READERS,
        load_default="shipper",
        metadata={"description": "who may read the note: shipper and staff, or the customer too"},
    )
    meant = Flag(load_default=True, metadata=MEANT)
    instead_of = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=1),
        metadata={
            "description": "the `id` of the decision that stands, to decide otherwise: of a parcel "
            "that is sent again. Without it, or when another one stands by now, the answer is 409 "
            "`already_decided`, which says what stands."
        },
    )


class DecisionOut(Answer):
    """What is decided; `fresh` is false when it had been before."""

    id = fields.Integer()
    case_id = fields.Integer()
    decision = one_of(Choice)
    decided_at = fields.AwareDateTime()
    decided_by = fields.String()
    note = fields.String()
    note_for = one_of(READERS)
    fresh = fields.Boolean()
