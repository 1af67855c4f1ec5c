"""Alive and ready."""

from __future__ import annotations

from typing import Any

import psycopg
import redis
from flask import Blueprint, Response, current_app, jsonify, request

from app import clock
from app.access import proving
from app.chain import wake
from app.db.connection import Connection, connection
from app.insight import store

blueprint = Blueprint("health", __name__)

LATE = 60.0  # seconds: a step that waits longer than this means nobody works


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers; to `prove` with what only this installation can say to that word."""
    asked = request.args.get("prove", "")
    return jsonify(status="ok", **({"proof": proving.answer(asked)} if asked else {}))


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
        found["exhausted_tasks"] = _exhausted(connection())
    except psycopg.Error:
        found["database"] = "away"
    ready = found["database"] == "ok"
    age = found["oldest_due_step_seconds"] or 0
    found["status"] = "ok" if ready and found["broker"] == "ok" and age < LATE else "degraded"
    return jsonify(found), 200 if ready else 503


def _exhausted(conn: Connection) -> int:
    (row,) = store.gauges(conn, "exhausted_tasks")["exhausted_tasks"]
    return int(row["value"])


def _oldest_due(conn: Connection) -> float:
    due = store.oldest_due(conn)
    return max(0.0, (clock.now() - due).total_seconds()) if due else 0.0


def _broker() -> str:
    try:
        wake.connect(current_app.config["SETTINGS"].redis_url).ping()
    except redis.RedisError:
        return "away"
    return "ok"
