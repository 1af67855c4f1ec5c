"""What Mailgun tells: mail that a route of ours forwards to `…/callbacks/mailgun/inbound`.

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
from app.channels import inbound_mail
from app.channels.heard import Fact
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
    key = call.settings.plug_ins["MAILGUN_SIGNING_KEY"]
    stamp, token = call.form.get("timestamp", ""), call.form.get("token", "")
    expected = hmac.digest(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hex()
    given = call.form.get("signature", "").encode("utf-8", "replace")
    if not key or not hmac.compare_digest(expected.encode(), given):
        raise BadSignature(
            "The signature does not match: check that MAILGUN_SIGNING_KEY is the HTTP webhook "
            "signing key."
        )
    signed = datetime.fromtimestamp(int(stamp) if stamp.isdecimal() else 0, UTC)
    if abs(clock.machine_now() - signed) > _FRESH:
        raise BadSignature("The signature is not of today.")


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


ADDRESSES: Mapping[str, Address] = {"inbound": Address(inbound, limit=inbound_mail.LIMIT)}
