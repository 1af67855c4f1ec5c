"""`/c`, where a code is typed, and `/verify`, which says whether a message is from us."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request

from app import clock
from app.access import links, tongue
from app.customer.genuine import service
from app.db.connection import connection
from app.directory import domains
from app.errors import Problem
from app.theme import respond, speaking
from app.theme.times import When

blueprint = Blueprint("genuine", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_EXPLAINED = frozenset({"code_mistyped", "unknown_link", "too_many_attempts"})


blueprint.before_request(tongue.as_asked)


@blueprint.get("/c")
def ask() -> Response:
    """A field for the code of a message, a call or a printed page."""
    return respond.page("genuine/code.html", typed="", problem=None)


@blueprint.post("/c")
def open_page() -> Response:
    """The page that the code opens."""
    typed = request.form.get("code", "")[:100]
    try:
        token = service.token_of(connection(), typed, request.remote_addr or "")
    except Problem as problem:
        if problem.code not in _EXPLAINED:
            raise
        answer = respond.page(
            "genuine/code.html", status=problem.status, typed=typed, problem=problem
        )
        answer.headers.extend(problem.headers)
        return answer
    return respond.see_other(f"/c/{token}")


@blueprint.get("/verify")
def look() -> Response:
    """Fields for a message that somebody was sent."""
    return respond.page("genuine/verify.html", checked=None, given={}, problem=None)


@blueprint.post("/verify")
def check() -> Response:
    """What can be said of it."""
    given = {name: request.form.get(name, "") for name in ("text", "sender")}
    senders = current_app.config["SETTINGS"].plug_ins
    ours = {service.plain_sender(at) for name, at in senders.items() if name.endswith("_FROM")}
    try:
        checked = service.check(
            connection(),
            given["text"],
            given["sender"],
            _hosts(),
            ours - {""},
            request.remote_addr or "",
        )
    except Problem as problem:
        if problem.code != "too_many_attempts":
            raise
        answer = respond.page(
            "genuine/verify.html", status=429, checked=None, given=given, problem=problem
        )
        answer.headers.extend(problem.headers)
        return answer
    when = When(checked.zone, clock.now(), speaking.language())
    return respond.page(
        "genuine/verify.html",
        checked=checked,
        given=given,
        problem=None,
        when=when,
        host=urlsplit(links.at("/")).netloc,
    )


def _hosts() -> set[str]:
    """Where our links lead: here, or to a shipper's own host that leads here."""
    return {urlsplit(links.at("/")).netloc, *domains.known()}
