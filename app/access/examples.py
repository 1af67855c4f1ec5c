"""Examples for the OpenAPI description: of every body, every answer and every problem."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.access.example_values import BODIES, NAMED
from app.error_codes import CODES
from app.errors import PROBLEM_TYPE

METHODS = ("get", "post", "put", "patch", "delete")
_JSON = "application/json"
_CODE = re.compile(r"`(\w+)`: ")
_BY_FORMAT: dict[str, Any] = {
    "date-time": "2026-05-04T09:30:00+00:00",
    "date": "2026-11-24",
    "integer": 1,
    "number": 0.5,
    "boolean": True,
    "object": {},
    "null": None,
}


def add(spec: dict[str, Any]) -> dict[str, Any]:
    """The description with its examples; what has one keeps it."""
    shown: dict[str, Any] = {}
    for operation in operations(spec):
        for content in _contents(operation.get("requestBody", {}), _JSON):
            fits = BODIES.get(operation["operationId"]) or example(spec, content["schema"])
            content.setdefault("example", fits)
        for answer in operation["responses"].values():
            for content in _contents(answer, _JSON):
                content.setdefault("example", example(spec, content["schema"]))
            for content in _contents(answer, PROBLEM_TYPE):
                codes = _CODE.findall(answer["description"])
                shown.update((code, _problem(code)) for code in codes)
                content["examples"] = {
                    code: {"$ref": f"#/components/examples/{code}"} for code in codes
                }
    spec["components"]["examples"] = dict(sorted(shown.items()))
    return spec


def operations(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All operations of a description."""
    for item in spec["paths"].values():
        yield from (item[method] for method in METHODS if method in item)


def parameters(item: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Of an operation, with those that all of its address have."""
    return [*item.get("parameters", []), *operation.get("parameters", [])]


def _contents(part: dict[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    content = part.get("content", {}).get(kind)
    if content and content.get("schema"):
        yield content


def _problem(code: str) -> dict[str, Any]:
    known = CODES[code]
    value: dict[str, Any] = {
        "type": f"/docs/errors/{code}",
        "title": known.title,
        "status": known.status,
        "detail": known.means,
        "code": code,
    }
    if code == "invalid":
        fault = "Not a valid time."
        value["errors"] = [{"field": "until", "code": "invalid", "detail": fault}]
    return {"summary": known.title, "value": value}


def resolved(spec: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """What a schema refers to; of several that may be sent, the first."""
    schema = schema.get("anyOf", [schema])[0]
    if "$ref" in schema:
        named: dict[str, Any] = spec["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return named
    return schema


def example(spec: dict[str, Any], schema: dict[str, Any], name: str = "") -> Any:
    """A value that fits a schema."""
    schema = resolved(spec, schema)
    if "example" in schema:
        return schema["example"]
    if choices := [choice for choice in schema.get("enum", []) if choice]:
        return choices[0]
    kind = kinds(schema)[0]
    if "properties" in schema:
        return {key: example(spec, field, key) for key, field in schema["properties"].items()}
    if kind == "array":
        return [example(spec, schema.get("items", {}), name)]
    return _plain(schema, kind, name)


def _plain(schema: dict[str, Any], kind: str, name: str) -> Any:
    fits = {"string": str, "number": float}.get(kind)
    if fits and isinstance(NAMED.get(name), fits):
        return NAMED[name]
    if kind == "string":
        return _BY_FORMAT.get(schema.get("format", ""), "text")
    return schema.get("minimum") or _BY_FORMAT[kind]


def kinds(schema: dict[str, Any]) -> list[str]:
    """The JSON types that fit."""
    kind = schema.get("type", "object")
    return kind if isinstance(kind, list) else [kind]
