"""The page on which an admin forgets a customer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from app import clock
from app.access.keys import caller
from app.access.session import require_session
from app.cases import service as cases
from app.cases.model import Case
from app.db.connection import connection
from app.directory.changes import by
from app.errors import Problem
from app.forgetting import proof as proofs
from app.forgetting import service
from app.forgetting.service import Asked
from app.languages.language import mark
from app.theme import respond

blueprint = Blueprint("forgetting_pages", __name__, template_folder="templates")
respond.calm_errors(blueprint)


@blueprint.get("/console/cases/<int:case_id>/forget")
@require_session("admin")
def ask(case_id: int) -> Response:
    """What goes, what stays, and the button."""
    return _page(_case(case_id))


@blueprint.post("/console/cases/<int:case_id>/forget")
@require_session("admin")
def forget(case_id: int) -> Response:
    """Forget the customer of this case, once it is said that it is meant."""
    case = _case(case_id)
    if request.form.get("sure") != "yes":
        problem = Problem(
            422, "not_sure", mark("Please tick that you mean it. It can’t be undone.")
        )
        return _page(case, problem=problem)
    asked = Asked(tracking_number=case.parcel.tracking_number, shipper_id=case.shipper_id)
    made = service.forget(asked, by(caller()), clock.now())
    return _page(case, proof=proofs.shown(made))


def _case(case_id: int) -> Case:
    case = cases.by_ids(connection(), [case_id]).get(case_id)
    if case is None:
        raise Problem(404, "no_such_case", "There is no such case.")
    return case


def _page(
    case: Case, proof: dict[str, Any] | None = None, problem: Problem | None = None
) -> Response:
    return respond.page(
        "forgetting/forget.html",
        status=problem.status if problem else 200,
        caller=caller(),
        here="console",
        case=case,
        proof=proof,
        problem=problem,
    )
