"""The order gate: shippers say whose parcel it is before anything goes wrong.

No order passes without a contact number that a text message reaches: the moment of the
failure is too late to find out.
"""

from __future__ import annotations

from typing import Any

from flask import request
from flask_smorest import Blueprint
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app import clock
from app.access.keys import caller, require
from app.contact import rules
from app.db.connection import Connection, transaction
from app.errors import Problem
from app.shipments import store

blueprint = Blueprint("orders", __name__, url_prefix="/api/v1", description="Orders")

MOST = 1000
_SHORT = validate.Length(max=200)


class AddressIn(Schema):
    """Where the parcel goes."""

    class Meta:
        """Fields we do not know are not refused."""

        unknown = EXCLUDE

    line1 = fields.String(required=True, validate=_SHORT)
    line2 = fields.String(allow_none=True, validate=_SHORT)
    city = fields.String(required=True, validate=_SHORT)
    region = fields.String(allow_none=True, validate=_SHORT)
    postcode = fields.String(allow_none=True, validate=_SHORT)
    country = fields.String(required=True, validate=validate.Regexp(r"[A-Za-z]{2}$"))


class OrderIn(Schema):
    """One order."""

    class Meta:
        """Fields we do not know are not refused."""

        unknown = EXCLUDE

    tracking_number = fields.String(required=True, validate=validate.Length(min=1, max=200))
    order_ref = fields.String(allow_none=True, validate=_SHORT)
    name = fields.String(required=True, validate=validate.Length(min=1, max=200))
    phone = fields.String(required=True, validate=validate.Length(min=1, max=64))
    email = fields.String(allow_none=True, validate=validate.Length(max=254))
    language = fields.String(allow_none=True, validate=validate.Length(max=35))
    address = fields.Nested(AddressIn, required=True)


class OrderResult(Schema):
    """What became of one order: created, updated, or refused with a fault per field."""

    tracking_number = fields.String(allow_none=True)
    status = fields.String()
    errors = fields.List(fields.Dict(), required=False)


class OrdersOut(Schema):
    """Results in the order in which the orders were sent."""

    items = fields.List(fields.Nested(OrderResult))


@blueprint.post("/shipments")
@blueprint.doc(
    requestBody={
        "description": f"One order, or a list of up to {MOST}.",
        "content": {"application/json": {"schema": OrderIn}},
    }
)
@blueprint.response(200, OrdersOut)
@require("shipper")
def post() -> dict[str, Any]:
    """Announce one order or many. Sending an order again renews it."""
    shipper_id = caller().shipper_id
    if shipper_id is None:
        raise Problem(422, "no_shipper", "Use a shipper's key: orders belong to a shipper.")
    body = request.get_json()
    many = isinstance(body, list)
    if many and len(body) > MOST:
        raise Problem(413, "too_many", f"Send at most {MOST} orders at once.")
    with transaction() as conn:
        results = [_take(conn, shipper_id, order) for order in (body if many else [body])]
    if not many and "errors" in results[0]:
        raise Problem(
            422, "order_refused", "Please correct what is listed.", errors=results[0]["errors"]
        )
    return {"items": results}


def _take(conn: Connection, shipper_id: int, order: Any) -> dict[str, Any]:
    number = order.get("tracking_number") if isinstance(order, dict) else None
    try:
        loaded = OrderIn().load(order)
    except ValidationError as error:
        faults = [
            {"field": field, "code": "invalid", "detail": str(detail)}
            for field, detail in _messages(error).items()
        ]
        return {"tracking_number": _text(number), "status": "refused", "errors": faults}
    country = loaded["address"]["country"].upper()
    phone = rules.check_number(loaded["phone"], country)
    faults = []
    if phone.fault:
        detail = "A mobile number is needed, with its prefix or of the country of the address."
        faults.append({"field": "phone", "code": phone.fault, "detail": detail})
    email = rules.check_email(loaded.get("email"))
    if loaded.get("email") and not email:
        faults.append(
            {"field": "email", "code": "not_an_address", "detail": "This is no e-mail address."}
        )
    if faults:
        return {"tracking_number": number, "status": "refused", "errors": faults}
    _, created = store.put(
        conn,
        shipper_id,
        store.Order(
            tracking_number=loaded["tracking_number"],
            order_ref=loaded.get("order_ref"),
            name=loaded["name"],
            phone=phone.e164,
            email=email,
            language=loaded.get("language"),
            address={**loaded["address"], "country": country},
        ),
        clock.now(),
    )
    return {"tracking_number": number, "status": "created" if created else "updated"}


def _messages(error: ValidationError) -> dict[str, Any]:
    messages = error.messages
    return messages if isinstance(messages, dict) else {"": messages}


def _text(value: Any) -> str | None:
    return value[:200] if isinstance(value, str) else None
