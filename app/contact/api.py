"""A number or address supplied by the shipper's own system."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from app import clock
from app.access.api import Blueprint
from app.access.keys import caller, require
from app.access.openapi import Answer, Body, may_answer
from app.contact import preferred, service

blueprint = Blueprint("contact", __name__, url_prefix="/api/v1", description="Contacts")


class ContactIn(Body):
    """How the recipient can be reached, or by which channel first; one of the three is needed."""

    phone = fields.String(load_default="", validate=validate.Length(max=64))
    email = fields.String(load_default="", validate=validate.Length(max=254))
    channel = fields.String(
        load_default="",
        validate=validate.OneOf(["", *preferred.CHANNELS]),
        metadata={"description": "What they read best; of who has an open case."},
    )


class ContactOut(Answer):
    """The open case that goes on with this contact, if there is one."""

    tracking_number = fields.String()
    case_id = fields.Integer(allow_none=True)


@blueprint.put("/shipments/<tracking:tracking_number>/contact")
@require("shipper", "dispatcher")
@blueprint.arguments(ContactIn)
@blueprint.response(200, ContactOut)
@may_answer("no_such_parcel", "no_such_case", "contact_unusable")
def put(body: dict[str, Any], tracking_number: str) -> dict[str, Any]:
    """Supply or correct a recipient's contact; an open case goes on with it at once."""
    who, channel, now = caller(), body["channel"], clock.now()
    case_id = None
    if body["phone"] or body["email"] or not channel:
        case_id = service.supply_parcel(
            who.shipper_id, tracking_number, body["phone"], body["email"], who.name, now
        )
    if channel:
        case_id = service.prefer(who.shipper_id, tracking_number, channel, who.name, now)
    return {"tracking_number": tracking_number, "case_id": case_id}
