"""A depot's ladder on a page of its own: who is called at each level, by what, for how long.

It is filled in without JavaScript too: a button that adds or moves a level sends the form, which
comes back so, and nothing is saved before somebody says so.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, flash, request

from app import clock
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import Connection, connection, transaction
from app.directory import ladders
from app.directory import store as directory
from app.directory.changes import by
from app.directory.ladders import Ladder
from app.dispatch import sample_call
from app.dispatch.oncall import ladder_form, store
from app.dispatch.oncall.ladder_form import Draft
from app.dispatch.oncall.store import Depot
from app.errors import Problem
from app.languages.language import mark
from app.theme import respond
from app.theme.speaking import language, plain, said

blueprint = Blueprint("ladder_pages", __name__, template_folder="../templates")
respond.calm_errors(blueprint)

_STALE = mark(
    "Somebody changed this ladder while you had it open, so nothing was saved. What you see is "
    "what you filled in; save it again if it still holds."
)


@blueprint.get("/console/oncall/<slug>/ladder")
@require_session("supervisor")
def show(slug: str) -> Response:
    """The ladder as it is."""
    conn = connection()
    depot = _depot(conn, slug)
    return _page(conn, depot, ladder_form.shown(_ladder(conn, depot)))


@blueprint.post("/console/oncall/<slug>/ladder")
@require_session("supervisor")
def change(slug: str) -> Response:
    """Give the depot the ladder that is filled in, or arrange the form (`do`)."""
    draft, conn = ladder_form.read(request.form), connection()
    depot = _depot(conn, slug)
    do = request.form.get("do", "save")
    if do != "save":
        ladder_form.arrange(draft, do)
        return _page(conn, depot, draft)
    people = {str(person.id): person for person in store.callable_at(conn, depot.id)}
    named = [rota for rota, _ in store.rotas_at(conn, depot.id)]
    if faults := ladder_form.faults(draft, people, named):
        return _page(conn, depot, draft, faults)
    try:
        with transaction() as conn:
            _check_fresh(conn, depot, draft)
            levels = ladder_form.rungs(draft)
            ladders.put(conn, by(caller()), slug, levels, int(draft.last), clock.now())
    except Problem as problem:
        return _page(conn, depot, draft, problem=problem)
    flash(plain("The ladder is changed. What is called from here on follows it."), "good")
    return respond.see_other(f"/console/oncall/{slug}")


def _page(
    conn: Connection,
    depot: Depot,
    draft: Draft,
    faults: dict[str, str] | None = None,
    problem: Problem | None = None,
) -> Response:
    status = problem.status if problem else 422 if faults else 200
    return respond.page(
        "dispatch/ladder.html",
        status=status,
        caller=caller(),
        here="oncall",
        depot=depot,
        draft=draft,
        faults={name: said(why) for name, why in (faults or {}).items()},
        problem=problem,
        people=store.callable_at(conn, depot.id),
        rotas=store.rotas_at(conn, depot.id),
        channels=ladder_form.CHANNELS,
        when=ladder_form.WHEN,
        most=ladder_form.MOST_LEVELS,
        most_ways=ladder_form.MOST_WAYS,
        reads=language(),
        sample=sample_call.of(language(), depot.name, clock.now()),
    )


def _check_fresh(conn: Connection, depot: Depot, draft: Draft) -> None:
    """Lock the depot, and save only over what whoever filled it in has seen."""
    directory.lock_depot(conn, depot.slug)
    stands = ladder_form.version(_ladder(conn, depot))
    if draft.seen != stands:
        draft.seen = stands
        raise Problem(409, "gone_stale", _STALE)


def _ladder(conn: Connection, depot: Depot) -> Ladder:
    now = clock.now()
    return ladders.read(conn, depot.id, timedelta(), now, now)


def _depot(conn: Connection, slug: str) -> Depot:
    found = store.depot(conn, slug)
    if found is None:
        raise Problem(404, "no_such_depot", mark("There is no depot of this name."))
    return found
