"""A shipper's endpoints for webhooks: the verbs of the API, on pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, flash, request

from app import clock
from app.access.keys import caller
from app.cases.timeline.kinds import Kind
from app.db.connection import Connection, connection, transaction
from app.directory.changes import by
from app.errors import Problem
from app.languages.language import mark
from app.outbound import allowed, service, store
from app.outbound.store import Endpoint
from app.shop import door
from app.shop.door import of_a_shipper
from app.theme import respond
from app.theme.speaking import count, faults, language, plain
from app.theme.times import When

blueprint = Blueprint("shop_webhooks", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_PAGE = 20
_AT = "/shop/webhooks"
STATES = {
    ("active", ""): mark("Active"),
    ("paused", "asked"): mark("Paused by you"),
    ("paused", "failing"): mark("Paused: it took nothing for three days"),
    ("ended", "gone"): mark("Ended: it answered that it is gone for good"),
}
DELIVERED = {"waiting": mark("waits"), "taken": mark("taken"), "given_up": mark("given up")}


@blueprint.get(_AT)
@of_a_shipper
def listing() -> Response:
    """The shipper's endpoints, and the form to add one."""
    return _list()


@blueprint.post(_AT)
@of_a_shipper
def add() -> Response:
    """Add an endpoint; its secret is shown this once."""
    url, kinds = _wanted()
    try:
        with transaction() as conn:
            endpoint, secret = service.add(
                conn,
                by(caller()),
                door.shipper_id(),
                url,
                kinds,
                clock.now(),
                plain=allowed.plain(),
            )
    except Problem as problem:
        return _list(problem)
    return _secret(endpoint, secret)


@blueprint.get(f"{_AT}/<id:endpoint_id>")
@of_a_shipper
def show(endpoint_id: int) -> Response:
    """One endpoint: how it is, what can be done, what was posted."""
    return _page(endpoint_id)


@blueprint.post(f"{_AT}/<id:endpoint_id>")
@of_a_shipper
def act(endpoint_id: int) -> Response:
    """Do what `act` says: change, pause, resume, rotate, test, replay or remove."""
    done, secret = "", ""
    try:
        with transaction() as conn:
            endpoint = service.find(conn, endpoint_id)
            if request.form.get("act") == "rotate":
                secret = service.rotate(conn, by(caller()), endpoint, clock.now())
            else:
                done = _done(conn, endpoint)
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(endpoint_id, problem)
    if secret:
        return _secret(endpoint, secret)
    flash(done, "good")
    gone = request.form.get("act") == "remove"
    return respond.see_other(_AT if gone else f"{_AT}/{endpoint_id}")


def _done(conn: Connection, endpoint: Endpoint) -> str:
    """Do it; what is said then."""
    who, now = by(caller()), clock.now()
    match request.form.get("act", ""):
        case "pause":
            service.pause(conn, who, endpoint, now)
            return plain("Paused. Nothing is lost: it hears all of it once it goes on.")
        case "resume":
            service.resume(conn, who, endpoint, now)
            return plain("It goes on, and hears all that it missed.")
        case "test":
            service.test(conn, endpoint, now)
            return plain("A test is on its way. Load this page again to see what became of it.")
        case "replay":
            events = service.replay(conn, endpoint, _since(), now)
            return count("{number} event is told again.", "{number} events are told again.", events)
        case "remove":
            service.remove(conn, who, endpoint, now)
            return plain("Removed.")
        case _:
            url, kinds = _wanted()
            service.change(conn, who, endpoint, url, kinds, now, plain=allowed.plain())
            return plain("Saved.")


def _since() -> datetime:
    """The moment that was chosen, in UTC as the form says.

    Raises:
        Problem: 422, it is none.
    """
    try:
        return datetime.fromisoformat(request.form.get("since", "")).replace(tzinfo=UTC)
    except ValueError:
        why = mark("Give the day and the hour from which on it is to be told again.")
        fault = {"field": "since", "code": "invalid", "detail": why}
        raise Problem(422, "invalid", why, errors=[fault]) from None


def _wanted() -> tuple[str, Sequence[str]]:
    form = request.form
    return form.get("url", "").strip()[:500], form.getlist("kind")


def _secret(endpoint: Endpoint, secret: str) -> Response:
    return respond.page(
        "shop/secret.html", caller=caller(), here="webhooks", endpoint=endpoint, secret=secret
    )


def _list(problem: Problem | None = None) -> Response:
    endpoints = store.listed(connection(), door.shipper_id())
    return _respond("shop/webhooks.html", problem, endpoints=endpoints)


def _page(endpoint_id: int, problem: Problem | None = None) -> Response:
    with transaction() as conn:
        endpoint = service.find(conn, endpoint_id)
        text = request.args.get("cursor", "")
        cursor = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
        rows = store.deliveries(conn, endpoint_id, cursor, _PAGE)
    following = rows[-1]["id"] if len(rows) == _PAGE else None
    shown = {"endpoint": endpoint, "rows": rows, "next": following}
    return _respond("shop/webhook.html", problem, **shown)


def _respond(template: str, problem: Problem | None, **facts: Any) -> Response:
    return respond.page(
        template,
        status=problem.status if problem else 200,
        caller=caller(),
        here="webhooks",
        problem=problem,
        faults=faults(problem),
        given=request.form,
        when=When("UTC", clock.now(), language()),
        kinds=sorted(map(str, Kind)),
        states=STATES,
        delivered=DELIVERED,
        **facts,
    )
