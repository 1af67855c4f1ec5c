"""Disputed attempts for shippers and staff: what both say, the evidence, records to hand out."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from app import clock
from app.access.api import Blueprint
from app.access.keys import caller, require
from app.access.openapi import Answer, may_answer
from app.cases import api as cases
from app.db.connection import connection, transaction
from app.disputes import exporting, store

blueprint = Blueprint("disputes", __name__, url_prefix="/api/v1", description="Disputed attempts")


class PieceOut(Answer):
    """A piece of evidence. `sha256` is of what was there, `link` chains it to the piece before."""

    kind = fields.String()
    source = fields.String()
    at = fields.String()
    recorded_at = fields.String()
    content = fields.Dict()
    photo = fields.String()
    sha256 = fields.String()
    bytes = fields.Integer()
    link = fields.String()


class RecordOut(Answer):
    """The record of one attempt; whoever changes it later breaks its `seal`."""

    form = fields.String()
    salt = fields.String(
        metadata={
            "sometimes": True,
            "description": "The key of its digests, in hex; empty: the customer was forgotten.",
        }
    )
    claim = fields.Dict()
    evidence = fields.List(fields.Nested(PieceOut))
    seal = fields.String()


class DisputesOut(Answer):
    """The records of a case, in the order of the attempts."""

    items = fields.List(fields.Nested(RecordOut))


@blueprint.get("/cases/<id:case_id>/disputes")
@require("shipper", "dispatcher")
@blueprint.response(200, DisputesOut)
@may_answer("no_such_case")
def listing(case_id: int) -> dict[str, Any]:
    """What the courier and the customer say of the attempts, with the evidence as it is now."""
    conn = connection()
    cases.find(case_id)
    found = store.of_case(conn, case_id)
    return {"items": [exporting.read(conn, case_id, one.id) for one in found]}


@blueprint.post("/cases/<id:case_id>/disputes/<id:dispute>/export")
@require("shipper", "dispatcher")
@blueprint.response(200, RecordOut)
@may_answer("no_such_case", "no_such_dispute")
def export(case_id: int, dispute: int) -> dict[str, Any]:
    """A record to hand on: its seal is kept here, so that `reknock dispute verify` knows it."""
    with transaction() as conn:
        return exporting.hand_out(conn, case_id, dispute, caller().name, clock.now())
