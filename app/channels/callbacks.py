"""`/callbacks/<provider>/…`: where providers tell us things.

The addresses, the signature and the meaning stand in the provider's folder; here are the
limit, the order (verify, read, tell, answer) and the errors.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import cast

import psycopg
import structlog
from flask import Blueprint, Response, current_app
from flask import request as any_request
from marshmallow import ValidationError

from app import clock
from app.channels import heard, providers
from app.channels.providers.base import Address, Answer, BadSignature, Call, Callbacks
from app.db.connection import transaction
from app.errors import Problem, faults_of
from app.settings import Settings
from app.web import HouseRequest

log = structlog.get_logger(__name__)

PATIENCE = timedelta(seconds=3)
"""So long may one statement take while somebody holds the line."""


def blueprint() -> Blueprint:
    """The addresses of all providers."""
    mounted = Blueprint("callbacks", __name__, url_prefix="/callbacks")
    for provider in providers.registered():
        found = providers.callbacks(provider)
        if found is None:
            continue
        for path, address in found.ADDRESSES.items():
            mounted.add_url_rule(
                f"/{provider.name}/{path}",
                f"{provider.name}-{path}",
                partial(_hear, found, address),
                methods=["POST"],
            )
    return mounted


def _hear(callbacks: Callbacks, address: Address) -> Response:
    """Take one callback.

    Each fact has a transaction of its own, so that one request never holds two cases.

    Raises:
        Problem: 403 not signed, 422 signed but not what was announced.
    """
    call = _call(address.limit)
    try:
        callbacks.verify(call)
    except BadSignature as error:
        raise Problem(403, "bad_signature", str(error)) from error
    try:
        facts = address.read(call)
    except ValidationError as error:
        faults = list(faults_of(error.messages_dict))
        raise Problem(422, "invalid", "The form cannot be read.", errors=faults) from error
    said: list[str] = []
    try:
        for fact in facts:
            with transaction(PATIENCE if address.slow else None) as conn:
                said += heard.tell(conn, fact, clock.now())
    except psycopg.OperationalError as error:
        if address.slow is None:
            raise
        log.warning("caller_waits", error=type(error).__name__)
        return _response(address.slow(call))
    return _response(address.answer(call, said))


def _response(answer: Answer) -> Response:
    return Response(answer.text, answer.status, content_type=answer.content_type)


def _call(limit: int) -> Call:
    settings: Settings = current_app.config["SETTINGS"]
    request = cast("HouseRequest", any_request)
    request.max_content_length = limit
    request.discards_files = True  # a mail's attachments; what it says is in its fields
    url = settings.public_url + request.path
    if request.query_string:
        url += "?" + request.query_string.decode("latin-1")
    body = request.get_data(cache=True)  # before the form, which would leave nothing of it
    return Call(
        url=url,
        headers=request.headers,
        query=request.args,
        form=request.form,
        body=body,
        settings=settings,
    )
