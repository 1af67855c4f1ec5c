"""A rota on a page: who is on duty, who stands in, how its shifts and turns are made."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, flash, request

from app import clock
from app.access import links
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import connection, transaction
from app.directory import store as directory
from app.directory.changes import by
from app.directory.rotas import edit_store, rules, standing_in
from app.directory.rotas import service as rotas
from app.directory.rotas.model import Covers
from app.dispatch.oncall import cover_store, forms, store, views
from app.errors import Problem
from app.languages.language import mark
from app.theme import dates, respond
from app.theme.speaking import count, language, plain, said
from app.theme.times import When

blueprint = Blueprint("rota_pages", __name__, template_folder="../templates")
respond.calm_errors(blueprint)

_AHEAD, _BEHIND = timedelta(days=14), timedelta(days=28)
_CHANGES = 20


@blueprint.get("/console/rotas/<rota>")
@require_session("dispatcher")
def show(rota: str) -> Response:
    """The next two weeks, who stands in, and the forms that change it."""
    now, conn = clock.now(), connection()
    known = rotas.read(conn, rota, now - _BEHIND, now + _AHEAD)
    when = When(known.rota.zone, now, language())
    spans = rules.final(known.rota, now, now + _AHEAD)
    nights = views.nights(known.rota, max(now - _BEHIND, known.created_at), now)
    calls = store.calls(conn, list(known.people), now - _BEHIND)
    ahead = [one for one in known.rota.overrides if one.ends_at > now]
    return respond.page(
        "dispatch/rota.html",
        caller=caller(),
        here="oncall",
        known=known,
        rota=known.rota,
        now_on=views.on_duty(known, now, when),
        rows=views.schedule(known, spans, when),
        holes=views.holes(rotas.holes(conn, known, now, now + _AHEAD), when),
        overrides=views.overrides(known, ahead, when),
        asked=[
            f"{views.times(one.starts_at, one.ends_at, when)}: {one.asked_by}"
            for one in cover_store.open_of(conn, known.rota.id, now)
        ],
        until=[
            (until.isoformat(), when.moment(until))
            for until in views.until_choices(now, spans, known.rota.zone)
        ],
        shifts=[
            {"shift": one, "people": views.in_turn(one, known.people)} for one in known.rota.shifts
        ],
        empty=range(len(known.rota.shifts), len(known.rota.shifts) + forms.ROWS),
        swaps=views.swaps(known, spans, when),
        days={day: dates.weekday(day, language(), "abbreviated") for day in range(1, 8)},
        covers=Covers,
        everybody=directory.everybody(conn),
        load=views.load(known, nights, calls),
        changes=edit_store.changes(conn, known.rota.id, _CHANGES),
        feed=links.at(f"/rotas/{rota}.ics?token={rotas.feed_token(known)}"),
        when=when,
        today=f"{clock.local(now, known.rota.zone):%Y-%m-%dT%H:%M}",
    )


@blueprint.post("/console/rotas/<rota>")
@require_session("dispatcher")
def act(rota: str) -> Response:
    """Do what the button says: `take`, `stand_in`, `swap`, `cover`, `drop`, `change` and so on."""
    try:
        flash(_act(rota, request.form.get("act", "")), "good")
    except Problem as problem:
        if problem.status == 404:
            raise
        flash(said(problem.detail), "bad")
    return respond.see_other(f"/console/rotas/{rota}")


def _act(rota: str, button: str) -> str:  # noqa: PLR0911 - one per button
    now, who = clock.now(), by(caller())
    with transaction() as conn:
        known = rotas.read(conn, rota, now, now)
        when = When(known.rota.zone, now, language())
        match button:
            case "take":
                until = when.moment(forms.take(conn, rota, now))
                return plain("You have it until {moment}.", moment=until)
            case "stand_in":
                forms.stand_in(conn, known, now)
                return plain("It is in the schedule, and in every calendar that follows it.")
            case "cover":
                asked = forms.ask_for_cover(conn, known, now)
                return count(
                    "{number} person is asked. Who says yes has it.",
                    "{number} people are asked. Who says yes has it.",
                    asked,
                )
            case "swap":
                return forms.swap(conn, known, now)
            case "drop":
                standing_in.drop_override(conn, rota, forms.number("id") or 0, who, now)
                return plain("It is again as it was planned.")
            case "change":
                forms.change(conn, known, now)
                return plain("The rota is changed.")
            case "import" if caller().may("supervisor"):
                text = request.form.get("calendar", "").strip()
                found = rotas.import_calendar(conn, rota, text, who, now)
                return count(
                    "The calendar is read: {number} shift in the next year.",
                    "The calendar is read: {number} shifts in the next year.",
                    found,
                )
            case "feed" if caller().may("supervisor"):
                rotas.renew_feed(conn, rota, who, now)
                return plain("The calendar has a new link; the ones before open nothing any more.")
            case _:
                raise Problem(422, "invalid", mark("Only a supervisor can do that."))
