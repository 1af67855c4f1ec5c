"""Booking for a customer who calls."""

from __future__ import annotations

from typing import Any

from app import clock
from app.access.api import Blueprint
from app.access.keys import caller, require
from app.access.openapi import may_answer
from app.booking import cancelling, leaving, schemas, service
from app.booking.cancelling import CANCEL, UNDO
from app.booking.leaving import ELSEWHERE, Leaving
from app.cases import service as cases
from app.db.connection import connection
from app.errors import Problem

# Its templates are for whoever shows choices on a page.
blueprint = Blueprint(
    "booking",
    __name__,
    url_prefix="/api/v1/cases",
    description="Bookings",
    template_folder="templates",
)


@blueprint.get("/<id:case_id>/options")
@require("dispatcher")
@blueprint.response(200, schemas.OptionsOut)
@may_answer("no_such_case")
def options(case_id: int) -> dict[str, Any]:
    """What the customer could choose at this moment."""
    conn = connection()
    case = cases.by_ids(conn, [case_id]).get(case_id)
    if case is None:
        raise Problem(404, "no_such_case", f"There is no case {case_id}.")
    return schemas.offered(service.options(conn, case, clock.now()))


@blueprint.post("/<id:case_id>/booking")
@require("dispatcher")
@blueprint.arguments(schemas.ChoiceIn)
@blueprint.response(200, schemas.BookingOut)
@may_answer(
    "no_such_case",
    "case_closed",
    "set_aside",
    "not_offered",
    "no_such_option",
    "too_late_to_change",
    "cutoff_passed",
    "slot_full",
    "leave_unusable",
    "nothing_booked",
    "nothing_to_undo",
)
def book(body: dict[str, Any], case_id: int) -> service.Booking:
    """Book for the customer, or change the booking; what is booked already stays."""
    choice = body["choice"]
    if choice in {CANCEL, UNDO}:
        return cancelling.for_caller(case_id, choice, caller().name, clock.now())
    if choice == Leaving.ADDRESS:
        where = body.get("address") or {}
        there = leaving.brought_to({part: text for part, text in where.items() if text})
        return service.choose_for(case_id, "", caller().name, clock.now(), there)
    how = choice if choice in ELSEWHERE else body.get("leave", "")
    leave = leaving.read(how, body.get("name", ""), body.get("where", ""))
    slot = "" if choice in ELSEWHERE else choice
    return service.choose_for(case_id, slot, caller().name, clock.now(), leave)
