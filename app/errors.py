"""Coded errors, and the one place where they become problem documents (RFC 9457)."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, json
from werkzeug.exceptions import HTTPException

PROBLEM_TYPE = "application/problem+json"


class Problem(Exception):
    """A request that cannot be done as asked.

    `code` is stable and meant for programs, `detail` says to a person what to do.
    `errors` lists single faults as `{"field", "code", "detail"}`.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}
        self.facts = facts

    def document(self) -> dict[str, Any]:
        """The problem document: type, title, status, detail, code, errors, and facts."""
        body: dict[str, Any] = {
            "type": f"/docs/errors#{self.code}",
            "title": self.code.replace("_", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.facts,
        }
        if self.errors is not None:
            body["errors"] = self.errors
        return body


def respond(problem: Problem) -> Response:
    """A problem as an HTTP answer."""
    body = json.dumps(problem.document())
    return Response(body, problem.status, problem.headers, content_type=PROBLEM_TYPE)


def _from_http(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error  # a redirect is an answer, not a problem
    name = (error.name or "error").lower().replace(" ", "_")
    return respond(Problem(status, name, error.description or name))


def register(app: Flask) -> None:
    """Let every error of `app` leave as a problem document."""
    app.register_error_handler(Problem, respond)
    app.register_error_handler(HTTPException, _from_http)
