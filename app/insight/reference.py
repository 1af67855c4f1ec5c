"""What the page `/docs` shows of an OpenAPI document: fields, a curl line and an example."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

_METHODS = ("get", "post", "put", "patch", "delete")
_EXAMPLES: dict[str, Any] = {
    "date-time": "2026-05-04T09:30:00+00:00",
    "integer": 1,
    "number": 0.5,
    "boolean": True,
    "object": {},
    "null": None,
}
_NAMED = {
    "tracking_number": "1Z999AA10123456784",
    "order_ref": "ORD-1001",
    "phone": "+491712345678",
    "email": "anna@example.com",
    "name": "Anna Weber",
    "line1": "Hauptstraße 5",
    "city": "Berlin",
    "region": "BE",
    "postcode": "10115",
    "country": "DE",
    "language": "de",
    "text": "Please ring twice.",
    "note": "Called the customer.",
    "channel": "phone",
    "account": "my-courier",
    "check": "hello",
    "depot": "berlin",
    "courier": "dhl",
    "type": "/docs/errors/invalid",
}
_WITHOUT_NEED = frozenset({"Idempotency-Key", "cursor", "limit"})


def operations(spec: dict[str, Any], base: str) -> list[dict[str, Any]]:
    """Every operation, as the page shows it; `base` is where the API stands."""
    return [
        _operation(spec, base, method, path, item)
        for path, item in spec["paths"].items()
        for method in _METHODS
        if method in item
    ]


def _operation(
    spec: dict[str, Any], base: str, method: str, path: str, item: dict[str, Any]
) -> dict[str, Any]:
    operation = item[method]
    parameters = [
        *item.get("parameters", []),
        *(p for p in operation.get("parameters", []) if "name" in p),
    ]
    kind, body = _content(operation.get("requestBody", {}))
    security = operation.get("security", spec.get("security", []))
    answers = operation.get("responses", {})
    return {
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "needs_key": bool(security) and {} not in security,
        "parameters": parameters,
        "body": fields(spec, body),
        "curl": _curl(spec, base, method, path, parameters, kind, body, security),
        "answers": [
            _answer(spec, status, answer) for status, answer in answers.items() if status < "4"
        ],
        "refusals": [
            {"status": status, "codes": re.findall(r"`(\w+)`", answer["description"])}
            for status, answer in answers.items()
            if status >= "4"
        ],
    }


def _answer(spec: dict[str, Any], status: str, answer: dict[str, Any]) -> dict[str, Any]:
    kind, schema = _content(answer)
    shown = example(spec, schema) if kind == "application/json" else None
    return {
        "status": status,
        "fields": fields(spec, schema),
        "example": _pretty(shown) if shown else "",
    }


def _curl(
    spec: dict[str, Any],
    base: str,
    method: str,
    path: str,
    parameters: list[dict[str, Any]],
    kind: str,
    body: dict[str, Any],
    security: list[dict[str, Any]],
) -> str:
    query: dict[str, Any] = {}
    for parameter in parameters:
        shown = example(spec, parameter.get("schema", {}), parameter["name"])
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(shown))
        elif parameter["in"] == "query" and parameter["name"] not in _WITHOUT_NEED:
            query = query or {parameter["name"]: shown}
    address = f"{base}{path}" + (f"?{urlencode(query)}" if query else "")
    lines = ["curl" if method == "get" else f"curl -X {method.upper()}"]
    if security:
        lines.append("-H 'Authorization: Bearer YOUR_KEY'")
    if any(parameter["name"] == "Idempotency-Key" for parameter in parameters):
        lines.append("-H 'Idempotency-Key: 7f9c2ba4'")
    if kind:
        lines.append(f"-H 'Content-Type: {kind}'")
        lines.append(f"-d '{json.dumps(example(spec, body) or {}, ensure_ascii=False)}'")
    return " \\\n  ".join([*lines, f"'{address}'"])


def _content(part: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The first content type of a body or an answer, with its schema."""
    for kind, content in part.get("content", {}).items():
        return kind, content.get("schema", {})
    return "", {}


def _resolved(spec: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    schema = schema.get("anyOf", [schema])[0]
    if "$ref" in schema:
        named: dict[str, Any] = spec["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return named
    return schema


def example(spec: dict[str, Any], schema: dict[str, Any], name: str = "") -> Any:
    """A value that fits a schema."""
    schema = _resolved(spec, schema)
    if "example" in schema:
        return schema["example"]
    if choices := [choice for choice in schema.get("enum", []) if choice]:
        return choices[0]
    kind = _kinds(schema)[0]
    if "properties" in schema:
        return {key: example(spec, field, key) for key, field in schema["properties"].items()}
    if kind == "array":
        return [example(spec, schema.get("items", {}))]
    if kind == "string":
        return _EXAMPLES.get(schema.get("format", ""), _NAMED.get(name, "text"))
    return _EXAMPLES[kind]


def _kinds(schema: dict[str, Any]) -> list[str]:
    kind = schema.get("type", "object")
    return kind if isinstance(kind, list) else [kind]


def fields(spec: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """A schema's fields, one level deep: name, type, whether required, what is allowed."""
    schema = _resolved(spec, schema)
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "type": _type(field),
            "required": name in required,
            "allowed": [value for value in field.get("enum", []) if value],
            "text": field.get("description", ""),
        }
        for name, field in schema.get("properties", {}).items()
    ]


def _type(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"].rsplit("/", 1)[-1])
    name = " or ".join(kind for kind in _kinds(field) if kind != "null")
    if name == "array":
        return f"list of {_type(field.get('items', {}))}"
    return str(field.get("format", name)) if name == "string" else name


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
