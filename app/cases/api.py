"""Cases for shippers and staff. A shipper sees only its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Response, request

from app import clock
from app.access import idempotency
from app.access.api import Blueprint
from app.access.keys import caller, require
from app.access.openapi import idempotent, may_answer
from app.cases import schemas, service, store
from app.cases.search import service as search
from app.cases.timeline import audience
from app.cases.timeline.facts import ContactElsewhere, Note
from app.cases.timeline.kinds import Visibility
from app.cases.timeline.rows import kind_of
from app.db.connection import Connection, connection, transaction
from app.errors import Problem
from app.photos import service as photos
from app.photos import uploads

blueprint = Blueprint("cases", __name__, url_prefix="/api/v1/cases", description="Cases")

_ALL = ("shipper", "dispatcher")
_SEARCHED, _OTHERS_TOO = 1000, 5000
"""So many of the parcels that are found are looked through, newest first; more where most of them
may be somebody else's."""


@blueprint.get("")
@require(*_ALL)
@blueprint.arguments(schemas.CaseQuery, location="query")
@blueprint.response(200, schemas.CasePage)
@may_answer("unknown_filter")
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """Cases, the newest first; `q` finds them by name, phone, number, street or postcode."""
    named = store.named(connection(), query, caller().depots)
    if unknown := [name for name, ids in named.items() if not ids]:
        raise Problem(
            422,
            "unknown_filter",
            "There is nothing of this name, so no case can match. Please check the filter.",
            errors=[
                {"field": name, "code": "unknown", "detail": f"There is no {name} {query[name]!r}."}
                for name in unknown
            ],
        )
    if "q" in query:
        most = _OTHERS_TOO if caller().shipper_id else _SEARCHED
        query["q"] = search.find(connection(), query["q"], most)
    rows = store.listing(connection(), caller().shipper_id, query | named, caller().depots)
    full = len(rows) == query["limit"]
    return {"items": rows, "next": rows[-1]["id"] if full else None}


@blueprint.get("/<id:case_id>")
@require(*_ALL)
@blueprint.response(200, schemas.CaseOut)
@may_answer("no_such_case")
def one(case_id: int) -> dict[str, Any]:
    """A case."""
    return find(case_id)


@blueprint.get("/<id:case_id>/timeline")
@require(*_ALL)
@blueprint.response(200, schemas.Timeline)
@may_answer("no_such_case")
def timeline(case_id: int) -> dict[str, Any]:
    """All that happened, oldest first."""
    find(case_id)
    return _timeline(case_id)


@blueprint.post("/<id:case_id>/notes")
@require(*_ALL)
@uploads.taken
@blueprint.arguments(schemas.NoteIn)
@blueprint.doc(requestBody={"content": {"multipart/form-data": {"schema": schemas.NoteForm}}})
@blueprint.response(201, schemas.Timeline)
@idempotent
@may_answer("no_such_case", *uploads.CODES)
def note(body: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Add a note. As a form it may bring photos; then it needs no words."""
    find(case_id)
    contents = uploads.sent()
    if not body["text"] and not contents:
        why = "Please write a text, or send a photo."
        fault = {"field": "text", "code": "invalid", "detail": why}
        raise Problem(422, "invalid", why, errors=[fault])
    who = visibility(body)
    names = photos.put(case_id, contents)
    facts = Note(text=body["text"], visibility=who, photos=names)
    return add(case_id, facts, lambda conn: photos.keep(conn, case_id, names, clock.now()))


@blueprint.get("/<id:case_id>/photos/<photo>")
@require(*_ALL)
@blueprint.response(200, content_type="image/jpeg", schema={"type": "string", "format": "binary"})
@may_answer("no_such_case", *uploads.READING)
def photo(case_id: int, photo: str) -> Response:
    """A photo of a note, by the name that the note says; a small one with `?small`."""
    find(case_id)
    shown = audience.photos(_timeline(case_id)["items"])
    return uploads.answer(case_id, photo, shown)


def visibility(body: dict[str, Any]) -> Visibility:
    """Who may read it. What a shipper writes, the shipper can read."""
    own = Visibility.SHIPPER if caller().shipper_id else Visibility.INTERNAL
    said = Visibility(body.get("visibility", own))
    if said is Visibility.INTERNAL and own is not said:
        why = "What you write you can read yourself: use shipper, or customer."
        fault = {"field": "visibility", "code": "invalid", "detail": why}
        raise Problem(422, "invalid", why, errors=[fault])
    return said


def add(
    case_id: int,
    facts: Note | ContactElsewhere,
    then: Callable[[Connection], None] = lambda _: None,
) -> dict[str, Any]:
    """Write an entry into a case that the caller may see, once, and do `then` what follows."""
    find(case_id)
    entry = service.Entry(case_id, facts, caller().name)
    with transaction() as conn:
        if _is_new(conn, f"{kind_of(facts)}:{case_id}:{caller().role}:{caller().name}", facts):
            service.note(conn, [entry], clock.now())
            then(conn)
    return _timeline(case_id)


def _timeline(case_id: int) -> dict[str, Any]:
    """What the caller may read of it."""
    rows = store.read_timeline(connection(), case_id)
    return {"items": audience.for_shipper(rows) if caller().shipper_id else rows}


def _is_new(conn: Connection, scope: str, facts: Note | ContactElsewhere) -> bool:
    """Whether this request is not one that came before, by its Idempotency-Key."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return True
    if idempotency.begin(conn, scope, key, hashlib.sha256(repr(facts).encode()).digest()):
        return False
    idempotency.finish(conn, scope, key, idempotency.Answer(201, "", b""))
    return True


def find(case_id: int) -> dict[str, Any]:
    """A case as the API shows it, if this caller may see it.

    Raises:
        Problem: 404 there is none.
    """
    row = store.shown(connection(), caller().shipper_id, case_id)
    if row is None:
        raise Problem(404, "no_such_case", f"There is no case {case_id}.")
    return row
