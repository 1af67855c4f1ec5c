"""A rota's calendar, for calendars that follow it: their link carries a token."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from app import clock
from app.access import links
from app.db.connection import connection
from app.directory.rotas import ical, rules
from app.directory.rotas import service as rotas
from app.directory.rotas import store as rotas_store
from app.errors import Problem
from app.languages.language import mark
from app.theme import respond

blueprint = Blueprint("rota_feed", __name__)
respond.calm_errors(blueprint)

_BEHIND, _AHEAD = timedelta(days=31), timedelta(days=92)


@blueprint.get("/rotas/<rota>.ics")
def feed(rota: str) -> Response:
    """The final schedule for a calendar, whose link carries a token.

    Raises:
        Problem: 404, the token is forged, another rota's, or an older one.
    """
    now, conn = clock.now(), connection()
    since, until = now - _BEHIND, now + _AHEAD
    known = rotas_store.by_slug(conn, rota, since, until)
    if known is None:
        raise Problem(404, "unknown_link", mark("This link is not known."))
    rotas.check_feed(known, request.args.get("token", ""))
    spans = [one for one in rules.final(known.rota, since, until) if one.person in known.people]
    host = urlsplit(links.at("")).hostname or "reknock"
    made = ical.write(known.rota, spans, known.people, host, now)
    return respond.private(Response(made, content_type="text/calendar; charset=utf-8"))
