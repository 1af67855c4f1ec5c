"""WSGI middleware that takes webhooks before Flask prepares for a page.

Couriers send more requests than all others together, and these need no session, no template and
no routing: preparing for that would cost more than checking and reading what couriers send.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

import orjson
import structlog
from flask import Request, Response
from werkzeug.exceptions import RequestEntityTooLarge

from app import clock, errors
from app.counted import families
from app.intake import accounts, refusals, service
from app.intake.event import Account, Incoming
from app.traces import spans
from app.web import LIMIT as LARGEST

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger(__name__)


_ADDRESS = re.compile(r"/webhooks/([^/]+)/?")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_NO_QUERY: Mapping[str, str] = {}
_PROTECTION = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


class WebhookMiddleware:
    """`app.wsgi_app = WebhookMiddleware(app.wsgi_app)`."""

    def __init__(self, flask: WSGIApplication) -> None:
        self._flask = flask

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a webhook; let Flask answer everything else."""
        webhook = _ADDRESS.fullmatch(environ.get("PATH_INFO", ""))
        if webhook is None or environ["REQUEST_METHOD"] != "POST":
            return self._flask(environ, start_response)
        answer = _answer(Request(environ, populate_request=False), webhook[1])
        answer.headers.update(_PROTECTION)
        start_response(answer.status, answer.headers.to_wsgi_list())
        return [answer.get_data()]  # in one piece: what is iterated over would be streamed


def _answer(request: Request, slug: str) -> Response:
    """What became of the webhook, after the commit; or why it was not taken."""
    began = time.perf_counter()
    request_id = request.headers.get("X-Request-ID", "")
    if not _REQUEST_ID.fullmatch(request_id):
        request_id = f"{random.getrandbits(64):016x}"
    account: Account | None = None
    try:
        account = accounts.get(slug)
        incoming = Incoming(
            headers=cast("Mapping[str, str]", request.headers),
            query=request.args if request.query_string else _NO_QUERY,
            raw=_body(request),
            received_at=clock.machine_now(),
        )
        taken = service.receive(account, incoming, request_id)
    except Exception as error:  # noqa: BLE001 - the courier reads why, whatever it is
        problem = refusals.explained(error, slug, request_id)
        _count(account, problem.status, began, request_id)
        return errors.respond(problem)
    _count(account, 200, began, request_id, taken.outcome)
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


def _count(
    account: Account | None, status: int, began: float, request_id: str, outcome: str = ""
) -> None:
    """Whoever invents accounts makes no new series."""
    outcome = outcome or ("failed" if status >= 500 else "refused")
    slug, courier = (account.slug, account.courier) if account else ("", "")
    families.WEBHOOKS.add(slug, courier, outcome)
    took = time.perf_counter() - began
    kind = families.status_class(status)
    families.HTTP.observe(took, "/webhooks/<account>", "POST", kind, request_id=request_id)
    spans.ended(
        *(spans.Kind.WEBHOOK, "POST /webhooks/<account>", request_id, took),
        failed=status >= 500,
        status=status,
        account=slug,
        courier=courier,
        outcome=outcome,
    )


def _body(request: Request) -> bytes:
    """The body as it came.

    Raises:
        RequestEntityTooLarge: nothing of this size is taken anywhere.
    """
    length = request.content_length
    if length is not None and length <= LARGEST:
        body: bytes = request.environ["wsgi.input"].read(length)  # werkzeug asks twice
        return body
    request.max_content_length = LARGEST + 1  # of a body without a length only so much is read
    raw = request.get_data(cache=False)
    if len(raw) > LARGEST:
        raise RequestEntityTooLarge
    return raw
