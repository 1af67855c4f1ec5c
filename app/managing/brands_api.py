"""How shippers look to their customers, for programs."""

from __future__ import annotations

import base64
import binascii

from marshmallow import fields, validate

from app import clock
from app.access.api import Blueprint
from app.access.keys import caller, require
from app.access.openapi import Answer, Body, may_answer
from app.db.connection import transaction
from app.directory.brand import Brand
from app.directory.changes import by
from app.errors import Problem
from app.managing import brands, logos

blueprint = Blueprint("brands_api", __name__, url_prefix="/api/v1/shippers", description="Brands")


class BrandIn(Body):
    """What is left out stays as it is; an empty text takes it away."""

    name = fields.String(validate=validate.Length(max=60))
    colour = fields.String(validate=validate.Length(max=7), metadata={"example": "#0d5c4c"})
    dark = fields.String(validate=validate.Length(max=7))
    logo = fields.String(
        validate=validate.Length(max=1_400_000),
        metadata={"description": "A PNG, JPEG or WebP up to 1 MB as base64; empty: none."},
    )
    sender = fields.String(validate=validate.Length(max=60))
    reply_to = fields.String(validate=validate.Length(max=254))
    imprint = fields.String(validate=validate.Length(max=600))
    recommend = fields.String(
        validate=validate.Length(max=200),
        metadata={
            "example": "https://shop.example/recommend",
            "description": "Where happy customers may recommend you; empty: none is invited.",
        },
    )
    domain = fields.String(validate=validate.Length(max=253))


class BrandOut(Answer):
    """How a shipper looks; `logo` is the address of the picture."""

    name = fields.String()
    colour = fields.String()
    dark = fields.String()
    logo = fields.String(attribute="picture")
    sender = fields.String()
    reply_to = fields.String()
    imprint = fields.String()
    recommend = fields.String()
    domain = fields.String()


@blueprint.get("/<shipper>/brand")
@require("admin")
@blueprint.response(200, BrandOut)
@may_answer("no_such_shipper")
def show(shipper: str) -> Brand:
    """How a shipper looks to its customers."""
    with transaction() as conn:
        return brands.find(conn, shipper).brand


@blueprint.put("/<shipper>/brand")
@require("admin")
@blueprint.arguments(BrandIn)
@blueprint.response(200, BrandOut)
@may_answer("no_such_shipper", "brand_unusable", "photo_too_large", "photo_format", "photos_away")
def put(body: dict[str, str], shipper: str) -> Brand:
    """Let a shipper look so: on the page, in mails and in calendars."""
    if body.get("logo"):
        body["logo"] = logos.keep(_decoded(body["logo"]))
    with transaction() as conn:
        brands.put(conn, by(caller()), shipper, body, clock.now())
        return brands.find(conn, shipper).brand


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Problem(415, "photo_format", "The logo is no base64.") from error
