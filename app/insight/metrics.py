"""`/metrics` for Prometheus: how things stand, from the database, and what was counted.

The same whichever process is asked.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import psutil
import redis
from flask import Blueprint, Response, current_app, request
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from typing_extensions import override

from app import clock
from app.chain import wake
from app.counted import reading
from app.db import turns
from app.db.connection import Connection, connection
from app.errors import Problem
from app.insight import store
from app.promises import service as promises
from app.settings import Settings

blueprint = Blueprint("metrics", __name__)

_SOON = timedelta(hours=1)
_END = "# EOF\n"
_GAUGES = {
    "cases": "Open cases by state.",
    "dispatch_tasks": "Dispatch tasks that are not over, by state; aside: old news not begun.",
    "exhausted_tasks": "Open dispatch tasks that nobody took on though everybody was called.",
    "messages_queued": "Messages that wait to be sent.",
    "quarantined": "Webhook bodies that no adapter could read.",
    "strangers": "Messages of the last day from numbers that nobody knows.",
    "alerts": "What an operator should look at, by kind.",
    "unknown_codes": "Codes that no adapter knows, by account.",
    "other_news": "Messages about no parcel of ours, by account.",
    "refusals_today": "Webhooks not believed today, by account and reason.",
}


@blueprint.get("/metrics")
def metrics() -> Response:
    """In Prometheus's text format, or OpenMetrics with examples where that is asked for."""
    settings: Settings = current_app.config["SETTINGS"]
    _check_may_see_metrics(settings.metrics_token)
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    openmetrics = content_type.startswith("application/openmetrics-text")
    try:
        counted = reading.text(_redis(settings.redis_url), openmetrics=openmetrics)
    except redis.RedisError:
        counted = ""
    registry = CollectorRegistry()
    registry.register(_Standing(settings, broker_up=bool(counted)))
    standing = encode(registry).decode().removesuffix(_END)
    end = _END if openmetrics else ""
    return Response(standing + counted + end, content_type=content_type)


@cache
def _redis(url: str) -> redis.Redis:
    return wake.connect(url)


class _Standing(Collector):
    """How things stand at this moment."""

    def __init__(self, settings: Settings, *, broker_up: bool) -> None:
        self._settings, self._broker_up = settings, broker_up

    @override
    def collect(self) -> Iterator[GaugeMetricFamily]:
        conn, now = connection(), clock.now()
        for name, rows in store.gauges(conn, *_GAUGES).items():
            labels = [key for key in (rows[0] if rows else {}) if key != "value"]
            gauge = GaugeMetricFamily(f"reknock_{name}", _GAUGES[name], labels=labels)
            for row in rows:
                gauge.add_metric([str(row[label]) for label in labels], float(row["value"]))
            yield gauge
        due = store.oldest_due(conn)
        yield _one("oldest_due_step_seconds", "How long the oldest due step waits.", _age(due, now))
        yield _one(
            "promises_overdue",
            "Promises that passed and nobody settled.",
            promises.overdue(conn, now),
        )
        yield _one(
            "promises_unkept",
            "Promises of the next hour that no step and no person's task stands for.",
            len(promises.unkept(conn, now + _SOON)),
        )
        yield _by(
            "queue_oldest_seconds",
            "How long the oldest waits that is due: messages by channel, handovers, webhooks.",
            "queue",
            {name: _age(at, now) for name, at in store.oldest_waiting(conn, now).items()},
        )
        yield _by(
            "process_silent_seconds",
            "Since the last sign of life of any process of a kind.",
            "process",
            _silent(conn),
        )
        yield _one(
            "broker_up", "1 when Redis answers; without it nothing is counted.", self._broker_up
        )
        yield from _disk(self._settings.home)


def _one(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"reknock_{name}", text, value=float(value))


def _by(name: str, text: str, label: str, values: dict[str, float]) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(f"reknock_{name}", text, labels=[label])
    for key, value in values.items():
        gauge.add_metric([key], value)
    return gauge


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _silent(conn: Connection) -> dict[str, float]:
    now = clock.machine_now()
    return {name: _age(at, now) for name, at in turns.beats(conn).items()}


def _disk(home: Path) -> Iterator[GaugeMetricFamily]:
    """The disk of this process's own state; with the embedded servers also that of all data."""
    if home.exists():
        disk = psutil.disk_usage(str(home))
        yield _one("disk_free_bytes", "Room that is left on the disk of REKNOCK_HOME.", disk.free)
        yield _one("disk_size_bytes", "Size of the disk of REKNOCK_HOME.", disk.total)


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
