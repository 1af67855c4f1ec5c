"""Coded errors, and the one place where they become problem documents (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import structlog
from flask import Flask, Response, json
from werkzeug.exceptions import HTTPException

from app import error_codes, plain

log = structlog.get_logger(__name__)

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

    @property
    def by_field(self) -> dict[str, str]:
        """What is wrong with each field, as a form shows it."""
        return {fault["field"]: fault["detail"] for fault in self.errors or ()}

    def document(self) -> dict[str, Any]:
        """The problem document: type, title, status, detail, code, errors, and facts."""
        known = error_codes.find(self.code)
        body: dict[str, Any] = {
            "type": f"/docs/errors/{self.code}",
            "title": known.title if known else self.code.replace("_", " ").capitalize(),
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


def from_http(error: HTTPException) -> Response | HTTPException:
    """Any HTTP error as a problem document; a redirect is an answer, not a problem."""
    return error if (error.code or 500) < 400 else respond(problem_of(error))


def problem_of(error: HTTPException) -> Problem:
    """An HTTP error as a problem; the faults of a refused schema stand by field."""
    code = error_codes.http_code(error.name or "")
    detail = error.description or code
    faults = None
    messages = (getattr(error, "data", None) or {}).get("messages")
    if messages:
        code, detail = "invalid", "Please correct what is listed under errors."
        faults = list(faults_of(messages))
    headers = {"Allow": ", ".join(allowed)} if (allowed := _allowed(error)) else None
    return Problem(error.code or 500, code, detail, errors=faults, headers=headers)


def _allowed(error: HTTPException) -> list[str]:
    return sorted(getattr(error, "valid_methods", None) or [])


def faults_of(messages: Any, field: str = "") -> Iterator[dict[str, str]]:
    """Marshmallow's nested messages as flat `{field, code, detail}`."""
    if isinstance(messages, dict):
        for key, value in messages.items():
            inner = field if key in _PLACES else f"{field}.{key}".strip(".")
            yield from faults_of(value, inner)
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            yield {"field": field, "code": "invalid", "detail": plain.fault(str(message))}


_PLACES = frozenset({"json", "query", "_schema"})  # where it stood is no part of its name


def from_database(error: psycopg.OperationalError) -> Response:
    """The database is away: nothing was done, and whoever asked may ask again soon."""
    log.warning("database_away", error=str(error))
    detail = "Our records cannot be reached at the moment. Nothing was kept; please try again."
    return respond(Problem(503, "database_away", detail, headers={"Retry-After": "5"}))


def from_value(_: Exception) -> Response:
    """A value that no schema refused and no row can hold."""
    detail = "A text has a NUL or half a character in it, or a number is too large to be kept."
    return respond(Problem(422, "cannot_be_kept", detail))


def register(app: Flask) -> None:
    """Let every error of `app` leave as a problem document."""
    app.register_error_handler(Problem, respond)
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(psycopg.OperationalError, from_database)
    app.register_error_handler(psycopg.DataError, from_value)
    app.register_error_handler(UnicodeEncodeError, from_value)
