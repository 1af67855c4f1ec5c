"""What Postmark tells: mail that came in.

https://postmarkapp.com/developer/webhooks/inbound-webhook: Postmark signs nothing and sends what
stands in the address, so the address set there is
`https://reknock:<POSTMARK_INBOUND_PASSWORD>@…/callbacks/postmark/inbound`. It repeats what was not
answered 200 for ten hours.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence

from marshmallow import EXCLUDE, Schema, fields, validate

from app import json_body
from app.channels import inbound_mail
from app.channels.heard import Fact
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


ADDRESSES: Mapping[str, Address] = {"inbound": Address(inbound, limit=inbound_mail.LIMIT)}
