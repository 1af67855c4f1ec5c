"""Who is on duty at a depot, now and in the next days: what a failure would set in motion."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, request

from app import clock
from app.access import tongue
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import Connection, connection, transaction
from app.directory.rotas import service as rotas
from app.directory.rotas import store as rotas_store
from app.dispatch.oncall import forms, moments, service, store, texts, views
from app.errors import Problem
from app.languages.language import mark
from app.theme import respond, speaking
from app.theme.times import When

blueprint = Blueprint("oncall_pages", __name__, template_folder="../templates")
respond.calm_errors(blueprint)
tongue.begin(blueprint)

_WEEK = timedelta(days=7)


@blueprint.get("/console/oncall")
@require_session("dispatcher")
def choose() -> Response:
    """To the page of `depot`; by default the first one."""
    wanted = request.args.get("depot", "")
    theirs = [one.slug for one in _depots(connection())]
    if not theirs:
        raise Problem(404, "no_such_depot", mark("There is no depot yet."))
    return respond.see_other(f"/console/oncall/{wanted if wanted in theirs else theirs[0]}")


@blueprint.get("/console/oncall/<slug>")
@require_session("dispatcher")
def show(slug: str) -> Response:
    """Who would be called now, or `at` another moment; the next days, and their holes."""
    now, conn = clock.now(), connection()
    depot = _depot(conn, slug)
    asked = request.args.get("at", "")
    meant = moments.meant(asked, depot.zone) if asked else [now]
    at = meant[0]
    answer = service.would_call(conn, slug, at)
    when = When(depot.zone, now, speaking.language())
    known = [one for one in rotas_store.all_of(conn, now, now + _WEEK) if one.depot_id == depot.id]
    shown = []
    for one in known:
        here = When(one.rota.zone, now, speaking.language())
        spans = rotas.schedule(one.rota, now, now + _WEEK)
        shown.append(
            {
                "known": one,
                "now": views.on_duty(one, now, here),
                "rows": views.schedule(one, spans, here),
                "holes": views.holes(rotas.holes(conn, one, now, now + _WEEK), here),
                "until": [
                    (until.isoformat(), here.moment(until))
                    for until in views.until_choices(now, spans, one.rota.zone)
                ],
            }
        )
    return respond.page(
        "dispatch/oncall.html",
        caller=caller(),
        here="oncall",
        depot=depot,
        depots=_depots(conn),
        answer=answer,
        asked=bool(asked),
        offset=moments.offset(at, depot.zone),
        second=f"{meant[1].astimezone(ZoneInfo(depot.zone)):%Y-%m-%dT%H:%M%z}" if meant[1:] else "",
        at=f"{clock.local(at, depot.zone):%Y-%m-%dT%H:%M}",
        calls=views.calls(answer.calls, when),
        last=texts.hour(answer.calls[-1].until, at, answer.calls[-1].until, when),
        rotas=shown,
        when=when,
    )


@blueprint.post("/console/oncall/<slug>")
@require_session("dispatcher")
def act(slug: str) -> Response:
    """`take` a rota until a time, or `make` one."""
    now = clock.now()
    try:
        with transaction() as conn:
            depot = _depot(conn, slug)
            if request.form.get("act") == "make":
                rota = forms.make(conn, depot, now)
                return respond.see_other(f"/console/rotas/{rota}")
            rota = forms.of_depot(conn, depot)
            until = forms.take(conn, rota, now)
            said = When(depot.zone, now, speaking.language()).moment(until)
            had = mark("You have it until {moment}. Whoever was on duty is called no more.")
            flash(speaking.plain(had, moment=said), "good")
    except Problem as problem:
        if problem.status == 404:
            raise
        flash(speaking.said(problem.detail), "bad")
    return respond.see_other(f"/console/oncall/{slug}")


def _depot(conn: Connection, slug: str) -> store.Depot:
    found = store.depot(conn, slug)
    if found is None:
        raise Problem(404, "no_such_depot", mark("There is no depot of this name."))
    return found


def _depots(conn: Connection) -> list[store.Depot]:
    theirs = caller().depots
    return [one for one in store.depots(conn) if theirs is None or one.id in theirs]
