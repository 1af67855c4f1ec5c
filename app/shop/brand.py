"""How a shipper looks to its customers: the form of the admins' page, for the shipper itself.

Its own host is for an admin: whoever has one leads customers there.
"""

from __future__ import annotations

from flask import Blueprint, Response, flash

from app.access.keys import caller
from app.db.connection import connection
from app.errors import Problem
from app.managing import brands_form
from app.managing.forms import saved
from app.shop import door, store
from app.shop.door import of_a_shipper
from app.theme import respond
from app.theme.speaking import faults, plain

blueprint = Blueprint("shop_brand", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_AT = "/shop/brand"


@blueprint.get(_AT)
@of_a_shipper
def show() -> Response:
    """How it looks now."""
    return _page()


@blueprint.post(_AT)
@of_a_shipper
def act() -> Response:
    """Let it look as the form says."""
    try:
        changed = brands_form.take(caller(), _slug(), domain=False)
    except Problem as problem:
        return _page(problem)
    flash(saved(changed, plain("Saved. Your customers see it from now on.")), "good")
    return respond.see_other(_AT)


def _slug() -> str:
    return store.slug(connection(), door.shipper_id())


def _page(problem: Problem | None = None) -> Response:
    facts = brands_form.shown(_slug(), problem)
    return respond.page(
        "shop/brand.html",
        status=problem.status if problem else 200,
        caller=caller(),
        here="brand",
        problem=problem,
        faults=faults(problem),
        domain=False,
        **facts,
    )
