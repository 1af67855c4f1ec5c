"""Staff decide whether a number is the recipient's, where somebody says that it is not."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from app import clock
from app.access.api import Blueprint
from app.access.keys import caller, require
from app.access.openapi import Answer, Body, Flag, may_answer
from app.cases import service as cases
from app.customer import notices
from app.customer.wrong import service
from app.db.connection import connection

blueprint = Blueprint(
    "wrong_contacts_api", __name__, url_prefix="/api/v1", description="Wrong numbers"
)


class TheirsIn(Body):
    """What somebody found out."""

    theirs = Flag(required=True)


class TheirsOut(Answer):
    """How the recipient can be reached now."""

    case_id = fields.Integer()
    reachable = fields.Boolean()


@blueprint.post("/cases/<int:case_id>/wrong-contact")
@require("dispatcher")
@blueprint.arguments(TheirsIn)
@blueprint.response(200, TheirsOut)
@may_answer("no_such_case", "not_said_wrong")
def decide(body: dict[str, Any], case_id: int) -> dict[str, Any]:
    """The number is the recipient's after all (`theirs`), or is left alone."""
    service.decide(case_id, caller().name, clock.now(), theirs=body["theirs"])
    case = cases.by_ids(connection(), [case_id])[case_id]
    return {"case_id": case_id, "reachable": bool(notices.routes(case))}
