"""How a page leaves: rendered, with headers that keep its link and its content private."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import psycopg
from flask import Blueprint, Response, current_app, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from app import error_codes
from app.errors import PROBLEM_TYPE, Problem, respond
from app.languages.language import mark
from app.theme import speaking

_NOTHING_NEW = 204
_SEEN = "seen-28c1f40b9ae7"
"""Stands for `seen` until it is known, so that a fragment is rendered once."""
_CUT = "cut-5d0c7be91a34"
_BELONGS = ' hx-swap-oob="true"'


def page(template: str, *, status: int = 200, frames: bool = False, **context: Any) -> Response:
    """A whole page. `frames` lets it show other pages of this house in frames."""
    return private(Response(render_template(template, **context), status), frames=frames)


def fragment(template: str, **context: Any) -> Response:
    """A part of a page for a poll: 204 when the asker has `seen` exactly this already.

    The template gets `seen`, to be sent back with the next poll.
    """
    body = render_template(template, seen=_SEEN, cut=_CUT, **context)
    now = _digest(body)
    if request.args.get("seen") == now:
        return private(Response(status=_NOTHING_NEW))
    return private(Response(body.replace(_SEEN, now).replace(_CUT, "")))


class Live(NamedTuple):
    """The two parts of a page that a poll brings news of."""

    now: Markup
    rest: Markup


def live(template: str, **context: Any) -> Live:
    """What a page shows of a fragment whose template has a `cut` between its two parts.

    The first part polls; the other is told where it belongs when it comes with an answer.
    """
    body = render_template(template, seen=_SEEN, cut=_CUT, **context)
    now, rest = body.replace(_SEEN, _digest(body)).split(_CUT)
    return Live(Markup(now), Markup(rest.replace(_BELONGS, "", 1)))  # noqa: S704 - it is rendered


def digest(template: str, **context: Any) -> str:
    """What a page that shows the fragment already gives its first poll as `seen`."""
    return _digest(render_template(template, seen=_SEEN, **context))


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:12]


def refresh() -> Response:
    """The answer to a poll that makes htmx load the whole page again."""
    return private(Response(status=200, headers={"HX-Refresh": "true"}))


def see_other(address: str) -> Response:
    """The answer to a form that was taken: look at the page again (303)."""
    return private(Response(status=303, headers={"Location": address}))


def private(answer: Response, *, frames: bool = False) -> Response:
    """Add what keeps a page to itself: no foreign content, no referrer, no index, no cache."""
    # The playground's phones are frames; nowhere else may a page be framed.
    framed_by = "'self'" if current_app.config["SETTINGS"].demo else "'none'"
    rules = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        f"frame-ancestors {framed_by}",
    ]
    if frames:
        rules.append("frame-src 'self'")
    answer.headers["Content-Security-Policy"] = "; ".join(rules)
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def calm_errors(blueprint: Blueprint) -> None:
    """Let people see errors of this blueprint as a page; programs get problem documents."""
    blueprint.register_error_handler(Problem, problem_page)
    blueprint.register_error_handler(HTTPException, calm)
    blueprint.register_error_handler(psycopg.OperationalError, _away)


def problem_page(problem: Problem) -> Response:
    """A problem as a page for people and a problem document for programs."""
    problem.detail = speaking.said(problem.detail)
    if request.accept_mimetypes.best_match([PROBLEM_TYPE, "text/html"]) != "text/html":
        return private(respond(problem))
    answer = page("theme/problem.html", status=problem.status, problem=problem)
    answer.headers.extend(problem.headers)
    return answer


def calm(error: HTTPException) -> Response | HTTPException:
    """An HTTP error as a page for people and a problem document for programs."""
    status = error.code or 500
    if status < 400:
        return error
    name = error_codes.http_code(error.name or "")
    return problem_page(Problem(status, name, error.description or name))


def _away(_: psycopg.OperationalError) -> Response:
    detail = mark("Our records cannot be reached at the moment. Nothing is lost; please try again.")
    return problem_page(Problem(503, "try_again", detail, headers={"Retry-After": "5"}))
