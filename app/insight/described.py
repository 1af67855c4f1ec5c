"""OpenAPI descriptions of what is no view of the API: webhooks, callbacks, figures."""

from __future__ import annotations

from typing import Any

from apispec import APISpec

from app.access.openapi import problems
from app.channels import providers
from app.intake.service import LIMIT

OUTCOMES = ("accepted", "duplicate", "ignored", "quarantined")
"""What becomes of a webhook that is believed."""

_NOT_BELIEVED = (
    "missing_signature",
    "wrong_signature",
    "bad_timestamp",
    "stale_timestamp",
    "no_secret",
    "unknown_key",
)
_COME_AGAIN = ("database_away", "keys_unavailable", "bad_mapping", "vault_locked")
_UNREADABLE = ("not_json", "json_too_deep", "bad_request")

_ACCOUNT = {
    "in": "path",
    "name": "account",
    "required": True,
    "description": "the slug of a courier account, from `reknock courier list`",
    "schema": {"type": "string", "minLength": 1},
}
_SAID = {
    "type": "delivery.failed",
    "timestamp": "2026-05-04T09:30:00+00:00",
    "data": {"tracking_number": "1Z999AA10123456784", "reason": "recipient_unavailable"},
}
_WEBHOOK = {
    "operationId": "webhook_post",
    "tags": ["webhooks"],
    "summary": "Where a courier posts",
    "description": (
        "The raw body is verified by the account's own scheme, then read by its adapter. The "
        f"answer comes after the commit. A body has up to {LIMIT // 1024} KiB."
    ),
    "security": [],
    "requestBody": {
        "description": "the courier's own document",
        "required": True,
        "content": {"application/json": {"schema": {}, "example": _SAID}},
    },
    "responses": {
        "200": {
            "description": (
                "`ignored`: understood, no failure. `quarantined`: believed but not read; it is "
                "kept as it came and can be replayed."
            ),
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["status", "event_id", "case_id"],
                        "properties": {
                            "status": {"type": "string", "enum": list(OUTCOMES)},
                            "event_id": {"type": ["integer", "null"]},
                            "case_id": {"type": ["integer", "null"]},
                        },
                    }
                }
            },
        },
        **problems(
            (
                *_UNREADABLE,
                *_NOT_BELIEVED,
                "unknown_account",
                "request_timeout",
                "request_entity_too_large",
                "cannot_be_kept",
                *_COME_AGAIN,
            )
        ),
    },
}
_CHALLENGE = {
    "operationId": "webhook_challenge",
    "tags": ["webhooks"],
    "summary": "Echo a challenge",
    "description": "For couriers that ask for it when a webhook is registered; others get a 405.",
    "security": [],
    "parameters": [
        {"in": "query", "name": "check", "schema": {"type": "string"}, "description": "the text"}
    ],
    "responses": {
        "200": {
            "description": "the challenge",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        },
        **problems(("unknown_account", "post_here", "database_away", "vault_locked")),
    },
}


def add(spec: APISpec) -> None:
    """Add all of them."""
    spec.tag({"name": "webhooks", "description": "From couriers, signed by their own schemes"})
    spec.path(
        "/webhooks/{account}",
        operations={"post": _WEBHOOK, "get": _CHALLENGE},
        parameters=[_ACCOUNT],
    )
    spec.tag({"name": "callbacks", "description": "From providers of messages"})
    for provider in providers.registered():
        callbacks = providers.callbacks(provider)
        for path in callbacks.ADDRESSES if callbacks else ():
            spec.path(
                f"/callbacks/{provider.name}/{path}",
                operations={
                    "post": {"operationId": f"{provider.name}_{path}"} | _callback(provider.name)
                },
            )
    spec.tag({"name": "operations", "description": "For operators"})
    for path, operation in _OPERATIONS.items():
        spec.path(path, operations={"get": {"operationId": path[1:]} | operation})


def _callback(provider: str) -> dict[str, Any]:
    return {
        "tags": ["callbacks"],
        "summary": f"What {provider.capitalize()} tells us",
        "description": "Verified by the provider's own signature; its form is the provider's.",
        "security": [],
        "requestBody": {
            "required": True,
            "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}},
        },
        "responses": {
            "200": {"description": "taken", "content": {"text/xml": {"schema": {}}}},
            "204": {"description": "taken"},
            **problems(
                ("bad_request", "no_files", "bad_signature", "invalid", "request_entity_too_large")
            ),
            **problems(("database_away",)),
        },
    }


def _simple(
    summary: str, kind: str, codes: tuple[str, ...] = (), schema: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "tags": ["operations"],
        "summary": summary,
        "security": [],
        "responses": {
            "200": {"description": "OK", "content": {kind: {"schema": schema or {}}}},
            **problems(codes),
        },
    }


_READY = {
    "type": "object",
    "required": ["status", "database", "broker", "oldest_due_step_seconds", "exhausted_tasks"],
    "properties": {
        "status": {"type": "string", "enum": ["ok", "degraded"]},
        "database": {"type": "string", "enum": ["ok", "away"]},
        "broker": {"type": "string", "enum": ["ok", "away"]},
        "oldest_due_step_seconds": {"type": ["number", "null"]},
        "exhausted_tasks": {
            "type": ["integer", "null"],
            "description": "Open dispatch tasks that nobody took on though everybody was called.",
        },
    },
}
_ALIVE = {
    "type": "object",
    "required": ["status"],
    "properties": {"status": {"type": "string", "enum": ["ok"]}},
}
_OPERATIONS = {
    "/healthz": _simple("The process answers", "application/json", schema=_ALIVE),
    "/readyz": _simple(
        "Database, broker, the oldest due step, and what nobody took on", "application/json"
    ),
    "/metrics": _simple(
        "Figures for Prometheus",
        "text/plain",
        ("wrong_token", "metrics_are_local", "database_away"),
        {"type": "string"},
    ),
}
_OPERATIONS["/readyz"]["responses"] = {
    status: {"description": text, "content": {"application/json": {"schema": _READY}}}
    for status, text in (("200", "ready"), ("503", "the database is away"))
}
_OPERATIONS["/metrics"]["responses"]["200"]["content"]["application/openmetrics-text"] = {
    "schema": {"type": "string"}
}
_OPERATIONS["/metrics"]["security"] = [{"metrics": []}, {}]
