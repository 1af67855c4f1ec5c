"""A corrected address, by API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marshmallow import fields

from app import clock
from app.access.api import Blueprint
from app.access.keys import caller, require
from app.access.openapi import Answer, Body, Flag, may_answer
from app.shipments.corrections import rules, service

# Its templates are for whoever shows an address on a page.
blueprint = Blueprint(
    "corrections",
    __name__,
    url_prefix="/api/v1",
    description="Corrections",
    template_folder="templates",
)


class AddressPut(Body):
    """Where the parcel goes, as a whole; or `directions` alone.

    What does not fit is refused as an order's address is, by field and code.
    """

    line1 = fields.String()
    line2 = fields.String()
    city = fields.String()
    region = fields.String()
    postcode = fields.String()
    country = fields.String(metadata={"description": "ISO 3166-1 alpha-2"})
    directions = fields.String(
        metadata={"description": "what the driver should know; empty: nothing any more"}
    )


class AddressOut(Answer):
    """Where the parcel goes now. `fresh` is false when it went there before."""

    tracking_number = fields.String()
    case_id = fields.Integer(allow_none=True)
    version = fields.Integer()
    address = fields.Dict(allow_none=True)
    directions = fields.String(allow_none=True)
    fresh = fields.Boolean()


class WishPost(Body):
    """Whether a parcel goes to the other address that its customer asked for."""

    agree = Flag(required=True)
    why = fields.String(
        load_default="",
        metadata={"description": "why not, in words that the customer reads; needed for a no"},
    )


class WishOut(Answer):
    """What was said, and where the parcel goes now."""

    tracking_number = fields.String()
    agreed = fields.Boolean()
    address = fields.Dict(allow_none=True)
    why = fields.String()


@blueprint.post("/shipments/<tracking:tracking_number>/address/answer")
@require("shipper", "dispatcher")
@blueprint.arguments(WishPost)
@blueprint.response(200, WishOut)
@may_answer("no_such_parcel", "parcel_delivered", "nothing_to_agree", "no_reason")
def answer(body: dict[str, Any], tracking_number: str) -> dict[str, Any]:
    """Agree to the other address that the customer asked for, or refuse it; they are told."""
    who = caller()
    by = who.signs
    place = service.answer_wish(
        who.shipper_id, tracking_number, body["why"], by, clock.now(), agree=body["agree"]
    )
    return {
        "tracking_number": tracking_number,
        "agreed": body["agree"],
        "address": place.address,
        "why": body["why"],
    }


@blueprint.put("/shipments/<tracking:tracking_number>/address")
@require("shipper", "dispatcher")
@blueprint.arguments(AddressPut)
@blueprint.response(200, AddressOut)
@may_answer("no_such_parcel", "address_unusable", "parcel_delivered")
def put(body: dict[str, Any], tracking_number: str) -> dict[str, Any]:
    """Correct where a parcel goes; the courier is told where it can be."""
    who = caller()
    made = service.correct_parcel(
        who.shipper_id,
        tracking_number,
        rules.read(body),
        who.signs,
        clock.now(),
    )
    return {"tracking_number": tracking_number, **asdict(made)}
