"""What every operation of the API has in common, added to its description.

A view says with `@may_answer` which codes of `app.error_codes` are its own, and with
`@idempotent` that it takes an `Idempotency-Key`. What any operation can answer is added here:
401 and 403 where a key is needed, 422 and 400 where something is sent, 503 everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import Flask
from flask_smorest.spec.plugins import FlaskPlugin
from marshmallow import RAISE, Schema, fields, validate
from typing_extensions import override

from app.access import scope
from app.error_codes import CODES
from app.errors import PROBLEM_TYPE

V = TypeVar("V", bound=Callable[..., Any])

ALWAYS = ("database_away", "key_needed", "not_allowed", "too_many_requests")
WITH_A_BODY = ("bad_request", "not_json", "json_too_deep", "request_entity_too_large")
SENT = ("invalid", "cannot_be_kept")
WITH_A_KEY = ("bad_idempotency_key", "idempotency_key_reused", "in_progress")

IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "maxLength": 200, "pattern": "^[ -~]*$"},
    "description": "the same key and request get the same answer, for two days",
}
HEADERS: dict[str, dict[str, Any]] = {
    "RateLimit-Policy": {
        "description": "How many requests (`q`) a key may make in how many seconds (`w`).",
        "schema": {"type": "string"},
        "example": '"default";q=3000;w=60',
    },
    "RateLimit": {
        "description": "How many of them are left (`r`), and in how many seconds (`t`) all are.",
        "schema": {"type": "string"},
        "example": '"default";r=2999;t=60',
    },
}
_LIMITS = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
_RETRY = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
HEADERS["Retry-After"] = {
    "description": "Seconds until the same request may be sent again.",
    "schema": {"type": "integer", "minimum": 1},
    "example": 5,
}
_AGAIN = {"too_many_requests", "database_away", "in_progress"}
"""Codes that come with it."""
BIGGEST_ID = 2**63 - 1


class Answer(Schema):
    """A schema of what we answer: every field is always there."""

    @override
    def on_bind_field(self, field_name: str, field_obj: Any) -> None:
        field_obj.required = field_obj.required or not field_obj.metadata.get("sometimes")


class Body(Schema):
    """A schema of what is sent to us: fields that it does not have are refused."""

    class Meta:
        """Said here so that the description says it too."""

        unknown = RAISE


class Flag(fields.Boolean):
    """True or false as JSON has them; marshmallow's own takes `0` and `"no"` as well."""

    @override
    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


MEANT = {"description": "`false`: what carriers or customers may mistake is `words_to_mend`"}
"""Of a flag beside words that a customer reads."""


class FaultOut(Answer):
    """What is wrong with a field; `code` is stable and meant for programs."""

    field = fields.String()
    code = fields.String()
    detail = fields.String()


class ProblemOut(Answer):
    """A problem document (RFC 9457). `type` is a page that says what to do."""

    type = fields.String(metadata={"example": "/docs/errors/invalid"})
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    code = fields.String()
    errors = fields.List(fields.Nested(FaultOut), metadata={"sometimes": True})
    choice = fields.String(metadata={"sometimes": True})
    kind = fields.String(metadata={"sometimes": True})
    resolution = fields.String(metadata={"sometimes": True}, allow_none=True)
    closed_at = fields.String(metadata={"sometimes": True}, allow_none=True)
    id = fields.Integer(metadata={"sometimes": True})
    decision = fields.String(metadata={"sometimes": True})
    decided_by = fields.String(metadata={"sometimes": True})
    decided_at = fields.String(metadata={"sometimes": True})
    version = fields.Integer(metadata={"sometimes": True})
    why = fields.String(metadata={"sometimes": True})


def one_of(words: Iterable[str], **how: Any) -> fields.String:
    """A text out of a closed list."""
    return fields.String(validate=validate.OneOf([str(word) for word in words]), **how)


def may_answer(*codes: str) -> Callable[[V], V]:
    """Say which codes, of those that not every operation has, a view can answer."""

    def mark(view: V) -> V:
        view.codes = (*getattr(view, "codes", ()), *codes)  # type: ignore[attr-defined]
        return view

    return mark


def idempotent(view: V) -> V:
    """Say that a view that creates something takes an `Idempotency-Key`."""
    view.idempotent = True  # type: ignore[attr-defined]
    return may_answer(*WITH_A_KEY)(view)


def problems(codes: Iterable[str]) -> dict[str, Any]:
    """The answers of an operation that ends in these codes, by status."""
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(CODES[code].status, []).append(code)
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        str(status): {
            "description": " · ".join(f"`{code}`: {CODES[code].title}." for code in of_status),
            "content": {PROBLEM_TYPE: {"schema": schema}},
            **({"headers": _RETRY} if _AGAIN.intersection(of_status) else {}),
        }
        for status, of_status in sorted(by_status.items())
    }


class HousePlugin(FlaskPlugin):  # type: ignore[misc] # flask-smorest carries no types
    """Completes the description of each operation."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._app = app

    @override
    def path_helper(self, path: str | None = None, **kwargs: Any) -> Any:
        return super().path_helper(**kwargs) if "rule" in kwargs else path

    @override
    def operation_helper(
        self, path: str | None = None, operations: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        rule = kwargs.get("rule")
        if rule is None:  # described by hand
            return
        view = self._app.view_functions[rule.endpoint]
        for operation in (operations or {}).values():
            operation["operationId"] = rule.endpoint.replace("_api.", ".").replace(".", "_")
            codes = [*ALWAYS, *getattr(view, "codes", ())]
            if "requestBody" in operation:
                codes += WITH_A_BODY
            parameters = operation.setdefault("parameters", [])
            if "requestBody" in operation or parameters or rule.arguments:
                codes += SENT
            codes += [scope.THINGS[part].code for part in rule.arguments if part in scope.THINGS]
            if getattr(view, "idempotent", False):
                parameters.append(IDEMPOTENCY_KEY)
            answers = operation["responses"]
            for status in [key for key in answers if int(key) >= 400]:
                del answers[status]  # what the library thinks of errors
            answers.update(problems(codes))
            for status, answer in answers.items():
                if status not in {"401", 401}:  # whoever has no valid key has nothing to spend
                    answer["headers"] = answer.get("headers", {}) | _LIMITS
