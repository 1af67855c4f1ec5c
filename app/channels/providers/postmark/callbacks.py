"""What Postmark tells: mail that came in, and what became of mail that left by it.

https://postmarkapp.com/developer/webhooks/inbound-webhook: Postmark signs nothing and sends what
stands in the address, so the address set there is
`https://reknock:<POSTMARK_INBOUND_PASSWORD>@…/callbacks/postmark/inbound`, and `…/events` for
bounces, spam complaints and subscription changes. It repeats for ten hours what was not answered
200.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence

from marshmallow import EXCLUDE, Schema, fields, validate

from app import json_body
from app.channels import heard, inbound_mail
from app.channels.heard import Fact, Returned
from app.channels.inbound_mail import Mail
from app.channels.providers.base import Address, BadSignature, Call


class _Header(Schema):
    class Meta:
        """Unknown fields are Postmark's business."""

        unknown = EXCLUDE

    name = fields.String(required=True, data_key="Name")
    value = fields.String(load_default="", data_key="Value")


class _Recipient(Schema):
    class Meta:
        """Unknown fields are Postmark's business."""

        unknown = EXCLUDE

    email = fields.String(load_default="", data_key="Email")


class _Inbound(Schema):
    class Meta:
        """Unknown fields are Postmark's business."""

        unknown = EXCLUDE

    id = fields.String(required=True, data_key="MessageID", validate=validate.Length(1, 200))
    sender = fields.String(load_default="", data_key="From")
    to = fields.List(fields.Nested(_Recipient), load_default=list, data_key="ToFull")
    cc = fields.List(fields.Nested(_Recipient), load_default=list, data_key="CcFull")
    original = fields.String(load_default="", data_key="OriginalRecipient")
    date = fields.String(load_default="", data_key="Date")
    text = fields.String(load_default="", data_key="TextBody")
    html = fields.String(load_default="", data_key="HtmlBody")
    stripped = fields.String(load_default="", data_key="StrippedTextReply")
    headers = fields.List(fields.Nested(_Header), load_default=list, data_key="Headers")


def verify(call: Call) -> None:
    """Check that it knows the password of the address.

    Raises:
        BadSignature: it does not.
    """
    password = call.settings.plug_ins["POSTMARK_INBOUND_PASSWORD"]
    kind, _, shown = call.headers.get("Authorization", "").partition(" ")
    try:
        _, _, given = base64.b64decode(shown, validate=True).partition(b":")
    except (binascii.Error, ValueError):
        given = b""
    fits = hmac.compare_digest(given, password.encode())
    if not (password and kind.lower() == "basic" and fits):
        raise BadSignature(
            "The password does not match: the address set in Postmark must hold "
            "POSTMARK_INBOUND_PASSWORD."
        )


def inbound(call: Call) -> Sequence[Fact]:
    """A mail."""
    form = _Inbound().load(json_body.parse(call.body))
    rows = (*form["to"], *form["cc"])
    mail = Mail(
        id=form["id"],
        sender=form["sender"],
        recipients=[form["original"], *(row["email"] for row in rows)],
        headers=[("Date", form["date"]), *((h["name"], h["value"]) for h in form["headers"])],
        text=form["text"],
        html=form["html"],
        stripped=form["stripped"],
    )
    return [inbound_mail.written("postmark", mail)]


class _Event(Schema):
    class Meta:
        """Unknown fields are Postmark's business."""

        unknown = EXCLUDE

    record = fields.String(required=True, data_key="RecordType")
    kind = fields.String(load_default="", data_key="Type")
    email = fields.String(load_default="", data_key="Email")
    recipient = fields.String(load_default="", data_key="Recipient")
    details = fields.String(load_default="", data_key="Details", allow_none=True)
    suppressed = fields.Boolean(load_default=False, data_key="SuppressSending")
    reason = fields.String(load_default="", data_key="SuppressionReason", allow_none=True)


_NOT_TAKEN = frozenset({"SoftBounce", "Blocked", "SMTPApiError", "SpamNotification", "DnsError"})
_NOBODY_THERE = frozenset({"HardBounce", "BadEmailAddress"})
_COMPLAINTS = frozenset({"SpamComplaint", "ManualSuppression"})


def event(call: Call) -> Sequence[Fact]:
    """What became of a mail; what Postmark still tries, or tells otherwise, says nothing."""
    form = _Event().load(json_body.parse(call.body))
    kind = form["kind"]
    if form["record"] == "SubscriptionChange":
        kind = form["reason"] if form["suppressed"] else ""
    return [
        heard.MailReport(
            provider="postmark",
            returned=returned,
            code=kind,
            words=form["details"] or "",
            recipient=form["email"] or form["recipient"],
        )
        for returned, kinds in (
            (Returned.NOBODY_THERE, _NOBODY_THERE),
            (Returned.NOT_TAKEN, _NOT_TAKEN),
            (Returned.COMPLAINT, _COMPLAINTS),
        )
        if kind in kinds and (form["email"] or form["recipient"])
    ]


ADDRESSES: Mapping[str, Address] = {
    "inbound": Address(inbound, limit=inbound_mail.LIMIT),
    "events": Address(event),
}
