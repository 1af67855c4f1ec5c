"""People, for programs: who works here, and in which language they read and are called."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from app import clock, languages
from app.access.api import Blueprint
from app.access.keys import caller, require
from app.access.openapi import Answer, Body, may_answer
from app.db.connection import connection, transaction
from app.directory.changes import by
from app.managing import people
from app.managing import people_store as store

blueprint = Blueprint("people", __name__, url_prefix="/api/v1/people", description="Who works here")


class StaffOut(Answer):
    """Somebody who works here."""

    id = fields.Integer()
    name = fields.String()
    role = fields.String()
    language = fields.String(
        metadata={"description": "what their pages, calls and messages speak; empty: not said yet"}
    )


class StaffListOut(Answer):
    """Everybody whom the caller manages."""

    items = fields.List(fields.Nested(StaffOut))


class StaffLanguageIn(Body):
    """What somebody reads and hears, by its code."""

    language = fields.String(
        required=True,
        validate=validate.Length(max=35),
        metadata={"enum": list(languages.known()), "example": "de"},
    )


@blueprint.get("")
@require("supervisor")
@blueprint.response(200, StaffListOut)
def listing() -> dict[str, Any]:
    """Everybody whom the caller manages, by name."""
    return {"items": store.listed(connection(), caller().depots)}


@blueprint.put("/<id:person_id>/language")
@require("dispatcher")
@blueprint.arguments(StaffLanguageIn)
@blueprint.response(200, StaffOut)
@may_answer("no_such_person", "no_such_language", "for_an_admin")
def speak(body: dict[str, Any], person_id: int) -> store.Person:
    """Let somebody read their pages, be called and be written to in this language.

    Everybody may for themselves, and whoever manages them.
    """
    who = caller()
    with transaction() as conn:
        person = people.find(conn, person_id)
        if who.person_id != person_id:
            people.check_may(who, person.role, person.depots)
        return people.speak(conn, by(who), person, body["language"], clock.now())
