"""“Ring this phone”: whoever is signed in lets this browser show what they are called for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request

from app import clock
from app.access import agents
from app.access.keys import Caller, caller
from app.access.session import require_session
from app.channels.endpoints import BROWSER
from app.channels.providers.webpush import subscription, vapid
from app.channels.providers.webpush.subscription import Unusable
from app.db.connection import Connection, connection, transaction
from app.directory.changes import by
from app.errors import Problem
from app.languages.language import mark
from app.managing import endpoints, endpoints_pages, people
from app.managing.endpoints import Subject
from app.theme import respond
from app.theme.speaking import language, plain, said
from app.theme.times import When

blueprint = Blueprint("phone_pages", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_PAGE = "/console/phone"


@blueprint.get(_PAGE)
@require_session("dispatcher")
def show() -> Response:
    """The caller's own browsers, and the button for this one."""
    return _page()


@blueprint.post(_PAGE)
@require_session("dispatcher")
def act() -> Response:
    """Add this browser; or `act`: test one, or remove it."""
    who, now = caller(), clock.now()
    try:
        with transaction() as conn:
            mine = _mine(conn, who)
            if request.form.get("act") in endpoints_pages.OF_ONE:
                done = endpoints_pages.act(conn, mine, now)
            else:
                done = _add(conn, who, mine)
    except Problem as problem:
        if problem.status in {403, 404}:
            raise
        return _page(problem)
    flash(done, "good")
    return respond.see_other(_PAGE)


def _add(conn: Connection, who: Caller, mine: Subject) -> str:
    form = request.form
    try:
        address = subscription.address(*(form.get(n, "") for n in ("endpoint", "p256dh", "auth")))
    except Unusable:
        raise Problem(
            422, "endpoint_unusable", mark("This browser gave us no address for messages.")
        ) from None
    label = said(agents.in_words(request.user_agent.string))
    what = (endpoints.PUSH, BROWSER, label)
    if endpoints.add_once(conn, by(who), mine, what, address, clock.now()):
        return plain("This phone rings from now on. Please send a test.")
    return plain("This phone rings already.")


def _mine(conn: Connection, who: Caller) -> Subject:
    """Whoever is signed in.

    Raises:
        Problem: 409, a machine is.
    """
    if who.person_id is None:
        raise Problem(409, "not_a_person", mark("This key belongs to nobody who could be called."))
    person = people.find(conn, who.person_id)
    return Subject("person", person.id, person.name, person.depots)


def _page(problem: Problem | None = None) -> Response:
    conn, who = connection(), caller()
    shown: dict[str, Any] = {"browsers": []}
    if who.person_id is not None:
        mine = Subject("person", who.person_id, who.name, None)
        shown = endpoints_pages.shown(conn, mine, When("UTC", clock.now(), language()))
    return respond.page(
        "managing/phone.html",
        status=problem.status if problem else 200,
        caller=who,
        here="phone",
        problem=problem,
        key=vapid.public_key(),
        **shown,
    )
