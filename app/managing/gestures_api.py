"""What shippers give to customers they let down, for programs."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from app import clock
from app.access.api import Blueprint
from app.access.keys import caller, require
from app.access.openapi import Answer, Body, may_answer
from app.db.connection import transaction
from app.directory.changes import by
from app.gestures import codes_store, service, store
from app.managing import gestures

blueprint = Blueprint(
    "gesture_rules", __name__, url_prefix="/api/v1/shippers", description="Gestures"
)

_AMOUNT = {"example": "5.00"}


class RulesIn(Body):
    """What is left out is as usual; amounts as text, such as `5.00`."""

    kind = fields.String(metadata={"enum": ["voucher", "credit"]})
    currency = fields.String(validate=validate.Length(max=3), metadata={"example": "EUR"})
    granted_by = fields.String(
        metadata={
            "enum": ["codes", "webhook"],
            "description": "By a list of codes, or by your own system, which is sent the event "
            '`case.gesture_asked` and answers `{"granted": true, "code": "…"}`.',
        }
    )
    first = fields.String(metadata={**_AMOUNT, "description": "For somebody's first order."})
    regular = fields.String(metadata={**_AMOUNT, "description": "For who ordered before."})
    share = fields.Integer(metadata={"description": "At most so many percent of the order."})
    month = fields.String(metadata={"example": "500.00", "description": "The month's budget."})
    times = fields.Integer(metadata={"description": "So often to one customer"})
    days = fields.Integer(metadata={"description": "within so many days."})
    unasked = fields.List(
        fields.String(metadata={"enum": ["promise", "rating"]}),
        metadata={"description": "For what one is made without anybody deciding it."},
    )
    regulars_after = fields.String(
        metadata={"example": "2 days", "description": "Who ordered before gets it unasked then."}
    )
    not_for = fields.List(fields.String(), metadata={"description": "Reasons that earn none."})


class RulesOut(Answer):
    """The rules, and what is left; `kind` is null where a shipper gives nothing."""

    kind = fields.String(allow_none=True)
    currency = fields.String()
    granted_by = fields.String()
    first = fields.String()
    regular = fields.String()
    share = fields.Integer()
    month = fields.String()
    times = fields.Integer()
    days = fields.Integer()
    unasked = fields.List(fields.String())
    regulars_after = fields.String()
    not_for = fields.List(fields.String())
    spent = fields.String(metadata={"description": "Of this month's budget, with what is asked."})
    codes_left = fields.Dict(keys=fields.String(), values=fields.Integer())


class CodeIn(Body):
    """A code, what it is worth, and until when it is good."""

    code = fields.String(required=True, validate=validate.Length(min=1, max=100))
    amount = fields.String(required=True, metadata=_AMOUNT)
    expires_on = fields.Date(load_default=None, allow_none=True)


class CodesIn(Body):
    """Codes of a list."""

    codes = fields.List(
        fields.Nested(CodeIn), required=True, validate=validate.Length(min=1, max=gestures.MOST)
    )


class CodesOut(Answer):
    """How many were new."""

    added = fields.Integer()


@blueprint.get("/<shipper>/gesture-rules")
@require("admin")
@blueprint.response(200, RulesOut)
@may_answer("no_such_shipper")
def show(shipper: str) -> dict[str, Any]:
    """What a shipper gives, to whom, and what is left of it."""
    return _shown(shipper)


@blueprint.put("/<shipper>/gesture-rules")
@require("admin")
@blueprint.arguments(RulesIn)
@blueprint.response(200, RulesOut)
@may_answer("no_such_shipper", "gesture_unusable")
def put(body: dict[str, Any], shipper: str) -> dict[str, Any]:
    """Say what a shipper gives to customers it let down, within which budget."""
    with transaction() as conn:
        gestures.put(conn, by(caller()), shipper, body, clock.now())
    return _shown(shipper)


@blueprint.delete("/<shipper>/gesture-rules")
@require("admin")
@blueprint.response(204)
@may_answer("no_such_shipper")
def drop(shipper: str) -> None:
    """Let a shipper give nothing any more."""
    with transaction() as conn:
        gestures.drop(conn, by(caller()), shipper, clock.now())


@blueprint.post("/<shipper>/gesture-codes")
@require("admin")
@blueprint.arguments(CodesIn)
@blueprint.response(201, CodesOut)
@may_answer("no_such_shipper", "no_gesture_rules", "gesture_unusable")
def add_codes(body: dict[str, Any], shipper: str) -> dict[str, int]:
    """Add codes to a shipper's list; those that it has already are passed over."""
    with transaction() as conn:
        new = gestures.add_codes(conn, by(caller()), shipper, body["codes"], clock.now())
    return {"added": new}


def _shown(slug: str) -> dict[str, Any]:
    now = clock.now()
    with transaction() as conn:
        shipper, rules = gestures.find(conn, slug)
        if rules is None:
            return {"kind": None}
        spent = store.spent(conn, shipper.id, service.month_of(now))
        return {
            **gestures.written(rules),
            "spent": gestures.whole(spent, rules.currency),
            "codes_left": codes_store.free(conn, shipper.id, now.date()),
        }
