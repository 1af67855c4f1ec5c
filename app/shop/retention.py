"""For how long what is kept of a shipper's customers is kept: the form of the admins' page."""

from __future__ import annotations

from flask import Blueprint, Response, flash

from app.access.keys import caller
from app.db.connection import connection
from app.errors import Problem
from app.managing import retention_form
from app.managing.forms import saved
from app.shop import door, store
from app.shop.door import of_a_shipper
from app.theme import respond
from app.theme.speaking import faults, plain

blueprint = Blueprint("shop_retention", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_AT = "/shop/retention"


@blueprint.get(_AT)
@of_a_shipper
def show() -> Response:
    """The days of each kind of data."""
    return _page()


@blueprint.post(_AT)
@of_a_shipper
def act() -> Response:
    """Keep it for as many days as the form says."""
    try:
        changed = retention_form.take(caller(), _slug())
    except Problem as problem:
        return _page(problem)
    flash(saved(changed, plain("Saved. What is older goes within a day.")), "good")
    return respond.see_other(_AT)


def _slug() -> str:
    return store.slug(connection(), door.shipper_id())


def _page(problem: Problem | None = None) -> Response:
    return respond.page(
        "shop/retention.html",
        status=problem.status if problem else 200,
        caller=caller(),
        here="retention",
        problem=problem,
        faults=faults(problem),
        **retention_form.shown(_slug(), problem),
    )
