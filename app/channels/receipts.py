"""What providers tell us unasked: receipts and replies, each verified by their signature.

Twilio does not repeat a status callback, so every receipt carries our own message id in its
address (which the signature covers) and is never too early. Receipts may come twice and in
any order; a message only moves forward.
"""

from __future__ import annotations

import re
from typing import Any

import structlog
from flask import Blueprint, Response, current_app, request
from marshmallow import Schema, ValidationError

from app import clock
from app.cases import service as cases
from app.cases.timeline.facts import CustomerReply
from app.cases.timeline.kinds import Actor
from app.chain import service as chain
from app.channels import routing, service, store
from app.channels.providers import twilio
from app.channels.schemas import TwilioReply, TwilioStatus
from app.db.connection import Connection, transaction
from app.errors import Problem
from app.settings import Settings

log = structlog.get_logger(__name__)
blueprint = Blueprint("receipts", __name__, url_prefix="/callbacks")

_STATES = {
    "accepted": "sent",
    "scheduled": "sent",
    "queued": "sent",
    "sending": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
"""Twilio's words for ours: what Twilio has is sent as far as we can do anything about it."""

# Twilio's own lists; only a message that is nothing but such a word counts.
_STOP = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"}
_START = {"START", "UNSTOP"}
_WORD = re.compile(r"\W*(\w+)\W*")
_LONGEST = 1600  # characters; Twilio joins no more into one message
_BODY = 64 * 1024  # bytes; a callback has about two


@blueprint.post("/twilio/status")
def twilio_status() -> tuple[str, int]:
    """A receipt: the message moves forward, or goes another way."""
    receipt = _verified(TwilioStatus())
    state = _STATES.get(receipt["status"])
    if state is None:
        log.warning("receipt_unknown_status", status=receipt["status"][:20])
        return "", 204
    why = twilio.why(receipt["error"], receipt["status"]) if state == "failed" else None
    with transaction() as conn:
        message_id = _message_id(conn, receipt["sid"])
        if message_id is None:
            log.warning("receipt_without_message")
            return "", 204
        update = routing.DeliveryUpdate(state=state, why=why, provider_id=receipt["sid"])
        routing.settle(conn, message_id, update, clock.now())
    return "", 204


@blueprint.post("/twilio/reply")
def twilio_reply() -> Response:
    """A reply: a word that means stop or start, or words for the case."""
    reply = _verified(TwilioReply())
    word = _WORD.fullmatch(reply["words"])
    keyword = reply["keyword"].upper() or (word[1].upper() if word else "")
    now = clock.now()
    with transaction() as conn:
        if keyword in _STOP:
            service.opt_out(conn, "sms", reply["sender"], "reply", now)
        elif keyword in _START:
            service.opt_in(conn, "sms", reply["sender"])
        else:
            _hear(conn, reply)
    return Response('<?xml version="1.0" encoding="UTF-8"?><Response/>', content_type="text/xml")


def _hear(conn: Connection, reply: dict[str, Any]) -> None:
    """Write a customer's words into the case that they were written to about, once."""
    case_id = store.case_of_number(conn, reply["sender"])
    case = cases.lock(conn, case_id) if case_id is not None else None
    if case is None:
        log.warning("reply_without_case")
        return
    if store.reply_known(conn, case.id, reply["sid"]):
        return
    now = clock.now()
    words = reply["words"][:_LONGEST]
    facts = CustomerReply(words=words, channel="sms", provider_id=reply["sid"])
    cases.note(conn, [cases.Entry(case.id, facts, Actor.CUSTOMER)], now)
    if not case.closed:
        chain.follow(conn, [chain.Happened(case, "reply", "words")], now)
    log.info("reply", case_id=case.id, request_id=case.request_id)


def _message_id(conn: Connection, sid: str) -> int | None:
    ours = request.args.get("m", "")
    if ours.isascii() and ours.isdigit() and len(ours) < 19:
        return int(ours)
    return store.by_provider(conn, "twilio", sid)


def _verified(schema: Schema) -> dict[str, Any]:
    """The form, when it is signed with our account's token.

    The signed address begins with PUBLIC_URL: a proxy may have rewritten what arrives here.

    Raises:
        Problem: 403 not signed, 422 signed but not what was announced.
    """
    settings: Settings = current_app.config["SETTINGS"]
    request.max_content_length = _BODY
    url = settings.public_url + request.path
    if request.query_string:
        url += "?" + request.query_string.decode("latin-1")
    signature = request.headers.get("X-Twilio-Signature", "")
    if not twilio.signed(settings.twilio_auth_token, url, request.form, signature):
        raise Problem(
            403,
            "bad_signature",
            "The signature does not match: check that PUBLIC_URL is the address that Twilio "
            "calls and that TWILIO_AUTH_TOKEN is the account's primary token.",
        )
    try:
        form: dict[str, Any] = schema.load(request.form.to_dict())
    except ValidationError as error:
        faults = [
            {"field": field, "code": "invalid", "detail": str(detail)}
            for field, detail in error.messages_dict.items()
        ]
        raise Problem(422, "invalid", "The form cannot be read.", errors=faults) from error
    return form
