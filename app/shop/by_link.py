"""The shipper's page behind a link: what happened, and all that only a shipper can give or decide.

GET shows, POST acts. Its links were first made to ask for a number, which is why their purpose is
called `contact`: the old ones open the same page.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from app import clock
from app.access import links, tongue
from app.cases import service as cases
from app.cases import store as case_store
from app.cases.model import Case
from app.cases.timeline import audience
from app.cases.timeline.kinds import LINK, Actor
from app.db.connection import connection
from app.decisions import forms, shown
from app.errors import Problem
from app.gestures.model import Kind
from app.photos import uploads
from app.shop import gestures
from app.theme import respond
from app.theme.speaking import language

blueprint = Blueprint("shipper_pages", __name__, template_folder="templates")
respond.calm_errors(blueprint)
tongue.begin(blueprint)


@blueprint.get("/s/<token>")
def show(token: str) -> Response:
    """Which parcel, what is asked of the shipper, and what happened."""
    return _page(token)


@blueprint.post("/s/<token>")
def act(token: str) -> Response:
    """Do what `act` says: decide, write, correct, pay back; else take a number or an address."""
    case, now = _case(token), clock.now()
    try:
        if request.form.get("act") in gestures.SETTLES:
            by = f"{LINK}{case.shipper.email}" if case.shipper.email else Actor.SHIPPER
            gestures.settle(request.form, case.id, by, Kind.REFUND)
        else:
            forms.take(request.form, case.id, Actor.SHIPPER, now)
    except Problem as problem:
        return _page(token, problem)
    return respond.see_other(f"/s/{token}")


@blueprint.get("/s/<token>/photos/<photo>")
def photo(token: str, photo: str) -> Response:
    """A photo of a note that the shipper may read."""
    case_id = _case(token).id
    rows = audience.for_shipper(case_store.read_timeline(connection(), case_id))
    return uploads.answer(case_id, photo, audience.photos(rows))


def _case(token: str) -> Case:
    """Whose link it is.

    Raises:
        Problem: 404, it is none of ours; 200, it has ended.
    """
    (case_id,) = links.read("contact", token)
    case = cases.by_ids(connection(), [case_id]).get(case_id)
    if case is None:
        raise Problem(404, "unknown_link", "This link is not known.")
    links.check_not_ended(case.closed_at, clock.now())
    return case


def _page(token: str, problem: Problem | None = None) -> Response:
    case, conn = _case(token), connection()
    return respond.page(
        "shop/by_link.html",
        status=problem.status if problem else 200,
        at=f"/s/{token}",
        gestures=gestures.shown(conn, case, language(), of=Kind.REFUND),
        **shown.facts(conn, case, problem, request.form, clock.now()),
    )
