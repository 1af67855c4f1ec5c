"""The API from Python: what the template `reknock.py.txt` needs of the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.access import examples
from app.access.examples import METHODS

_PART = re.compile(r"\{(\w+)\}")


def known(spec: dict[str, Any], base: str) -> dict[str, Any]:
    """Every operation that takes a key, as a method."""
    return {"base": base, "version": spec["info"]["version"], "methods": list(_methods(spec))}


def _methods(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, item in spec["paths"].items():
        for method in METHODS:
            operation = item.get(method, {"security": []})
            if operation.get("security") is None:
                yield _method(method, path, item)


def _method(method: str, path: str, item: dict[str, Any]) -> dict[str, Any]:
    operation = item[method]
    parameters = examples.parameters(item, operation)
    query = [p["name"] for p in parameters if p["in"] == "query"]
    body = "application/json" in operation.get("requestBody", {}).get("content", {})
    once = any(p["name"] == "Idempotency-Key" for p in parameters)
    taken = [f", {name}" for name in _PART.findall(path)]
    taken += [", body"] if body else []
    taken += [", idempotency_key=None"] if once else []
    taken += [", **query"] if query else []
    passed = [", body=body"] if body else []
    passed += [", once=idempotency_key or str(uuid.uuid4())"] if once else []
    passed += [", query=query"] if query else []
    return {
        "name": operation["operationId"],
        "taken": "".join(taken),
        "does": operation["summary"].rstrip("."),
        "query": query,
        "verb": method.upper(),
        "path": _written(path),
        "passed": "".join(passed),
    }


def _written(path: str) -> str:
    filled = _PART.sub(lambda part: f"{{_quoted({part[1]})}}", path)
    return f'"{path}"' if filled == path else f'f"{filled}"'
