"""The shipper's word, by API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from app import clock
from app.access.api import Blueprint
from app.access.keys import caller, require
from app.access.openapi import may_answer
from app.cases import api as cases
from app.decisions import schemas, service
from app.decisions.model import Choice

blueprint = Blueprint(
    "decisions",
    __name__,
    url_prefix="/api/v1/cases",
    description="Shippers' decisions",
    template_folder="templates",  # what pages of shippers and of dispatchers have in common
)


@blueprint.post("/<id:case_id>/decision")
@require("shipper", "dispatcher")
@blueprint.arguments(schemas.DecisionIn)
@blueprint.response(200, schemas.DecisionOut)
@may_answer("no_such_case", "case_closed", "already_decided", "words_to_mend")
def decide(body: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Say what is done about a parcel; the customer is told. Saying it again changes nothing.

    Of two who decide differently at once the second gets 409 with what was decided, by whom and
    when. Whoever knows of it can still decide otherwise while the parcel is only sent again.
    """
    cases.find(case_id)
    who = caller()
    made = service.decide(
        case_id,
        Choice(body["decision"]),
        who.signs,
        clock.now(),
        note=body["note"].strip(),
        note_for=body["note_for"],
        instead_of=body["instead_of"],
        meant=body["meant"],
    )
    return {**asdict(made.decision), "fresh": made.fresh}
