"""What a visitor answers on the demo's phones: a reply, or a key pressed during a call."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, json, request
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app import clock
from app.channels import heard
from app.channels import service as channels
from app.channels.providers.playground import PROVIDER, answering
from app.channels.store import Message
from app.db.connection import Connection, transaction
from app.errors import Problem, faults_of
from app.playground import boxes
from app.playground.pages import only_in_demo_mode
from app.theme import respond

blueprint = Blueprint("playground_answers", __name__)
blueprint.before_request(only_in_demo_mode)
respond.calm_errors(blueprint)


class _Reply(Schema):
    class Meta:
        unknown = EXCLUDE

    sender = fields.String(required=True, data_key="from", validate=validate.Length(min=1, max=254))
    channel = fields.String(required=True, validate=validate.OneOf(["sms", "whatsapp", "email"]))
    text = fields.String(required=True, validate=validate.Length(max=1600))


_A_KEY = validate.OneOf([*"0123456789*#"], error="A telephone has the keys 0 to 9, * and #.")


class _Key(Schema):
    class Meta:
        unknown = EXCLUDE

    message_id = fields.Integer(required=True, validate=validate.Range(min=1, max=2**63 - 1))
    digit = fields.String(required=True, validate=_A_KEY)


class _Call(Schema):
    class Meta:
        unknown = EXCLUDE

    message_id = fields.Integer(required=True, validate=validate.Range(min=1, max=2**63 - 1))


@blueprint.post("/playground/reply")
def reply() -> Response:
    """Answer a message: `from`, `channel` and `text`; `case_id` is the case it belongs to."""
    asked = _read(_Reply())
    phone = None if request.is_json else request.form.get("phone")
    now = clock.now()
    with transaction() as conn:
        case_id = channels.case_of(conn, asked["channel"], asked["sender"])
        heard.tell(
            conn, answering.reply(asked["channel"], asked["sender"], asked["text"], now), now
        )
    if phone in boxes.PHONES:
        return _back(phone, heard="nobody" if case_id is None else "case")
    return respond.private(_json({"status": "heard", "case_id": case_id}))


def _back(phone: str, **said: str) -> Response:
    """After a field or a key on a phone: the same inbox, which says what came of it."""
    where = {name: request.form.get(name, "") for name in ("box", "case")}
    where = {name: value for name, value in (where | said).items() if value}
    return respond.see_other(f"/playground/phone/{phone}?{urlencode(where)}")


@blueprint.post("/playground/keypad")
def keypad() -> Response:
    """Press `digit` during the call `message_id`; `said` is what the caller then hears."""
    asked = _read(_Key())
    with transaction() as conn:
        message = _call(conn, asked["message_id"])
        fact = answering.key(message.id, asked["digit"])
        said = " ".join(heard.tell(conn, fact, clock.now()))
    phone = None if request.is_json else request.form.get("phone")
    if phone in boxes.PHONES:
        return _back(phone, said=said)
    return respond.private(_json({"said": said}))


@blueprint.post("/playground/ring-out")
def ring_out() -> Response:
    """Nobody answers the call `message_id`."""
    asked = _read(_Call())
    with transaction() as conn:
        message = _call(conn, asked["message_id"])
        heard.tell(conn, answering.not_answered(message.id), clock.now())
    phone = None if request.is_json else request.form.get("phone")
    if phone in boxes.PHONES:
        return _back(phone)
    return respond.private(_json({"status": "heard"}))


def _call(conn: Connection, message_id: int) -> Message:
    message = channels.message(conn, message_id)
    if message is None or message.provider != PROVIDER.name:
        raise Problem(404, "no_such_message", "No such message has reached a phone.")
    if message.channel != "voice":
        raise Problem(409, "not_a_call", "That is no call, so there are no keys to press in it.")
    return message


def _read(schema: Schema) -> dict[str, Any]:
    given = request.get_json() if request.is_json else request.form.to_dict()
    try:
        asked: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        faults = list(faults_of(error.messages_dict))
        raise Problem(422, "invalid", "Please correct what is listed.", errors=faults) from error
    return asked


def _json(document: dict[str, Any]) -> Response:
    return Response(json.dumps(document), content_type="application/json")
