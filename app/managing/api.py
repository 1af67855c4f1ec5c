"""When depots are open, for programs: their week, and the days on which they are closed."""

from __future__ import annotations

from datetime import date
from typing import Any

from app import clock
from app.access.api import Blueprint
from app.access.keys import caller, require
from app.access.once import once
from app.access.openapi import may_answer
from app.db.connection import transaction
from app.directory import hours as opening_hours
from app.directory.changes import by
from app.errors import Problem
from app.managing import depots, hours, schemas
from app.managing import depots_store as store

blueprint = Blueprint(
    "depots", __name__, url_prefix="/api/v1/depots", description="When depots are open"
)


@blueprint.get("/<slug>/hours")
@require("dispatcher")
@blueprint.response(200, schemas.HoursOut)
@may_answer("no_such_depot")
def show(slug: str) -> dict[str, Any]:
    """When a depot is open, and on which days to come it is not."""
    now = clock.now()
    with transaction() as conn:
        depot = depots.find(conn, slug)
        known = hours.known(conn, depot, now)
        today = clock.local(now, depot.timezone).date()
        week = [
            {"weekday": day, "opens": opens, "closes": closes}
            for day, opens, closes in known.opening.hours
        ]
        return {
            "timezone": depot.timezone,
            "hours": week,
            "closed_on_holidays": known.opening.keeps_holidays,
            "closures": store.closures(conn, depot.id, today),
            "holidays": known.holidays,
        }


@blueprint.put("/<slug>/hours")
@require("supervisor")
@blueprint.arguments(schemas.HoursIn)
@blueprint.response(204)
@may_answer("no_such_depot", "hours_overlap")
def put(body: dict[str, Any], slug: str) -> None:
    """Let a depot be open at these hours, past midnight where one closes before it opens."""
    week = [(one["weekday"], one["opens"], one["closes"]) for one in body["hours"]]
    keeps = body["closed_on_holidays"]
    with transaction() as conn:
        opening_hours.put(conn, by(caller()), slug, week, clock.now(), keeps_holidays=keeps)


@blueprint.post("/<slug>/closures")
@require("supervisor")
@once()
@blueprint.arguments(schemas.ClosureIn)
@blueprint.response(201, schemas.ClosedOut)
@may_answer("no_such_depot", "not_offered_so")
def close(body: dict[str, Any], slug: str) -> dict[str, Any]:
    """Let a depot be closed on a day: nothing is offered on it, and nobody is on duty for it."""
    with transaction() as conn:
        depot = depots.find(conn, slug)
        booked = depots.close_on(
            conn, by(caller()), depot, body["day"], body["why"].strip(), clock.now()
        )
        return {**body, "booked": booked}


@blueprint.delete("/<slug>/closures/<day>")
@require("supervisor")
@blueprint.response(204)
@may_answer("no_such_depot")
def open_again(slug: str, day: str) -> None:
    """Let a depot be open on a day that was to be closed; said twice it is said once."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise Problem(422, "bad_time", "A day is written like 2026-12-24.") from None
    with transaction() as conn:
        depots.open_on(conn, by(caller()), depots.find(conn, slug), on, clock.now())
