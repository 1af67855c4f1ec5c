"""`/webhooks/<account>`: where couriers post."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import cast

import orjson
import psycopg
import structlog
from flask import Blueprint, Request, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from app import clock
from app.access.vault import VaultLocked
from app.errors import Problem
from app.intake import accounts, refusals, service
from app.intake.couriers import adapter
from app.intake.event import Account, Incoming, KeysUnavailable, SignatureRefused

log = structlog.get_logger(__name__)
blueprint = Blueprint("webhooks", __name__)

LIMIT = 256 * 1024  # bytes
REFUSED = "reknock.refused"
"""Why the door did not take this request: an exception in the WSGI environment."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_AWAY = {"Retry-After": "5"}
_NO_QUERY: Mapping[str, str] = {}


@blueprint.post("/webhooks/<slug>")
def receive(slug: str) -> Response:
    """Take what did not come through the door, or say why the door did not take it."""
    if error := request.environ.get(REFUSED):
        raise error
    return take(request, slug)


def take(request: Request, slug: str) -> Response:
    """Take a courier's webhook; the answer comes after the commit.

    Raises:
        Problem: it was not taken; the courier can read why.
    """
    raw = _body(request)
    request_id = request.headers.get("X-Request-ID", "")
    if not _REQUEST_ID.fullmatch(request_id):
        request_id = f"{random.getrandbits(64):016x}"
    try:
        account = _account(slug)
        incoming = Incoming(
            headers=cast("Mapping[str, str]", request.headers),
            query=request.args if request.query_string else _NO_QUERY,
            raw=raw,
            received_at=clock.machine_now(),
        )
        taken = service.receive(account, incoming, request_id)
    except KeysUnavailable as error:
        raise Problem(503, error.code, error.detail, headers=_AWAY) from error
    except SignatureRefused as error:
        refusals.count(slug, error.code)
        raise Problem(401, error.code, error.detail) from error
    except psycopg.OperationalError as error:
        log.warning("database_away", request_id=request_id, error=str(error))
        raise Problem(
            503, "database_away", "Nothing was kept. Please send this again.", headers=_AWAY
        ) from error
    log.info(
        "webhook",
        request_id=request_id,
        account=slug,
        outcome=taken.outcome,
        event_id=taken.event_id,
        case_id=taken.case_id,
    )
    body = {"status": taken.outcome, "event_id": taken.event_id, "case_id": taken.case_id}
    return Response(
        orjson.dumps(body),
        headers={"X-Request-ID": request_id},
        content_type="application/json",
    )


@blueprint.get("/webhooks/<slug>")
def check(slug: str) -> Response:
    """Echo the challenge of couriers that ask for it when a webhook is registered."""
    account = _account(slug)
    name = getattr(adapter(account.courier), "CHALLENGE", None)
    if name is None or name not in request.args:
        raise Problem(405, "post_here", "Couriers POST to this address.", headers={"Allow": "POST"})
    return Response(request.args[name], content_type="text/plain; charset=utf-8")


def _body(request: Request) -> bytes:
    """As it came.

    Raises:
        RequestEntityTooLarge: it is larger than `LIMIT`.
    """
    length = request.content_length
    if length is not None and length <= LIMIT:
        body: bytes = request.environ["wsgi.input"].read(length)  # werkzeug asks twice
        return body
    request.max_content_length = LIMIT + 1  # of a body without a length only so much is read
    raw = request.get_data(cache=False)
    if len(raw) > LIMIT:
        raise RequestEntityTooLarge
    return raw


def _account(slug: str) -> Account:
    try:
        account = accounts.find(slug) if slug.isprintable() else None
    except VaultLocked as error:  # an operator's mistake: the courier must keep trying
        log.error("vault_locked", account=slug, error=str(error))  # noqa: TRY400
        detail = "Nothing was kept. Please send this again."
        raise Problem(503, "vault_locked", detail, headers=_AWAY) from error
    if account is None:
        raise Problem(404, "unknown_account", f"There is no courier account {slug!r}.")
    return account
