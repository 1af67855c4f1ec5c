"""API keys: made and shown once, replaced, revoked; for admins."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, flash, request

from app import clock
from app.access import session
from app.access.keys import ROLES, caller
from app.access.session import require_session
from app.db.connection import Connection, connection, transaction
from app.directory.changes import by
from app.errors import Problem
from app.languages.language import mark
from app.managing import accounts_store, forms, frame, keys, keys_store, people_store, words
from app.theme import respond
from app.theme.speaking import plain

blueprint = Blueprint("manage_keys", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_LIST = "/console/manage/keys"
_SHOWN = 100
_LASTS = (
    ("30", mark("30 days")),
    ("90", mark("90 days")),
    ("365", mark("a year")),
    ("0", mark("for good")),
)


@blueprint.get(_LIST)
@require_session("admin")
def listing() -> Response:
    """The keys, and the form to make one."""
    return _page()


@blueprint.post(_LIST)
@require_session("admin")
def act() -> Response:
    """Make a key and show it once; or replace or revoke the one that `key` names."""
    key_id = forms.number(request.form.get("key", ""))
    if request.form.get("act") != "revoke" and (door := session.asks_again(_LIST)):
        return door
    try:
        with transaction() as conn:
            made = _do(conn, key_id)
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(problem)
    if made:
        return _page(made=made)
    flash(plain("Number {key_id} is revoked: it opens nothing any more.", key_id=key_id), "good")
    return respond.see_other(_LIST)


def _do(conn: Connection, key_id: int) -> dict[str, str]:
    """What was made, by its name, to be shown once."""
    who, now = by(caller()), clock.now()
    match request.form.get("act", ""):
        case "create":
            name = forms.words("name", keys.LONGEST_NAME + 1)
            return {name: keys.create(conn, who, _wanted(conn, name), now)}
        case "rotate":
            name = keys.find(conn, key_id).name
            return {name: keys.rotate(conn, who, key_id, forms.keep(), now)}
        case "revoke":
            _revoke(conn, key_id)
            return {}
    raise Problem(422, "no_such_act", mark("This page cannot do that."))


def _revoke(conn: Connection, key_id: int) -> None:
    if caller().key_id == key_id:
        raise Problem(
            409,
            "not_oneself",
            mark("You are signed in with this key: sign in otherwise to revoke it."),
        )
    keys.revoke(conn, by(caller()), key_id, clock.now())


def _wanted(conn: Connection, name: str) -> keys.New:
    form = request.form
    shippers = {slug: shipper_id for shipper_id, slug, _ in accounts_store.shippers(conn)}
    people = {str(one.id): one.id for one in people_store.listed(conn, None)}
    slugs = form.getlist("depot")
    depots = [depot_id for depot_id, slug, _ in people_store.depots(conn, None) if slug in slugs]
    days = forms.number(form.get("lasts", ""))
    return keys.New(
        role=form.get("role", ""),
        name=name,
        shipper_id=shippers.get(form.get("shipper", "")),
        person_id=people.get(form.get("person", "")),
        depots=depots or None,
        lasts=timedelta(days=days) if days else None,
    )


def _page(problem: Problem | None = None, made: dict[str, str] | None = None) -> Response:
    conn, now = connection(), clock.now()
    found = keys_store.listed(conn, now, _SHOWN + 1)
    return frame.page(
        "managing/keys.html",
        "keys",
        problem,
        keys=found[:_SHOWN],
        more=len(found) > _SHOWN,
        made=made,
        just=session.just_signed_in(),
        now=now,
        opens=keys.opens,
        keeps=forms.KEEPS,
        lasts=_LASTS,
        roles=[(role, words.role(role)) for role in ROLES],
        shippers=[(slug, name) for _, slug, name in accounts_store.shippers(conn)],
        people=[(one.id, one.name) for one in people_store.listed(conn, None)],
        depots=people_store.depots(conn, None),
    )
