"""Under which names providers know a shipper's texts; for admins."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request

from app import clock, languages
from app.access.keys import caller
from app.access.session import require_session
from app.channels import providers
from app.channels.states import channel_words
from app.db.connection import transaction
from app.directory.changes import by
from app.errors import Problem
from app.managing import brands, known_texts
from app.managing.forms import saved
from app.theme import respond
from app.theme.speaking import faults, said

blueprint = Blueprint("manage_known_texts", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_CHANNELS = ("whatsapp", "sms")


@blueprint.get("/console/manage/brands/<shipper>/texts")
@require_session("admin")
def show(shipper: str) -> Response:
    """What providers know, and what was said lately."""
    return _page(shipper)


@blueprint.post("/console/manage/brands/<shipper>/texts")
@require_session("admin")
def act(shipper: str) -> Response:
    """One is known under this name from now on, or under none."""
    given = request.form.to_dict()
    names = [name.strip() for name in given.get("variables", "").split(",") if name.strip()]
    try:
        with transaction() as conn:
            asked = given | {"variables": names}
            changed = known_texts.put(conn, by(caller()), shipper, asked, clock.now())
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(shipper, problem)
    flash(saved(changed), "good")
    return respond.see_other(f"/console/manage/brands/{shipper}/texts")


def _page(slug: str, problem: Problem | None = None) -> Response:
    with transaction() as conn:
        shipper = brands.find(conn, slug)
        known = known_texts.known(conn, slug)
        lately = known_texts.lately(conn, slug, clock.now())
    carried = [one.name for one in providers.registered() if set(_CHANNELS) & set(one.channels)]
    return respond.page(
        "managing/known_texts.html",
        status=problem.status if problem else 200,
        caller=caller(),
        here="manage",
        part="brands",
        shipper=shipper,
        known=known,
        lately=lately,
        channels=[(name, said(channel_words(name))) for name in _CHANNELS],
        providers=[(name, name) for name in carried if name != providers.DEMO],
        languages=[(code, one.name) for code, one in languages.known().items()],
        given=request.form if problem else request.args,
        problem=problem,
        faults=faults(problem),
    )
