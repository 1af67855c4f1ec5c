"""`POST /callbacks/handover/<account>`: a courier's own system says what became of a booking.

Signed as Standard Webhooks say, by the secret of the account's connector or of its webhooks::

    {"type": "handover.confirmed",              also handover.refused
     "data": {"reference": "rk-7-1a2b3c4d",     our key, its own id, or the tracking number
              "ref": "their-id", "code": "FULL", "words": "Tour is full"}}
"""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, request
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app import clock
from app.access import signing, vault
from app.db.connection import connection, transaction
from app.directory import accounts_store
from app.errors import Problem, faults_of
from app.handover import callbacks
from app.handover.callbacks import Heard

blueprint = Blueprint("handover_callbacks", __name__, url_prefix="/callbacks/handover")

_LIMIT = 64 * 1024  # bytes
_TYPES = {"handover.confirmed": True, "handover.refused": False}


class _Data(Schema):
    class Meta:
        unknown = EXCLUDE

    reference = fields.String(required=True, validate=validate.Length(min=1, max=128))
    ref = fields.String(load_default="", validate=validate.Length(max=128))
    code = fields.String(load_default="", validate=validate.Length(max=100))
    words = fields.String(load_default="", validate=validate.Length(max=500))


class _Message(Schema):
    class Meta:
        unknown = EXCLUDE

    type = fields.String(required=True, validate=validate.OneOf(list(_TYPES)))
    data = fields.Nested(_Data, required=True)


_MESSAGE = _Message()


@blueprint.post("/<slug>")
def hear(slug: str) -> Response:
    """Take what it says, and answer how the booking stands then.

    Raises:
        Problem: 401 forged, 404 no such account or reference, 422 not understood.
    """
    request.max_content_length = _LIMIT
    account = accounts_store.account(connection(), slug) if slug.isprintable() else None
    if account is None:
        raise Problem(404, "unknown_account", f"There is no courier account {slug!r}.")
    raw = request.get_data()
    said = {name.lower(): value for name, value in request.headers.items()}
    if not signing.verified(_secrets(account), said, raw, clock.machine_now()):
        raise Problem(401, "not_signed", "No secret of this account has signed this.")
    heard = _read(raw)
    with transaction() as conn:
        state = callbacks.hear(conn, account["id"], heard, clock.now())
    body = orjson.dumps({"reference": heard.reference, "state": state})
    return Response(body, content_type="application/json")


def _secrets(account: dict[str, Any]) -> list[str]:
    secrets = [vault.unseal(sealed) for sealed in account["secrets"]]
    if account["connector_values"]:
        values = orjson.loads(vault.unseal(account["connector_values"]))
        secrets += [values[name] for name in ("secret", "callback_secret") if values.get(name)]
    return secrets


def _read(raw: bytes) -> Heard:
    try:
        message = _MESSAGE.load(orjson.loads(raw))
    except orjson.JSONDecodeError as error:
        raise Problem(422, "invalid", "The body is no JSON.") from error
    except ValidationError as error:
        faults = list(faults_of(error.messages_dict))
        raise Problem(422, "invalid", "The message cannot be read.", errors=faults) from error
    return Heard(confirmed=_TYPES[message["type"]], **message["data"])
