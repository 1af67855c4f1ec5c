"""People are forgotten when they ask for it; a shipper's key forgets in its own parcels only."""

from __future__ import annotations

from typing import Any

from app import clock
from app.access.api import Blueprint, PageQuery
from app.access.keys import caller, require
from app.access.openapi import may_answer
from app.db.connection import connection
from app.directory.changes import by
from app.forgetting import proof, proofs_store, schemas, service
from app.forgetting.service import Asked

blueprint = Blueprint(
    "erasures",
    __name__,
    url_prefix="/api/v1/erasures",
    description="Forget a customer, and prove it",
)


@blueprint.post("")
@require("shipper")
@blueprint.arguments(schemas.ErasureIn)
@blueprint.response(200, schemas.ProofOut)
@may_answer("no_such_parcel", "no_recipient", "photos_away")
def forget(body: dict[str, str]) -> dict[str, Any]:
    """Forget a customer for good: everything that tells of them, in parcels that are yours.

    Asked again when nothing of them is left, the same proof is answered. A case of theirs that is
    open is closed and handed to you.
    """
    asked = Asked(**body, shipper_id=caller().shipper_id)
    return proof.shown(service.forget(asked, by(caller()), clock.now()))


@blueprint.get("")
@require("shipper")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, schemas.ProofsOut)
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """The proofs, the newest first."""
    before, limit = query["cursor"] or None, query["limit"]
    rows = proofs_store.page(connection(), caller().shipper_id, before, limit)
    full = len(rows) == limit
    return {"items": [proof.shown(one) for one in rows], "next": rows[-1].id if full else None}
