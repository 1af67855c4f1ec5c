"""The reference at `/docs`: a page made from the OpenAPI document, without any script."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app

from app.theme.respond import page

blueprint = Blueprint("docs", __name__, template_folder="templates")

_METHODS = ("get", "post", "put", "patch", "delete")


@blueprint.get("/docs")
def docs() -> Response:
    """Every operation with its parameters, bodies and answers; webhooks first."""
    spec = _spec()
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "tag": ", ".join(operation.get("tags", [])),
            "summary": operation.get("summary", ""),
            "description": operation.get("description", ""),
            "parameters": [
                *item.get("parameters", []),
                *(p for p in operation.get("parameters", []) if "name" in p),
            ],
            "body": _fields(spec, _schema(operation.get("requestBody", {}))),
            "answers": _answers(spec, operation),
        }
        for path, item in spec["paths"].items()
        for method in _METHODS
        if (operation := item.get(method))
    ]
    return page("insight/docs.html", info=spec["info"], operations=operations)


def _spec() -> dict[str, Any]:
    spec: dict[str, Any] = current_app.extensions["flask-smorest"]["apis"][""][
        "ext_obj"
    ].spec.to_dict()
    return spec


def _answers(spec: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"status": status, "fields": _fields(spec, _schema(answer))}
        for status, answer in operation.get("responses", {}).items()
        if status.startswith("2")
    ]


def _schema(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = content.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _fields(spec: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """A schema's fields, one level deep: name, type, whether required, what is allowed."""
    if "$ref" in schema:
        schema = spec["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "type": _type(field),
            "required": name in required,
            "allowed": [value for value in field.get("enum", []) if value is not None],
            "text": field.get("description", ""),
        }
        for name, field in schema.get("properties", {}).items()
    ]


def _type(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"].rsplit("/", 1)[-1])
    kind = field.get("type", "object")
    name = " or ".join(k for k in kind if k != "null") if isinstance(kind, list) else str(kind)
    if name == "array":
        return f"list of {_type(field.get('items', {}))}"
    return str(field.get("format", name)) if name == "string" else name
