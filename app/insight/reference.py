"""What the page `/docs` shows of an OpenAPI document: fields, a curl line and an example."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

from app.access import examples
from app.access.examples import METHODS, example, kinds, resolved

_WITHOUT_NEED = frozenset({"Idempotency-Key", "cursor", "limit"})


def operations(spec: dict[str, Any], base: str) -> list[dict[str, Any]]:
    """Every operation, as the page shows it; `base` is where the API stands."""
    return [
        _operation(spec, base, method, path, item)
        for path, item in spec["paths"].items()
        for method in METHODS
        if method in item
    ]


def _operation(
    spec: dict[str, Any], base: str, method: str, path: str, item: dict[str, Any]
) -> dict[str, Any]:
    operation = item[method]
    parameters = examples.parameters(item, operation)
    kind, body, shown = _content(operation.get("requestBody", {}))
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
        "python": _python(spec, operation, path, parameters, shown),
        "curl": _curl(spec, base, method, path, parameters, kind, shown, security),
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
    _, schema, shown = _content(answer)
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
    shown: Any,
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
        lines.append(f"-d '{json.dumps(shown or {}, ensure_ascii=False)}'")
    return " \\\n  ".join([*lines, f"'{address}'"])


def _python(
    spec: dict[str, Any],
    operation: dict[str, Any],
    path: str,
    parameters: list[dict[str, Any]],
    body: Any,
) -> str:
    """The same with the file that `/docs/reknock.py` is."""
    names = [p for p in parameters if p["in"] == "path"]
    names.sort(key=lambda one: path.index(f"{{{one['name']}}}"))
    shown = [repr(example(spec, p["schema"], p["name"])) for p in names]
    shown += [repr(body)] if body else []
    return f"api.{operation['operationId']}({', '.join(shown)})"


def _content(part: dict[str, Any]) -> tuple[str, dict[str, Any], Any]:
    """The first content type of a body or an answer, with its schema and its example."""
    for kind, content in part.get("content", {}).items():
        return kind, content.get("schema", {}), content.get("example")
    return "", {}, None


def fields(spec: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """A schema's fields, one level deep: name, type, whether required, what is allowed."""
    schema = resolved(spec, schema)
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
    name = " or ".join(kind for kind in kinds(field) if kind != "null")
    if name == "array":
        return f"list of {_type(field.get('items', {}))}"
    return str(field.get("format", name)) if name == "string" else name


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
