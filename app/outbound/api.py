"""Shippers' endpoints for webhooks: where events of their cases go, and what became of them."""

from __future__ import annotations

from typing import Any

from app import clock
from app.access.api import Blueprint, PageQuery
from app.access.keys import caller, require
from app.access.once import once
from app.access.openapi import may_answer
from app.db.connection import connection, transaction
from app.directory.changes import by
from app.errors import Problem
from app.outbound import allowed, schemas, service, store
from app.outbound.store import Endpoint

blueprint = Blueprint(
    "webhook_endpoints",
    __name__,
    url_prefix="/api/v1/webhook-endpoints",
    description="Events of your cases, posted to your own system",
)


@blueprint.get("")
@require("shipper")
@blueprint.response(200, schemas.EndpointsOut)
@may_answer("no_shipper")
def listing() -> dict[str, Any]:
    """Your endpoints."""
    return {"items": [_shown(one) for one in store.listed(connection(), _shipper())]}


@blueprint.post("")
@require("shipper")
@once(secret=True)
@blueprint.arguments(schemas.EndpointIn)
@blueprint.response(201, schemas.EndpointOut)
@may_answer("no_shipper", "endpoint_unusable", "too_many_endpoints")
def add(body: dict[str, Any]) -> dict[str, Any]:
    """Let events be posted here from now on, signed by Standard Webhooks.

    Answer 2xx within ten seconds. What you do not take is tried again for three days; what happens
    in one case comes in order, each event at least once and always under the same `webhook-id`.
    """
    with transaction() as conn:
        who, now, http = by(caller()), clock.now(), allowed.plain()
        endpoint, secret = service.add(
            conn, who, _shipper(), body["url"], body["kinds"], now, plain=http
        )
    return {**_shown(endpoint), "secret": secret}


@blueprint.patch("/<id:endpoint_id>")
@require("shipper")
@blueprint.arguments(schemas.EndpointChange)
@blueprint.response(200, schemas.EndpointOut)
@may_answer("no_such_endpoint", "endpoint_unusable")
def change(body: dict[str, Any], endpoint_id: int) -> dict[str, Any]:
    """Change an endpoint, pause it, let it go on, or give it a new secret."""
    now, who = clock.now(), by(caller())
    secret: dict[str, str] = {}
    with transaction() as conn:
        endpoint = service.find(conn, endpoint_id)
        if "url" in body or "kinds" in body:
            url, kinds = body.get("url", endpoint.url), body.get("kinds", endpoint.kinds)
            service.change(conn, who, endpoint, url, kinds, now, plain=allowed.plain())
            endpoint = service.find(conn, endpoint_id)
        if body.get("rotate_secret"):
            secret = {"secret": service.rotate(conn, who, endpoint, now)}
        if body.get("state") == "paused":
            service.pause(conn, who, endpoint, now)
        elif body.get("state") == "active":
            service.resume(conn, who, endpoint, now)
        return {**_shown(service.find(conn, endpoint_id)), **secret}


@blueprint.delete("/<id:endpoint_id>")
@require("shipper")
@blueprint.response(204)
@may_answer("no_such_endpoint")
def remove(endpoint_id: int) -> None:
    """Post nothing there any more, and forget what was."""
    with transaction() as conn:
        service.remove(conn, by(caller()), service.find(conn, endpoint_id), clock.now())


@blueprint.get("/<id:endpoint_id>/deliveries")
@require("shipper")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, schemas.DeliveriesOut)
@may_answer("no_such_endpoint")
def deliveries(query: dict[str, Any], endpoint_id: int) -> dict[str, Any]:
    """What was posted and what waits, with bodies and answers, for thirty days."""
    with transaction() as conn:
        service.find(conn, endpoint_id)
        rows = store.deliveries(conn, endpoint_id, query["cursor"], query["limit"])
    items = [{**row, "event_id": _event(row)} for row in rows]
    full = len(rows) == query["limit"]
    return {"items": items, "next": rows[-1]["id"] if full else None}


@blueprint.post("/<id:endpoint_id>/replay")
@require("shipper")
@blueprint.arguments(schemas.ReplayIn)
@blueprint.response(202, schemas.ReplayOut)
@may_answer("no_such_endpoint", "endpoint_paused")
def replay(body: dict[str, Any], endpoint_id: int) -> dict[str, int]:
    """Post everything since then once more, under the ids that it had."""
    with transaction() as conn:
        endpoint = service.find(conn, endpoint_id)
        return {"events": service.replay(conn, endpoint, body["since"], clock.now())}


@blueprint.post("/<id:endpoint_id>/test")
@require("shipper")
@blueprint.response(202, schemas.ReplayOut)
@may_answer("no_such_endpoint", "endpoint_paused")
def test(endpoint_id: int) -> dict[str, int]:
    """Post an event of the type `test`."""
    with transaction() as conn:
        service.test(conn, service.find(conn, endpoint_id), clock.now())
    return {"events": 1}


def _shown(endpoint: Endpoint) -> dict[str, Any]:
    names = ("id", "url", "kinds", "state", "why", "failing_since", "created_at")
    return {name: getattr(endpoint, name) for name in names}


def _event(row: dict[str, Any]) -> str:
    return f"evt_{row['event_id']}" if row["event_id"] else f"evt_test_{row['id']}"


def _shipper() -> int:
    shipper_id = caller().shipper_id
    if shipper_id is None:
        raise Problem(422, "no_shipper", "Use a shipper's key: endpoints belong to a shipper.")
    return shipper_id
