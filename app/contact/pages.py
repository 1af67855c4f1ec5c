"""The shipper's page: give a number or an address for a recipient whom nobody can reach."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, request

from app import clock
from app.access import links
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import ContactChecked, ContactSupplied
from app.cases.timeline.rows import Recorded
from app.contact import service
from app.db.connection import connection
from app.errors import Problem
from app.theme import respond
from app.theme.times import When

blueprint = Blueprint("contact_pages", __name__, template_folder="templates")
respond.calm_errors(blueprint)


@blueprint.get("/s/<token>")
def show(token: str) -> Response:
    """Which parcel, what is wrong, and the form; or what became of it."""
    return _page(token)


@blueprint.post("/s/<token>")
def act(token: str) -> Response:
    """Take `phone` and `email`; at least one of them."""
    (case_id,) = links.read("contact", token)
    phone, email = (request.form.get(name, "")[:200] for name in ("phone", "email"))
    try:
        service.supply(case_id, phone, email, "shipper", clock.now())
    except Problem as problem:
        return _page(token, problem)
    return respond.see_other(f"/s/{token}")


def _page(token: str, problem: Problem | None = None) -> Response:
    (case_id,) = links.read("contact", token)
    conn = connection()
    case = cases.by_ids(conn, [case_id]).get(case_id)
    if case is None:
        raise Problem(404, "unknown_link", "This link is not known.")
    links.check_not_ended(case.closed_at, clock.now())
    faults = {fault["field"]: fault["detail"] for fault in (problem and problem.errors) or ()}
    return respond.page(
        "contact/page.html",
        status=problem.status if problem else 200,
        case=case,
        when=When(case.depot.zone, clock.now()),
        phase=phase(case, cases.timeline(conn, case_id)),
        token=token,
        problem=problem,
        faults=faults,
        given=request.form,
    )


def phase(case: Case, timeline: Sequence[Recorded]) -> str:
    """`over`, `known` (we can reach them), `given` (and it is being checked), or `needed`."""
    if case.closed:
        return "over"
    if case.contact_phone:
        return "known"
    told = [e.facts for e in timeline if isinstance(e.facts, ContactSupplied | ContactChecked)]
    return "given" if told and isinstance(told[-1], ContactSupplied) else "needed"
