"""The page of somebody who may choose for a customer: what can be chosen, and nothing of them."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app import clock
from app.booking import offer
from app.booking.days import days
from app.cases import service as cases
from app.cases import speech
from app.customer import refusals
from app.customer.delegates import service
from app.db.connection import connection
from app.directory import domains
from app.errors import Problem
from app.theme import respond, speaking
from app.theme.times import When

blueprint = Blueprint("delegates", __name__, template_folder="templates")
respond.calm_errors(blueprint)


@blueprint.get("/d/<token>")
def show(token: str) -> Response:
    """Whose choice it is, what stands, and what else there is."""
    return _page(token)


@blueprint.post("/d/<token>")
def choose(token: str) -> Response:
    """Book what was chosen."""
    try:
        service.choose(token, request.form.get("choice", ""), clock.now())
    except Problem as problem:
        if problem.code == "unknown_link":
            raise
        return _page(token, problem)
    return respond.see_other(f"/d/{token}")


def _page(token: str, problem: Problem | None = None) -> Response:
    conn, now = connection(), clock.now()
    delegate = service.find(conn, token)
    case = cases.by_ids(conn, [delegate.case_id])[delegate.case_id]
    domains.check(case.shipper_id)
    speaking.use(speech.of(case))
    if case.closed or not delegate.may(now):
        return respond.page("delegates/ended.html")
    known = offer.know(conn, case, now)
    options = offer.options(conn, case, now, known)
    when = When(case.zone, now, speech.of(case))
    stands = known.stands if case.booked else None
    return respond.page(
        "delegates/page.html",
        status=problem.status if problem else 200,
        case=case,
        delegate=delegate,
        token=token,
        when=when,
        days=days(options.slots, when),
        points=options.pickup_points,
        prices=options.prices_in(when.language),
        stands=stands,
        changeable=stands is None or stands.cutoff_at > now,
        refused=refusals.words(when.language, problem) if problem else "",
    )
