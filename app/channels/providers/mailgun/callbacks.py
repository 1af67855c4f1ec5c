"""What Mailgun tells: mail that came in, and what became of mail that left by it.

A route of ours forwards mail to `…/callbacks/mailgun/inbound`; events are told to `…/events`.

https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store: a form, signed
by `timestamp`, `token` and `signature`. It is repeated for eight hours.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app import clock, json_body
from app.channels import heard, inbound_mail, mail_reports
from app.channels.heard import Fact, Returned
from app.channels.inbound_mail import Mail
from app.channels.providers.base import Address, BadSignature, Call
from app.errors import Problem

_FRESH = timedelta(hours=12)


class _Inbound(Schema):
    class Meta:
        """Unknown fields are Mailgun's business."""

        unknown = EXCLUDE

    token = fields.String(required=True, validate=validate.Length(1, 200))
    id = fields.String(load_default="", data_key="Message-Id")
    sender = fields.String(load_default="", data_key="from")
    recipient = fields.String(load_default="")
    text = fields.String(load_default="", data_key="body-plain")
    html = fields.String(load_default="", data_key="body-html")
    stripped = fields.String(load_default="", data_key="stripped-text")
    headers = fields.String(load_default="[]", data_key="message-headers")


def verify(call: Call) -> None:
    """Check the signature, and that it is of today: an old one may have been overheard.

    Raises:
        BadSignature: it is not Mailgun's, or old.
    """
    key, said = call.settings.plug_ins["MAILGUN_SIGNING_KEY"], _signature(call)
    stamp, token = said.get("timestamp", ""), said.get("token", "")
    expected = hmac.digest(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hex()
    given = said.get("signature", "").encode("utf-8", "replace")
    if not key or not hmac.compare_digest(expected.encode(), given):
        raise BadSignature(
            "The signature does not match: check that MAILGUN_SIGNING_KEY is the HTTP webhook "
            "signing key."
        )
    signed = datetime.fromtimestamp(int(stamp) if stamp.isdecimal() else 0, UTC)
    if abs(clock.machine_now() - signed) > _FRESH:
        raise BadSignature("The signature is not of today.")


def _signature(call: Call) -> Mapping[str, str]:
    """The signed part, of a form or of the document that tells of an event."""
    if call.form:
        return call.form
    try:
        body: Any = json_body.parse(call.body)
    except Problem:
        return {}
    said = body.get("signature") if isinstance(body, dict) else None
    return {name: str(value) for name, value in said.items()} if isinstance(said, dict) else {}


def inbound(call: Call) -> Sequence[Fact]:
    """A mail."""
    form = _Inbound().load(call.form.to_dict())
    mail = Mail(
        id=form["id"].strip() or form["token"],
        sender=form["sender"],
        recipients=form["recipient"].split(","),
        headers=_headers(form["headers"]),
        text=form["text"],
        html=form["html"],
        stripped=form["stripped"],
    )
    return [inbound_mail.written("mailgun", mail)]


def _headers(text: str) -> list[tuple[str, str]]:
    try:
        rows: Any = json_body.parse(text.encode())
    except Problem as problem:
        raise ValidationError("cannot be read", "message-headers") from problem
    return [(str(row[0]), str(row[1])) for row in rows if isinstance(row, list) and len(row) == 2]


class _Head(Schema):
    class Meta:
        """Unknown fields are Mailgun's business."""

        unknown = EXCLUDE

    id = fields.String(load_default="", data_key="message-id")


class _Message(Schema):
    class Meta:
        """Unknown fields are Mailgun's business."""

        unknown = EXCLUDE

    headers = fields.Nested(_Head, load_default=dict)


class _Delivery(Schema):
    class Meta:
        """Unknown fields are Mailgun's business."""

        unknown = EXCLUDE

    code = fields.Integer(load_default=0, allow_none=True)
    words = fields.String(load_default="", data_key="message", allow_none=True)
    enhanced = fields.String(load_default="", data_key="enhanced-code", allow_none=True)


class _Event(Schema):
    class Meta:
        """Unknown fields are Mailgun's business."""

        unknown = EXCLUDE

    event = fields.String(required=True)
    severity = fields.String(load_default="")
    reason = fields.String(load_default="")
    recipient = fields.String(load_default="")
    message = fields.Nested(_Message, load_default=dict)
    delivery = fields.Nested(_Delivery, load_default=dict, data_key="delivery-status")


class _Told(Schema):
    class Meta:
        """Unknown fields are Mailgun's business."""

        unknown = EXCLUDE

    data = fields.Nested(_Event, required=True, data_key="event-data")


_NO_MAILBOX = frozenset({550, 551, 553})
_REFUSED = frozenset({"suppress-complaint", "suppress-unsubscribe"})


def event(call: Call) -> Sequence[Fact]:
    """What became of a mail; a failure that Mailgun still works on says nothing."""
    form = _Told().load(json_body.parse(call.body))["data"]
    ours = form["message"].get("headers", {}).get("id", "").strip("<>")
    told = _returned(form)
    if told is None:
        return []
    returned, code = told
    return [
        heard.MailReport(
            provider="mailgun",
            returned=returned,
            code=code,
            words=form["delivery"].get("words") or "",
            mail_id=f"<{ours}>" if ours else "",
            recipient=form["recipient"],
        )
    ]


def _returned(form: Mapping[str, Any]) -> tuple[Returned, str] | None:
    """What an event says, with the code that says so."""
    if form["event"] in {"complained", "unsubscribed"} or form["reason"] in _REFUSED:
        return Returned.COMPLAINT, form["reason"] or form["event"]
    if form["event"] != "failed" or form["severity"] != "permanent":
        return None
    delivery = form["delivery"]
    code = delivery.get("enhanced") or mail_reports.code_in(delivery.get("words") or "")
    if code:
        return mail_reports.returned(code), code
    number = delivery.get("code") or 0
    gone = form["reason"] == "suppress-bounce" or number in _NO_MAILBOX
    return (Returned.NOBODY_THERE if gone else Returned.NOT_TAKEN), str(number or form["reason"])


ADDRESSES: Mapping[str, Address] = {
    "inbound": Address(inbound, limit=inbound_mail.LIMIT),
    "events": Address(event),
}
