"""The shipper's page: what happened, and everything that only a shipper can give or decide.

GET shows, POST acts. Its links were first made to ask for a number, which is why their purpose is
called `contact`: the old ones open the same page.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from app import clock
from app.access import links, tongue
from app.cases import service as cases
from app.cases import store as case_store
from app.cases.timeline import audience
from app.cases.timeline.kinds import Actor
from app.db.connection import connection
from app.decisions import forms, shown
from app.errors import Problem
from app.photos import uploads
from app.theme import respond

blueprint = Blueprint("shipper_pages", __name__, template_folder="templates")
respond.calm_errors(blueprint)
tongue.begin(blueprint)


@blueprint.get("/s/<token>")
def show(token: str) -> Response:
    """Which parcel, what is asked of the shipper, and what happened."""
    return _page(token)


@blueprint.post("/s/<token>")
def act(token: str) -> Response:
    """Do what `act` says: decide, write, correct; else take a number or an address for mail."""
    (case_id,) = links.read("contact", token)
    try:
        forms.take(request.form, case_id, Actor.SHIPPER, clock.now())
    except Problem as problem:
        return _page(token, problem)
    return respond.see_other(f"/s/{token}")


@blueprint.get("/s/<token>/photos/<photo>")
def photo(token: str, photo: str) -> Response:
    """A photo of a note that the shipper may read."""
    (case_id,) = links.read("contact", token)
    conn = connection()
    case = cases.by_ids(conn, [case_id]).get(case_id)
    links.check_not_ended(case.closed_at if case else None, clock.now())
    rows = audience.for_shipper(case_store.read_timeline(conn, case_id))
    return uploads.answer(case_id, photo, audience.photos(rows))


def _page(token: str, problem: Problem | None = None) -> Response:
    (case_id,) = links.read("contact", token)
    conn, now = connection(), clock.now()
    case = cases.by_ids(conn, [case_id]).get(case_id)
    if case is None:
        raise Problem(404, "unknown_link", "This link is not known.")
    links.check_not_ended(case.closed_at, now)
    return respond.page(
        "decisions/page.html",
        status=problem.status if problem else 200,
        token=token,
        **shown.facts(conn, case, problem, request.form, now),
    )
