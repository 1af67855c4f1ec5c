"""`POST /api/v1/shipments`: one order, or up to ten thousand."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import orjson
import psycopg
import structlog
from flask import Response, request

from app import clock
from app.access import idempotency
from app.access.api import Blueprint
from app.access.idempotency import Answer
from app.access.keys import caller, require
from app.access.openapi import idempotent, may_answer
from app.db.connection import connection
from app.errors import PROBLEM_TYPE, Problem
from app.shipments.orders import rules, service
from app.shipments.orders.schemas import HeldOut, OrderIn, OrdersOut

log = structlog.get_logger(__name__)
blueprint = Blueprint("orders", __name__, url_prefix="/api/v1", description="Orders")

LIMIT = 16 * 1024 * 1024  # bytes; ten thousand orders have about four million
NDJSON = "application/x-ndjson"
_JSON = "application/json"
_MANY = {
    "type": "array",
    "items": {},
    "description": "each as one order; those that do not fit are refused by themselves",
}


@blueprint.post("/shipments")
@blueprint.doc(
    requestBody={
        "description": f"One order, or a list of up to {rules.MOST}; or NDJSON, one a line.",
        "required": True,
        "content": {
            _JSON: {"schema": {"anyOf": [OrderIn, _MANY]}},
            NDJSON: {"schema": {"type": "string"}},
        },
    },
)
@blueprint.alt_response(202, schema=HeldOut)
@blueprint.response(200, OrdersOut)
@blueprint.alt_response(200, schema={"type": "string"}, content_type=NDJSON)
@require("shipper")
@idempotent
@may_answer("no_shipper", "order_refused", "too_many")
def post() -> Response:
    """Announce one order or many. Sending an order again renews it.

    An NDJSON request, or one that accepts NDJSON, is answered with a result a line, as they
    come. A batch of which too many numbers are invalid waits for an operator (202).
    """
    shipper_id = caller().shipper_id
    if shipper_id is None:
        raise Problem(422, "no_shipper", "Use a shipper's key: orders belong to a shipper.")
    request.max_content_length = LIMIT
    raw = request.get_data(cache=False)
    lines = request.mimetype == NDJSON
    streams = lines or request.accept_mimetypes.best_match([_JSON, NDJSON]) == NDJSON
    key = request.headers.get("Idempotency-Key")
    once = _Once(shipper_id, key, raw, streams) if key else None
    try:
        if once and (known := once.begin()):
            return _respond(known)
        return _post(shipper_id, raw, once, lines=lines, streams=streams)
    except psycopg.OperationalError as error:
        raise Problem(
            503,
            "database_away",
            "Not everything was kept. Please send all of it again.",
            headers={"Retry-After": "5"},
        ) from error


class _Once:
    """One request under its Idempotency-Key."""

    def __init__(self, shipper_id: int, key: str, raw: bytes, streams: bool) -> None:
        self.scope = f"orders:{shipper_id}"
        self.key = key
        self.digest = hashlib.sha256(b"%d:" % streams + raw).digest()

    def begin(self) -> Answer | None:
        return idempotency.begin(connection(), self.scope, self.key, self.digest)

    def finish(self, answer: Answer) -> None:
        idempotency.finish(connection(), self.scope, self.key, answer)

    def abandon(self) -> None:
        """Let the next one do it again; without a database the key is free in two minutes."""
        with contextlib.suppress(psycopg.Error):
            idempotency.abandon(connection(), self.scope, self.key)


def _post(
    shipper_id: int, raw: bytes, once: _Once | None, *, lines: bool, streams: bool
) -> Response:
    """Decide, take and answer; what fails on the way leaves the key free for another try."""
    by = caller().name
    try:
        reads = service.read(raw, lines=lines)
        single = not lines and raw.lstrip()[:1] != b"["
        held = service.hold(shipper_id, by, raw, reads, clock.now(), lines=lines)
        if isinstance(held, service.Held):
            return _finish(once, _held(held))
        taken = service.take(shipper_id, by, reads, as_is=held)
        # What cannot be taken at all must show in the status, so the first ones are awaited.
        results = chain([next(taken, [])], taken)
        if streams and not single:
            return Response(_stream(results, reads, once), content_type=NDJSON)
        items = [result for some in results for result in some]
        if single and "errors" in items[0]:
            return _finish(once, _refused(items[0]["errors"]))
        return _finish(once, Answer(200, _JSON, orjson.dumps({"items": items})))
    except BaseException:
        if once:
            once.abandon()
        raise


def _stream(
    results: Iterable[Sequence[dict[str, Any]]], reads: Sequence[rules.Read], once: _Once | None
) -> Iterator[bytes]:
    """A line for each order, also if the database goes away in between."""
    sent: list[bytes] = []
    try:
        for some in results:
            sent.extend(orjson.dumps(result) + b"\n" for result in some)
            yield b"".join(sent[-len(some) :])
        if once:
            once.finish(Answer(200, NDJSON, b"".join(sent)))
            once = None
    except psycopg.OperationalError as error:
        log.warning("orders_cut_short", error=type(error).__name__)
        yield b"".join(orjson.dumps(_failed(one)) + b"\n" for one in reads[len(sent) :])
    finally:
        if once:  # it ended early, perhaps because the caller hung up
            once.abandon()


def _failed(one: rules.Read) -> dict[str, Any]:
    fault = rules.Fault("", "database_away", "This order was not kept. Please send it again.")
    return {
        "tracking_number": one.tracking_number,
        "status": "failed",
        "errors": [fault._asdict()],
    }


def _held(held: service.Held) -> Answer:
    body = {
        "status": "held",
        "batch_id": held.batch_id,
        "orders": held.orders,
        "invalid_numbers": held.invalid,
    }
    return Answer(202, _JSON, orjson.dumps(body) + b"\n")


def _refused(errors: list[dict[str, Any]]) -> Answer:
    problem = Problem(422, "order_refused", "Please correct what is listed.", errors=errors)
    return Answer(problem.status, PROBLEM_TYPE, orjson.dumps(problem.document()))


def _finish(once: _Once | None, answer: Answer) -> Response:
    if once:
        once.finish(answer)
    return _respond(answer)


def _respond(answer: Answer) -> Response:
    return Response(answer.body, answer.status, content_type=answer.content_type)
