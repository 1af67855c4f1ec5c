"""People: who works here, how they are reached, what they may, and where they are signed in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request

from app import clock, languages
from app.access import agents, scope, sessions_store
from app.access.keys import Caller, caller
from app.access.session import require_session
from app.db.connection import Connection, connection, transaction
from app.directory import changes_store
from app.directory import store as directory
from app.directory.changes import by
from app.errors import Problem
from app.languages.language import mark
from app.managing import called, endpoints_pages, frame, people, shippers_store
from app.managing import people_store as store
from app.managing.endpoints import Subject
from app.managing.people import Wanted
from app.theme import respond
from app.theme.speaking import language, plain
from app.theme.times import When

blueprint = Blueprint("manage_people", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_WAYS = {"voice": mark("Ring the phone"), "sms": mark("Text message"), "email": mark("E-mail")}
"""In the order in which they are tried."""
_ROLES = ("dispatcher", "supervisor", "admin", "shipper")


@blueprint.get("/console/manage")
@require_session("supervisor")
def begin() -> Response:
    """Where managing begins."""
    return respond.see_other("/console/manage/people")


@blueprint.get("/console/manage/people")
@require_session("supervisor")
def listing() -> Response:
    """Everybody whom the caller manages, and the form to add somebody."""
    return _list()


@blueprint.post("/console/manage/people")
@require_session("supervisor")
def add() -> Response:
    """Add somebody."""
    wanted = _wanted(caller(), ())
    try:
        with transaction() as conn:
            person = people.add(conn, by(caller()), wanted, clock.now())
    except Problem as problem:
        return _list(problem)
    flash(plain("{name} is added and can sign in.", name=person.name), "good")
    return respond.see_other(f"/console/manage/people/{person.id}")


@blueprint.get("/console/manage/people/<id:person_id>")
@require_session("supervisor")
def show(person_id: int) -> Response:
    """One person."""
    return _page(person_id)


@blueprint.post("/console/manage/people/<id:person_id>")
@require_session("supervisor")
def act(person_id: int) -> Response:
    """Change the person; or `act`: `remove` them, or `sign_out` everywhere."""
    who, now = caller(), clock.now()
    try:
        with transaction() as conn:
            person = _theirs(conn, who, person_id)
            match request.form.get("act", ""):
                case "remove":
                    people.remove(conn, by(who), person_id, now)
                    said = plain(
                        "{name} is removed: no calls, no keys, no sign-in.", name=person.name
                    )
                case act if act in endpoints_pages.ACTS:
                    said = endpoints_pages.act(conn, _subject(person), now)
                case "sign_out":
                    sessions_store.end_of(conn, person_id=person_id)
                    said = plain("{name} is signed out everywhere.", name=person.name)
                case _:
                    known = [way for way in person.channels if way not in _WAYS]
                    fresh = people.change(conn, by(who), person_id, _wanted(who, known), now)
                    said = plain("Saved.") if fresh else plain("Nothing was changed.")
    except Problem as problem:
        if problem.status in {403, 404}:
            raise
        return _page(person_id, problem)
    flash(said, "good")
    gone = request.form.get("act") == "remove"
    return respond.see_other("/console/manage/people" + ("" if gone else f"/{person_id}"))


def _subject(person: store.Person) -> Subject:
    return Subject("person", person.id, person.name, person.depots)


def _theirs(conn: Connection, who: Caller, person_id: int) -> store.Person:
    """Somebody whom the caller manages, locked.

    Raises:
        Problem: 403 that is for an admin; 404 nobody is.
    """
    person = people.find(conn, person_id)
    people.check_may(who, person.role, person.depots)
    return person


def _wanted(who: Caller, other_ways: Any) -> Wanted:
    """What the form says, if the caller may say so.

    Raises:
        Problem: 403 that is for an admin; 404 for a depot that is not theirs.
    """
    form, slugs = request.form, request.form.getlist("depot")
    scope.check(who.sees, "slug", slugs)
    ids = {slug: depot_id for depot_id, slug, _ in store.depots(connection(), None)}
    role = form.get("role", "dispatcher")
    depots = None if form.get("every") else [ids[slug] for slug in slugs if slug in ids]
    people.check_may(who, role, depots)
    if role not in _ROLES:
        raise Problem(422, "person_unusable", mark("There is no such role."))
    ticked = form.getlist("channel")
    return Wanted(
        name=form.get("name", ""),
        phone=form.get("phone", ""),
        email=form.get("email", ""),
        channels=[*(way for way in _WAYS if way in ticked), *other_ways],
        role=role,
        depots=depots,
        shipper=form.get("shipper", "") if role == "shipper" else "",
        language=form.get("language", ""),
    )


def _list(problem: Problem | None = None) -> Response:
    conn, who = connection(), caller()
    return _respond(
        "managing/people.html",
        problem,
        people=store.listed(conn, who.depots),
        depots=store.depots(conn, who.depots),
    )


def _page(person_id: int, problem: Problem | None = None) -> Response:
    who = caller()
    with transaction() as conn:
        person = _theirs(conn, who, person_id)
        shown = When("UTC", clock.now(), language())
        written_to = endpoints_pages.shown(conn, _subject(person), shown)
    depots = store.depots(conn, who.depots)
    theirs = [name for _, slug, name in depots if person.depots is None or slug in person.sees]
    now = clock.machine_now()
    ladders = next(row["ladders"] for row in directory.people(conn) if row["id"] == person_id)
    return _respond(
        "managing/person.html",
        problem,
        person=person,
        depots=depots,
        ladders=ladders,
        called=called.read(conn, person, next(iter(theirs), person.name), clock.now()),
        sessions=sessions_store.of(conn, now, person_id=person_id),
        browser=agents.in_words,
        seen=When("UTC", now, language()),
        changes=changes_store.newest(conn, None, 10, kind="person", subject_id=person_id),
        **written_to,
    )


def _respond(template: str, problem: Problem | None, **facts: Any) -> Response:
    return frame.page(
        template,
        "people",
        problem,
        ways=_WAYS,
        languages=languages.known().values(),
        roles=_ROLES if caller().role == "admin" else _ROLES[:1],
        shippers=shippers_store.listed(connection()) if caller().role == "admin" else [],
        **facts,
    )
