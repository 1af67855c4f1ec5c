"""Shippers: added, and changed in how they are called and reached; for admins."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request

from app import clock
from app.access.keys import caller
from app.access.session import require_session
from app.chain import policy
from app.chain.standard import STANDARD
from app.db.connection import connection, transaction
from app.directory import changes_store
from app.directory.changes import by
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.managing import frame, orders_form, people_store, shippers
from app.managing import shippers_store as store
from app.managing.faults import wrong_fields
from app.managing.forms import saved, words
from app.managing.shippers import Wanted
from app.theme import respond
from app.theme.speaking import plain

blueprint = Blueprint("manage_shippers", __name__, template_folder="templates")
respond.calm_errors(blueprint)


@blueprint.get("/console/manage/shippers")
@require_session("admin")
def listing() -> Response:
    """The shippers, and the form to add one."""
    return _list()


@blueprint.post("/console/manage/shippers")
@require_session("admin")
def add() -> Response:
    """Add a shipper, whose cases run by the standard policy until another is chosen."""
    slug, now = words("slug", 40).lower(), clock.now()
    try:
        with transaction() as conn:
            if store.lock(conn, slug):
                why = mark("There is a shipper of this short name already.")
                raise wrong_fields("shipper_unusable", {"slug": why})
            first = policy.create(conn, "standard", STANDARD, now)
            shippers.put(conn, by(caller()), slug, _wanted(), first, now)
    except Problem as problem:
        return _list(problem)
    flash(plain("{name} is added. Connect its courier next.", name=_wanted().name), "good")
    return respond.see_other(f"/console/manage/shippers/{slug}")


@blueprint.get("/console/manage/shippers/<shipper>")
@require_session("admin")
def show(shipper: str) -> Response:
    """One shipper."""
    return _page(shipper)


@blueprint.post("/console/manage/shippers/<shipper>")
@require_session("admin")
def act(shipper: str) -> Response:
    """Let it be called and reached, or its orders be looked after, as the form says."""
    who, now = by(caller()), clock.now()
    try:
        with transaction() as conn:
            _find(store.lock(conn, shipper), shipper)
            if request.form.get("act") == "orders":
                fresh = orders_form.take(conn, who, shipper, now)
            else:
                fresh = shippers.put(conn, who, shipper, _wanted(), 0, now)
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(shipper, problem)
    flash(saved(fresh), "good")
    return respond.see_other(f"/console/manage/shippers/{shipper}")


def _wanted() -> Wanted:
    return Wanted(
        name=words("name", 80),
        country=words("country", 2).upper(),
        email=request.form.get("email", "").strip()[:254],
        phone=request.form.get("phone", "").strip()[:40],
        return_cost=words("return_cost", 16).upper(),
    )


def _find(found: store.Shipper | None, slug: str) -> store.Shipper:
    if found is None:
        raise Problem(404, "no_such_shipper", sentence("There is no shipper {it}.", it=repr(slug)))
    return found


def _list(problem: Problem | None = None) -> Response:
    found = store.listed(connection())
    return frame.page("managing/shippers.html", "shippers", problem, shippers=found)


def _page(slug: str, problem: Problem | None = None) -> Response:
    with transaction() as conn:
        found = _find(store.lock(conn, slug), slug)
        theirs = [one for one in people_store.listed(conn, None) if one.shipper == slug]
        changes = changes_store.newest(conn, None, 10, kind="shipper", subject_id=found.id)
    return frame.page(
        "managing/shipper.html",
        "shippers",
        problem,
        shipper=found,
        people=theirs,
        changes=changes,
        orders=orders_form.shown(slug, found.id),
    )
