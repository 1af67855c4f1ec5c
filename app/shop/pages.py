"""What waits for a shipper, its parcels, and one of them. GET shows, POST acts."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, Response, flash, request

from app import clock
from app.access.keys import caller
from app.cases import service as cases
from app.cases import store as case_store
from app.cases.model import CaseState
from app.cases.search import service as search
from app.cases.timeline import audience
from app.db.connection import Connection, connection
from app.decisions import forms, shown
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.photos import uploads
from app.promises import service as promises
from app.questions import talk
from app.shop import door, gestures, store, words
from app.shop.door import of_a_shipper
from app.shop.store import Waits
from app.shop.words import Status
from app.theme import respond
from app.theme.speaking import language, plain, said
from app.theme.times import When

blueprint = Blueprint("shop_pages", __name__, template_folder="templates")
respond.calm_errors(blueprint)

FILTERS = {
    "open": mark("Under way"),
    "booked": mark("Booked"),
    "closed": mark("Closed"),
    "all": mark("All"),
}
_PAGE, _MOST_WAITING, _FOUND = 20, 50, 5000
_DONE = {
    "decide": mark("Thank you. Your customer is told."),
    "write": mark("It is on its way to your customer."),
    "correct": mark("Saved. The driver is told."),
    "agree": mark("Saved. Your customer is told."),
    "refuse": mark("Saved. Your customer is told."),
}


class Asked(NamedTuple):
    """Something that waits for the shipper, as the page says it."""

    waits: Waits
    happened: str
    asked: str
    when: When


class Shown(NamedTuple):
    """A case in the list, as the page says it."""

    row: dict[str, Any]
    happened: str
    status: Status
    when: When


@blueprint.get("/shop")
@of_a_shipper
def home() -> Response:
    """What waits for the shipper first, then its parcels."""
    conn = connection()
    asked = store.waiting(conn, door.shipper_id(), _MOST_WAITING)
    chosen = request.args.get("state", "open")
    chosen = chosen if chosen in FILTERS else "all"
    q = request.args.get("q", "").strip()[:200].replace("\0", "")
    rows = _listed(conn, "all" if q else chosen, q)
    waits = {one.case_id for one in asked}
    return respond.page(
        "shop/home.html",
        caller=caller(),
        here="shop",
        asked=[_asked(one) for one in asked],
        more=len(asked) == _MOST_WAITING,
        shown=[_row(row, waits) for row in rows],
        next=rows[-1]["id"] if len(rows) == _PAGE else None,
        paged="cursor" in request.args,
        filters=FILTERS,
        chosen=chosen,
        q=q,
    )


@blueprint.get("/shop/cases/<id:case_id>")
@of_a_shipper
def show(case_id: int) -> Response:
    """One parcel: what is asked, who does what by when, what happened, what was said."""
    return _page(case_id)


@blueprint.post("/shop/cases/<id:case_id>")
@of_a_shipper
def act(case_id: int) -> Response:
    """Do what `act` says, as behind the shipper's link; with `back`, go on with what waits."""
    try:
        done = _take(case_id)
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(case_id, problem)
    if done:
        flash(plain(done), "good")
    return respond.see_other("/shop" if request.form.get("back") else f"/shop/cases/{case_id}")


@blueprint.get("/shop/cases/<id:case_id>/photos/<photo>")
@of_a_shipper
def photo(case_id: int, photo: str) -> Response:
    """A photo of a note that the shipper may read."""
    rows = audience.for_shipper(case_store.read_timeline(connection(), case_id))
    return uploads.answer(case_id, photo, audience.photos(rows))


def _take(case_id: int) -> str:
    """Do it; what is said then."""
    act, by = request.form.get("act", ""), caller().signs
    if act in gestures.ACTS:
        return gestures.take(request.form, case_id, by)
    forms.take(request.form, case_id, by, clock.now())
    return _DONE.get(act, "")


def _listed(conn: Connection, state: str, q: str) -> list[dict[str, Any]]:
    query: dict[str, Any] = {"cursor": _cursor(), "limit": _PAGE}
    if state == "open":
        query["live"] = True
    elif state != "all":
        query["state"] = CaseState(state)
    if q:
        query["q"] = search.find(conn, q, _FOUND)
    return case_store.listing(conn, door.shipper_id(), query)


def _cursor() -> int:
    text = request.args.get("cursor", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _asked(one: Waits) -> Asked:
    when = When(one.timezone, clock.now(), language())
    return Asked(one, said(words.HAPPENED[one.kind]), said(words.WAITS[one.what]), when)


def _row(row: dict[str, Any], waits: set[int]) -> Shown:
    when = When(row["timezone"], clock.now(), language())
    happened = said(words.HAPPENED[row["kind"]])
    return Shown(row, happened, words.status(row, waits, when), when)


def _page(case_id: int, problem: Problem | None = None) -> Response:
    conn, now = connection(), clock.now()
    case = cases.by_ids(conn, [case_id]).get(case_id)
    if case is None:
        raise Problem(404, "no_such_case", sentence("There is no case {it}.", it=case_id))
    facts = shown.facts(conn, case, problem, request.form, now)
    view = facts["view"]
    allowed = [
        entry._replace(facts=theirs)
        for entry in cases.timeline(conn, case_id)
        if (theirs := audience.shippers(entry.facts))
    ]
    return respond.page(
        "shop/case.html",
        status=problem.status if problem else 200,
        caller=caller(),
        here="shop",
        at=f"/shop/cases/{case_id}",
        signed_in=True,
        coming=words.coming(promises.of_case(conn, case_id), view.pending, view.when),
        gestures=gestures.shown(conn, case, language()),
        said_so_far=[one for one in talk.conversation(allowed) if one.words],
        **facts,
    )
