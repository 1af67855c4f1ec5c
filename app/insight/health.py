"""Alive, ready, and in figures."""

from __future__ import annotations

import hmac
import ipaddress
from datetime import timedelta
from typing import Any

import psycopg
import redis
from flask import Blueprint, Response, current_app, jsonify, request
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from app import clock
from app.chain import wake
from app.db.connection import Connection, connection
from app.errors import Problem
from app.insight import store
from app.promises import service as promises

blueprint = Blueprint("health", __name__)

LATE = 60.0  # seconds: a step that waits longer than this means nobody works
_SOON = timedelta(hours=1)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Database, broker, the age of the oldest due step, and the tasks that nobody took on.

    Without a broker work goes on through the clock, so that alone is no reason to take this
    instance out: 503 says that the database is away.
    """
    found: dict[str, Any] = {
        "database": "ok",
        "broker": _broker(),
        "oldest_due_step_seconds": None,
        "exhausted_tasks": None,
    }
    try:
        found["oldest_due_step_seconds"] = round(_oldest_due(connection()), 3)
        found["exhausted_tasks"] = int(store.gauge(connection(), "exhausted_tasks")[0]["value"])
    except psycopg.Error:
        found["database"] = "away"
    ready = found["database"] == "ok"
    age = found["oldest_due_step_seconds"] or 0
    found["status"] = "ok" if ready and found["broker"] == "ok" and age < LATE else "degraded"
    return jsonify(found), 200 if ready else 503


@blueprint.get("/metrics")
def metrics() -> Response:
    """Figures for Prometheus, read from the database: the same whichever process is asked."""
    _check_may_see_metrics(current_app.config["SETTINGS"].metrics_token)
    registry = CollectorRegistry()
    conn = connection()
    for name, text in _GAUGES.items():
        rows = store.gauge(conn, name)
        labels = [key for key in (rows[0] if rows else {}) if key != "value"]
        gauge = Gauge(f"reknock_{name}", text, labels, registry=registry)
        for row in rows:
            value = row.pop("value")
            (gauge.labels(**row) if labels else gauge).set(value)
    Gauge(
        "reknock_oldest_due_step_seconds", "How long the oldest due step waits", registry=registry
    ).set(_oldest_due(conn))
    Gauge(
        "reknock_promises_overdue", "Promises that passed and nobody settled", registry=registry
    ).set(promises.overdue(conn, clock.now()))
    Gauge(
        "reknock_promises_unkept",
        "Promises of the next hour that no step and no person's task stands for",
        registry=registry,
    ).set(len(promises.unkept(conn, clock.now() + _SOON)))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


_GAUGES = {
    "cases": "Open cases by state",
    "dispatch_tasks": "Dispatch tasks that are not over, by state; aside: old news not begun",
    "exhausted_tasks": "Open dispatch tasks that nobody took on though everybody was called",
    "messages_queued": "Messages that wait to be sent",
    "quarantined": "Webhook bodies that no adapter could read",
    "strangers": "Messages of the last day from numbers that nobody knows",
    "alerts": "What an operator should look at, by kind",
    "unknown_codes": "Codes that no adapter knows, by account",
    "other_news": "Messages about no parcel of ours, by account and what they call themselves",
    "refusals_today": "Webhooks not believed today, by account and reason",
}


def _check_may_see_metrics(token: str) -> None:
    """With a token it is asked for; without one, only who asks on this machine itself.

    Raises:
        Problem: 401 or 403.
    """
    if token:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(f"Bearer {token}".encode(), given.encode("utf-8", "replace")):
            raise Problem(
                401,
                "wrong_token",
                "Send the token of REKNOCK_METRICS_TOKEN as a bearer token.",
                headers={"WWW-Authenticate": "Bearer"},
            )
    elif _came_from_elsewhere():
        detail = "Set REKNOCK_METRICS_TOKEN to see the figures from another machine."
        raise Problem(403, "metrics_are_local", detail)


def _came_from_elsewhere() -> bool:
    """Whether a proxy or another machine asked."""
    if any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "Via")):
        return True
    try:
        return not ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return True


def _oldest_due(conn: Connection) -> float:
    due = store.oldest_due(conn)
    return max(0.0, (clock.now() - due).total_seconds()) if due else 0.0


def _broker() -> str:
    try:
        wake.connect(current_app.config["SETTINGS"].redis_url).ping()
    except redis.RedisError:
        return "away"
    return "ok"
