"""The API as a collection in Postman's format 2.1, which Bruno, Insomnia and others read too."""

from __future__ import annotations

import json
from typing import Any

from app.access import examples
from app.access.examples import METHODS, example

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def made(spec: dict[str, Any], base: str) -> dict[str, Any]:
    """A folder for each tag, a request for each operation that takes a key."""
    folders: dict[str, list[dict[str, Any]]] = {}
    for path, item in spec["paths"].items():
        for method in METHODS:
            operation = item.get(method, {"security": []})
            if operation.get("security") is None:  # as all have it that say nothing else
                request = _request(spec, method, path, item)
                folders.setdefault(operation["tags"][0], []).append(
                    {"name": operation["summary"].rstrip("."), "request": request, "response": []}
                )
    titles = {tag["name"]: tag["description"] for tag in spec["tags"]}
    return {
        "info": {"name": spec["info"]["title"], "schema": SCHEMA},
        "auth": {
            "type": "bearer",
            "bearer": [{"key": "token", "value": "{{key}}", "type": "string"}],
        },
        "variable": [{"key": "base_url", "value": base}, {"key": "key", "value": "YOUR_KEY"}],
        "item": [{"name": titles[tag], "item": requests} for tag, requests in folders.items()],
    }


def _request(spec: dict[str, Any], method: str, path: str, item: dict[str, Any]) -> dict[str, Any]:
    operation = item[method]
    parameters = examples.parameters(item, operation)
    query = [
        {
            "key": p["name"],
            "value": str(example(spec, p["schema"], p["name"])),
            "description": p.get("description", ""),
            "disabled": not p.get("required", False),
        }
        for p in parameters
        if p["in"] == "query"
    ]
    places = [
        {"key": p["name"], "value": str(example(spec, p["schema"], p["name"]))}
        for p in parameters
        if p["in"] == "path"
    ]
    parts = [f":{part[1:-1]}" if part[0] == "{" else part for part in path.strip("/").split("/")]
    request = {
        "method": method.upper(),
        "description": operation.get("description", ""),
        "header": [
            # a new one for each request
            {"key": p["name"], "value": "{{$guid}}"}
            for p in parameters
            if p["name"] == "Idempotency-Key"
        ],
        "url": {
            "raw": "/".join(["{{base_url}}", *parts]),
            "host": ["{{base_url}}"],
            "path": parts,
            "query": query,
            "variable": places,
        },
    }
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content:
        request["body"] = {
            "mode": "raw",
            "raw": json.dumps(content["example"], indent=2, ensure_ascii=False),
            "options": {"raw": {"language": "json"}},
        }
    return request
