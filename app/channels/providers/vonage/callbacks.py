"""What Vonage tells: receipts with their price, and replies. It repeats what we did not take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import structlog
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app import clock, json_body
from app.channels import heard
from app.channels.heard import Fact, Price
from app.channels.providers.base import Address, Answer, BadSignature, Call
from app.channels.providers.vonage import signature
from app.channels.providers.vonage.codes import STATES, why

log = structlog.get_logger(__name__)


class _Usage(Schema):
    class Meta:
        """Unknown fields are Vonage's business."""

        unknown = EXCLUDE

    price = fields.Raw(load_default="")
    currency = fields.String(load_default="")


class _Status(Schema):
    class Meta:
        """Unknown fields are Vonage's business."""

        unknown = EXCLUDE

    id = fields.String(required=True, data_key="message_uuid", validate=validate.Length(1, 64))
    status = fields.String(required=True)
    ours = fields.String(load_default="", data_key="client_ref")
    error = fields.Dict(load_default=dict, allow_none=True)
    usage = fields.Nested(_Usage, load_default=None, allow_none=True)


class _Context(Schema):
    class Meta:
        """Unknown fields are Vonage's business."""

        unknown = EXCLUDE

    answers = fields.String(load_default="", data_key="message_uuid")


class _Inbound(Schema):
    class Meta:
        """Unknown fields are Vonage's business."""

        unknown = EXCLUDE

    id = fields.String(required=True, data_key="message_uuid", validate=validate.Length(1, 64))
    sender = fields.String(required=True, data_key="from", validate=validate.Length(1, 64))
    words = fields.String(load_default="", data_key="text")
    at = fields.String(load_default="", data_key="timestamp")
    context = fields.Nested(_Context, load_default=None, allow_none=True)


def verify(call: Call) -> None:
    """Check that it is signed with our account's signature secret, for this body and just now.

    Raises:
        BadSignature: it is not.
    """
    secret = call.settings.plug_ins["VONAGE_SIGNATURE_SECRET"]
    given = call.headers.get("Authorization", "")
    if fault := signature.fault(secret, given, call.body, clock.machine_now()):
        raise BadSignature(fault)


def status(call: Call) -> Sequence[Fact]:
    """A receipt; a status that Vonage may add later says nothing."""
    form = _Status().load(_document(call))
    state = STATES.get(form["status"])
    if state is None:
        log.warning("receipt_unknown_status", status=form["status"][:20])
        return []
    ours = form["ours"]
    known = ours.isascii() and ours.isdigit() and len(ours) < 19
    return [
        heard.Receipt(
            provider="vonage",
            state=state,
            why=why(form["error"], form["status"]) if state == "failed" else None,
            message_id=int(ours) if known else None,
            provider_id=form["id"],
            read=form["status"] == "read",
            price=_price(form["usage"]),
        )
    ]


def _price(usage: Mapping[str, Any] | None) -> Price | None:
    try:
        amount = Decimal(str(usage["price"])) if usage else None
    except InvalidOperation:
        return None
    if usage is None or amount is None or not amount.is_finite():
        return None
    return Price(amount, usage["currency"].upper()[:3])


def inbound(call: Call) -> Sequence[Fact]:
    """A message from somebody."""
    form = _Inbound().load(_document(call))
    return [
        heard.incoming(
            provider="vonage",
            provider_id=form["id"],
            channel="sms",
            sender=f"+{form['sender'].removeprefix('+')}",
            words=form["words"],
            at=_moment(form["at"]),
            answers=form["context"]["answers"] if form["context"] else "",
        )
    ]


def _document(call: Call) -> dict[str, object]:
    found = json_body.parse(call.body)
    if not isinstance(found, dict):
        raise ValidationError("This is no JSON object.")
    return found


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _taken(call: Call, said: Sequence[str]) -> Answer:  # noqa: ARG001 - it shows no words
    """Vonage repeats whatever is not answered 200."""
    return Answer(status=200)


ADDRESSES: Mapping[str, Address] = {
    "status": Address(status, _taken),
    "inbound": Address(inbound, _taken),
}
