"""Whoever asks what is kept of them: everything, as JSON or as a page to be read and printed."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, render_template, request

from app import clock
from app.access.api import Blueprint
from app.access.keys import caller, require
from app.access.openapi import may_answer
from app.directory.changes import by
from app.forgetting import access, schemas
from app.forgetting.service import Asked
from app.theme import respond

blueprint = Blueprint(
    "access_requests",
    __name__,
    url_prefix="/api/v1/access-requests",
    description="What is kept of a customer",
)


@blueprint.post("")
@require("shipper")
@blueprint.arguments(schemas.ErasureIn)
@blueprint.response(200, content_type="application/json")
@may_answer("no_such_parcel", "no_recipient")
def gather(body: dict[str, str]) -> Response:
    """All that is kept of a customer, in parcels that are yours.

    With `Accept: text/html` it is a page that they can read.
    """
    asked = Asked(**body, shipper_id=caller().shipper_id)
    found = access.gather(asked, by(caller()), clock.now())
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        return respond.private(Response(page(found), content_type="text/html; charset=utf-8"))
    answer = Response(orjson.dumps(found, default=str), content_type="application/json")
    return respond.private(answer)


def page(found: dict[str, Any]) -> str:
    """The same as a page that stands by itself."""
    return render_template("forgetting/access.html", found=found, title=access.title)
