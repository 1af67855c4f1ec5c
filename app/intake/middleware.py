"""Takes webhooks before Flask prepares for a page: WSGI middleware, and before it the event loop.

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
from app.intake.store import Taken
from app.server import Answer
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


async def at_once(environ: WSGIEnvironment, body: bytes) -> Answer | None:
    """Answer a webhook in the event loop, without a thread, where that is possible.

    None leaves it to the middleware, which also answers what is refused, and counts it.
    """
    began = time.perf_counter()
    webhook = _ADDRESS.fullmatch(environ["PATH_INFO"])
    if webhook is None or environ["REQUEST_METHOD"] != "POST":
        return None
    account = accounts.remembered(webhook[1])
    if account is None:
        return None
    request = Request(environ, populate_request=False)
    request_id = _request_id(request)
    taken = await service.take_at_once(account, _incoming(request, body), request_id)
    if taken is None:
        return None
    headers, answer = _said(account, taken, began, request_id)
    return 200, [*headers, *_PROTECTION.items()], answer


def _request_id(request: Request) -> str:
    given = request.headers.get("X-Request-ID", "")
    return given if _REQUEST_ID.fullmatch(given) else f"{random.getrandbits(64):016x}"


def _incoming(request: Request, body: bytes) -> Incoming:
    return Incoming(
        headers=cast("Mapping[str, str]", request.headers),
        query=request.args if request.query_string else _NO_QUERY,
        raw=body,
        received_at=clock.machine_now(),
    )


def _answer(request: Request, slug: str) -> Response:
    """What became of the webhook, after the commit; or why it was not taken."""
    began = time.perf_counter()
    request_id = _request_id(request)
    account: Account | None = None
    try:
        account = accounts.get(slug)
        taken = service.receive(account, _incoming(request, _body(request)), request_id)
    except Exception as error:  # noqa: BLE001 - the courier reads why, whatever it is
        problem = refusals.explained(error, slug, request_id)
        _count(account, problem.status, began, request_id)
        return errors.respond(problem)
    headers, body = _said(account, taken, began, request_id)
    return Response(body, headers=headers)


def _said(
    account: Account, taken: Taken, began: float, request_id: str
) -> tuple[list[tuple[str, str]], bytes]:
    """Headers and body of the answer to a webhook that was taken; counted and logged."""
    _count(account, 200, began, request_id, taken.outcome)
    log.info(
        "webhook",
        request_id=request_id,
        account=account.slug,
        outcome=taken.outcome,
        event_id=taken.event_id,
        case_id=taken.case_id,
    )
    body = {"status": taken.outcome, "event_id": taken.event_id, "case_id": taken.case_id}
    headers = [("Content-Type", "application/json"), ("X-Request-ID", request_id)]
    return headers, orjson.dumps(body)


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
