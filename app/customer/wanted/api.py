"""Who wants no messages about a case, with the proof; told by whoever heard it elsewhere."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marshmallow import fields, validate

from app import clock
from app.access.api import Blueprint
from app.access.keys import caller, require
from app.access.openapi import Answer, Body, Flag, may_answer
from app.cases import api as cases
from app.cases import service as case_service
from app.channels import refusals, unsent_store
from app.customer import notices
from app.customer.wanted import service
from app.db.connection import connection

blueprint = Blueprint("wanted", __name__, url_prefix="/api/v1/cases", description="Opt-outs")


class OptOutIn(Body):
    """What the customer said about one channel."""

    channel = fields.String(
        required=True, validate=validate.OneOf(["sms", "whatsapp", "email", "voice"])
    )
    wanted = Flag(required=True, metadata={"description": "false: nothing more is sent by it"})
    words = fields.String(
        load_default="",
        validate=validate.Length(max=500),
        metadata={"description": "What they said, as proof"},
    )


class OptOutOut(Answer):
    """A refusal and the proof of it; it stands until it is lifted."""

    channel = fields.String()
    recipient = fields.String()
    at = fields.AwareDateTime()
    how = fields.String(
        attribute="why", metadata={"enum": ["reply", "call", "provider", "page", "staff", "api"]}
    )
    unclear = fields.Boolean(
        metadata={"description": "It may be meant: a person asks, and nothing is sent meanwhile"}
    )
    words = fields.String()
    provider = fields.String()
    provider_id = fields.String(metadata={"description": "Its id of their message, or its code"})
    by = fields.String()
    lifted_at = fields.AwareDateTime(allow_none=True)
    lifted_how = fields.String(attribute="lifted_why", allow_none=True)
    lifted_by = fields.String(allow_none=True)


class OptOutsOut(Answer):
    """All that this customer ever said about messages from this shipper, oldest first."""

    items = fields.List(fields.Nested(OptOutOut))


class ToldOut(Answer):
    """A message to the customer; `reason` says in words why it did not arrive, `why` in a code.

    `waits_until` is when it leaves that waits: it is night where they are, or its carrier is away.
    """

    id = fields.Integer()
    at = fields.AwareDateTime()
    channel = fields.String()
    topic = fields.String()
    state = fields.String()
    outcome = fields.String()
    why = fields.String(allow_none=True)
    reason = fields.String()
    done_at = fields.AwareDateTime(allow_none=True)
    read_at = fields.AwareDateTime(allow_none=True)
    waits_until = fields.AwareDateTime(allow_none=True)


class ToldsOut(Answer):
    """All messages to the customer of a case, oldest first."""

    items = fields.List(fields.Nested(ToldOut))


@blueprint.get("/<id:case_id>/messages")
@require("shipper", "dispatcher")
@blueprint.response(200, ToldsOut)
@may_answer("no_such_case")
def told(case_id: int) -> dict[str, Any]:
    """What was said to the customer, and why what was not."""
    cases.find(case_id)
    return {"items": unsent_store.OF_CASE.read(connection(), case=case_id)}


@blueprint.get("/<id:case_id>/opt-outs")
@require("shipper", "dispatcher")
@blueprint.response(200, OptOutsOut)
@may_answer("no_such_case")
def read(case_id: int) -> dict[str, Any]:
    """What the customer wants no messages by, since when, and how they said so."""
    cases.find(case_id)
    return _of(case_id)


@blueprint.put("/<id:case_id>/opt-outs")
@require("shipper", "dispatcher")
@blueprint.arguments(OptOutIn)
@blueprint.response(200, OptOutsOut)
@may_answer("no_such_case", "no_such_channel")
def change(body: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Write down that the customer wants no messages by a channel, or wants them again."""
    cases.find(case_id)
    who = caller()
    service.change(
        case_id,
        body["channel"],
        "api" if who.shipper_id else "staff",
        who.name,
        clock.now(),
        wanted=body["wanted"],
        words=body["words"],
    )
    return _of(case_id)


def _of(case_id: int) -> dict[str, Any]:
    conn = connection()
    case = case_service.by_ids(conn, [case_id])[case_id]
    recipients = [refusals.normal(*way) for way in notices.routes(case)]
    return {"items": [asdict(one) for one in refusals.of(conn, recipients, case.shipper_id)]}
