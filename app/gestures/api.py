"""Gestures for shippers' systems, which grant them, and for staff."""

from __future__ import annotations

from typing import Any

from app import clock
from app.access.api import Blueprint
from app.access.keys import caller, require
from app.access.once import once
from app.access.openapi import may_answer
from app.cases import service as cases
from app.db.connection import connection, transaction
from app.errors import Problem
from app.gestures import schemas, service, store
from app.gestures.model import Gesture, State, Why
from app.gestures.rules import Granted, Not
from app.gestures.words import WHY_NOT

blueprint = Blueprint("gestures", __name__, url_prefix="/api/v1", description="Gestures")


@blueprint.get("/gestures")
@require("shipper", "admin")
@blueprint.arguments(schemas.GestureQuery, location="query")
@blueprint.response(200, schemas.GesturePage)
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """What was given and what is asked for, the newest first; a shipper sees its own."""
    rows = store.listed(connection(), caller().shipper_id, query["cursor"], query["limit"])
    full = len(rows) == query["limit"]
    return {"items": rows, "next": rows[-1]["id"] if full else None}


@blueprint.post("/gestures/<id:gesture_id>/grant")
@require("shipper", "admin")
@blueprint.arguments(schemas.GrantIn, required=False)
@blueprint.response(200, schemas.GivenOut)
@may_answer("no_such_gesture", "gesture_over")
def grant(body: dict[str, Any], gesture_id: int) -> Gesture:
    """Grant a gesture that is asked of you; only then the customer hears of it. Twice is once."""
    return _settle(gesture_id, State.MADE, body["code"])


@blueprint.post("/gestures/<id:gesture_id>/refuse")
@require("shipper", "admin")
@blueprint.response(200, schemas.GivenOut)
@may_answer("no_such_gesture", "gesture_over")
def refuse(gesture_id: int) -> Gesture:
    """Refuse one; its amount goes back to the budget, and the customer hears nothing of it."""
    return _settle(gesture_id, State.REFUSED)


@blueprint.post("/cases/<id:case_id>/gestures")
@require("dispatcher")
@once()
@blueprint.response(201, schemas.GivenOut)
@may_answer("no_such_case", "no_gesture")
def make(case_id: int) -> Gesture:
    """Make the gesture that the shipper's rules have for this case; the rules say how much."""
    now = clock.now()
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        if case is None:
            raise Problem(404, "no_such_case", f"There is no case {case_id}.")
        service.hold(conn, [case])
        came = service.give(conn, case, Why.PERSON, caller().name, now)
        if isinstance(came, Not):
            raise Problem(409, "no_gesture", WHY_NOT[came], why=came.value)
        assert not isinstance(came, Granted)  # noqa: S101 - what a person decides waits for nothing
        return came


def _settle(gesture_id: int, state: State, code: str = "") -> Gesture:
    with transaction() as conn:
        return service.settle(conn, gesture_id, state, caller().signs, clock.now(), code=code)
