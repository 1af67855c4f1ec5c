"""Under which names providers know a shipper's texts, for programs."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from app import clock
from app.access.api import Blueprint
from app.access.keys import caller, require
from app.access.openapi import Answer, Body, may_answer
from app.db.connection import connection, transaction
from app.directory.changes import by
from app.managing import known_texts

blueprint = Blueprint(
    "known_texts_api", __name__, url_prefix="/api/v1/shippers", description="Texts of providers"
)
_SHORT = validate.Length(max=200)


class TextIn(Body):
    """A text of a shipper's at a provider; an empty `id` forgets it."""

    channel = fields.String(required=True, validate=_SHORT, metadata={"example": "whatsapp"})
    text = fields.String(
        required=True,
        validate=_SHORT,
        metadata={"description": "Its name among `lately`, or a topic: whatever is said of that."},
    )
    language = fields.String(required=True, validate=_SHORT, metadata={"example": "de"})
    provider = fields.String(required=True, validate=_SHORT, metadata={"example": "twilio"})
    id = fields.String(required=True, validate=_SHORT, metadata={"example": "HX0123"})
    entity = fields.String(load_default="", validate=_SHORT)
    variables = fields.List(
        fields.String(validate=_SHORT), load_default=list, validate=validate.Length(max=50)
    )


class TextOut(Answer):
    """A text as a provider knows it; without `variables` it takes all values in order."""

    channel = fields.String()
    text = fields.String()
    language = fields.String()
    provider = fields.String()
    id = fields.String(attribute="template_id")
    entity = fields.String(attribute="entity_id", allow_none=True)
    variables = fields.List(fields.String(), allow_none=True)


class LatelyOut(Answer):
    """A text that customers were sent, as it is to be registered."""

    text = fields.String()
    language = fields.String()
    times = fields.Integer()
    form = fields.String(metadata={"description": "With {{1}} for its first value, and so on."})
    variables = fields.List(fields.String())


class TextsOut(Answer):
    """What providers know, and what was said lately."""

    items = fields.List(fields.Nested(TextOut))
    lately = fields.List(fields.Nested(LatelyOut))


def _texts(shipper: str) -> dict[str, Any]:
    conn = connection()
    with conn.transaction():
        return {
            "items": known_texts.known(conn, shipper),
            "lately": known_texts.lately(conn, shipper, clock.now()),
        }


@blueprint.get("/<shipper>/templates")
@require("admin")
@blueprint.response(200, TextsOut)
@may_answer("no_such_shipper")
def show(shipper: str) -> dict[str, Any]:
    """Which texts are known to whom, and which there are."""
    return _texts(shipper)


@blueprint.put("/<shipper>/templates")
@require("admin")
@blueprint.arguments(TextIn)
@blueprint.response(200, TextsOut)
@may_answer("no_such_shipper", "invalid")
def put(body: dict[str, Any], shipper: str) -> dict[str, Any]:
    """Say under which name a provider knows a text: WhatsApp's ContentSid, India's DLT ids."""
    with transaction() as conn:
        known_texts.put(conn, by(caller()), shipper, body, clock.now())
    return _texts(shipper)
