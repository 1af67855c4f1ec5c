"""What Twilio tells: receipts and replies.

Every receipt carries our own message id in its address (which the signature covers), so it is
never too early. Twilio repeats what we did not take as often as the address asks it to: the
address of replies, which is set in Twilio's console, should end in `#rc=3&rp=all` too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog

from app.channels import heard
from app.channels.heard import Fact
from app.channels.providers.base import Address, Answer, BadSignature, Call
from app.channels.providers.twilio import signature
from app.channels.providers.twilio.codes import STATES, why
from app.channels.providers.twilio.forms import TwilioReply, TwilioStatus

log = structlog.get_logger(__name__)


def verify(call: Call) -> None:
    """Check that it is signed with our account's token.

    Raises:
        BadSignature: it is not.
    """
    token = call.settings.plug_ins["TWILIO_AUTH_TOKEN"]
    if not signature.signed(token, call.url, call.form, call.headers.get("X-Twilio-Signature", "")):
        raise BadSignature(
            "The signature does not match: check that PUBLIC_URL is the address that Twilio "
            "calls and that TWILIO_AUTH_TOKEN is the account's primary token."
        )


def status(call: Call) -> Sequence[Fact]:
    """A receipt; a status that Twilio may add later says nothing."""
    form = TwilioStatus().load(call.form.to_dict())
    state = STATES.get(form["status"])
    if state is None:
        log.warning("receipt_unknown_status", status=form["status"][:20])
        return []
    ours = call.query.get("m", "")
    return [
        heard.Receipt(
            provider="twilio",
            state=state,
            why=why(form["error"], form["status"]) if state == "failed" else None,
            message_id=int(ours) if ours.isascii() and ours.isdigit() and len(ours) < 19 else None,
            provider_id=form["sid"],
        )
    ]


def reply(call: Call) -> Sequence[Fact]:
    """A message from somebody."""
    form = TwilioReply().load(call.form.to_dict())
    return [
        heard.incoming(
            provider="twilio",
            provider_id=form["sid"],
            channel="sms",
            sender=form["sender"],
            words=form["words"],
            keyword=form["keyword"],
        )
    ]


def empty_twiml(said: Sequence[str]) -> Answer:  # noqa: ARG001 - a text message is not answered
    """No answer to the sender."""
    return Answer('<?xml version="1.0" encoding="UTF-8"?><Response/>', "text/xml", 200)


ADDRESSES: Mapping[str, Address] = {
    "status": Address(status),
    "reply": Address(reply, empty_twiml),
}
