"""The page behind the link of somebody who is asked for cover: looking changes nothing."""

from __future__ import annotations

from flask import Blueprint, Response

from app import clock
from app.access import links, tongue
from app.db.connection import Connection, connection, transaction
from app.directory import store as directory
from app.directory.model import Person
from app.directory.rotas import service as rotas
from app.dispatch.oncall import cover_store, covers, views
from app.dispatch.oncall.cover_store import Cover
from app.errors import Problem
from app.languages.language import mark
from app.theme import respond
from app.theme.times import When

blueprint = Blueprint("cover_pages", __name__, template_folder="../templates")
respond.calm_errors(blueprint)


@blueprint.get("/o/<token>")
def show(token: str) -> Response:
    """Which shift it is about, and whether somebody has it."""
    conn = connection()
    cover_id, person = _who(conn, token)
    cover = cover_store.find(conn, cover_id)
    if cover is None:
        raise Problem(404, "unknown_link", mark("This link is not known."))
    return _page(conn, token, cover, person)


@blueprint.post("/o/<token>")
def accept(token: str) -> Response:
    """Take the shift; whoever is late reads who has it."""
    with transaction() as conn:
        cover_id, person = _who(conn, token)
        covers.accept(conn, cover_id, person, clock.now())
    return respond.see_other(f"/o/{token}")


def _who(conn: Connection, token: str) -> tuple[int, Person]:
    cover_id, person_id = links.read("cover", token)
    person = directory.person(conn, person_id)
    if person is None:
        raise Problem(404, "unknown_link", mark("This link is not known."))
    tongue.use(link=person.language)
    return cover_id, person


def _page(conn: Connection, token: str, cover: Cover, person: Person) -> Response:
    now = clock.now()
    rota = rotas.read(conn, cover.rota, now, now).rota
    when = When(rota.zone, now, person.speaks)
    return respond.page(
        "dispatch/cover.html",
        token=token,
        cover=cover,
        person=person,
        rota=rota,
        at=views.times(cover.starts_at, cover.ends_at, when),
        over=cover.ends_at <= now,
    )
