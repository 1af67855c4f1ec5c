"""The page on which staff decide whether a number is the recipient's."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app import clock
from app.access.keys import caller
from app.access.session import require_session
from app.cases import service as cases
from app.customer.wrong import service, store
from app.db.connection import connection
from app.errors import Problem
from app.theme import respond

blueprint = Blueprint("wrong_console", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_ANSWERS = {"theirs": True, "wrong": False}


@blueprint.get("/console/cases/<int:case_id>/wrong-contact")
@require_session("dispatcher")
def show(case_id: int) -> Response:
    """What was said of which number, and what it is decided with."""
    conn = connection()
    case = cases.by_ids(conn, [case_id]).get(case_id)
    if case is None:
        raise Problem(404, "no_such_case", "There is no such case.")
    wrong = store.latest(conn, case_id)
    return respond.page(
        "wrong/console.html", caller=caller(), here="console", case=case, wrong=wrong
    )


@blueprint.post("/console/cases/<int:case_id>/wrong-contact")
@require_session("dispatcher")
def decide(case_id: int) -> Response:
    """It is theirs after all, or is left alone."""
    answer = request.form.get("answer", "")
    if answer not in _ANSWERS:
        raise Problem(422, "no_such_act", "This page cannot do that.")
    service.decide(case_id, caller().name, clock.now(), theirs=_ANSWERS[answer])
    return respond.see_other(f"/console/cases/{case_id}/wrong-contact")
