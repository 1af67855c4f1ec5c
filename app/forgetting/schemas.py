"""Erasures and their proofs as JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.access.openapi import Answer, Body, one_of

_TEXT = validate.Length(min=1, max=254)


class ErasureIn(Body):
    """Whom to forget: exactly one of the two."""

    tracking_number = fields.String(validate=_TEXT, metadata={"example": "TRK-2048"})
    recipient = fields.String(
        validate=_TEXT,
        metadata={
            "description": "A phone number, with its country, or an e-mail address.",
            "example": "+17145554231",
        },
    )

    @validates_schema
    def _says_whom(self, data: dict[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ValidationError("Say whom to forget: tracking_number or recipient.")


class ProofOut(Answer):
    """What was forgotten. It names nobody; `hash` is over all it says and the proof before it."""

    id = fields.Integer()
    at = fields.AwareDateTime()
    by = fields.String()
    asked = one_of(["tracking_number", "recipient", "retention"])
    subject = fields.String(
        metadata={
            "description": "A keyed pseudonym of what was asked for; of what was old its kind."
        }
    )
    scope = one_of(["shipper", "all"], metadata={"description": "Whose parcels were looked at."})
    parcels = fields.Integer()
    cases = fields.Integer()
    closed = fields.Integer(
        metadata={"description": "Cases that were open: handed to the shipper."}
    )
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "Rows in which something was forgotten, by table."},
    )
    kept = fields.List(fields.String(), metadata={"description": "What stays, and why."})
    elsewhere = fields.List(
        fields.String(), metadata={"description": "Who else has copies, and what becomes of them."}
    )
    former = fields.String()
    hash = fields.String()


class ProofsOut(Answer):
    """Proofs, the newest first."""

    items = fields.List(fields.Nested(ProofOut))
    next = fields.Integer(allow_none=True)
