"""Where one arrives, sign-out, and everywhere that one is signed in."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, request

from app import clock, languages
from app.access import agents, session, tongue
from app.access import sessions_store as store
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import connection
from app.theme import respond, speaking
from app.theme.times import When

blueprint = Blueprint("access_pages", __name__, template_folder="templates")
respond.calm_errors(blueprint)
tongue.begin(blueprint)


@blueprint.get("/")
def arrive() -> Response:
    """Where somebody begins who knows nothing but our name."""
    demo = current_app.config["SETTINGS"].demo
    return respond.see_other("/playground" if demo else "/console")


@blueprint.post("/sign-out")
def leave() -> Response:
    """Forget who is here."""
    session.sign_out()
    return respond.see_other("/sign-in")


@blueprint.get("/console/sessions")
@require_session("dispatcher", "shipper")
def sessions() -> Response:
    """Where the caller is signed in, the newest first."""
    now, who = clock.machine_now(), caller()
    found = store.of(connection(), now, person_id=who.person_id, key_id=who.key_id)
    return respond.page(
        "access/sessions.html",
        caller=who,
        here="sessions",
        sessions=found,
        browser=agents.in_words,
        languages=languages.known().values(),
        mine=store.language_of(connection(), who.person_id) if who.person_id else None,
        when=When("UTC", now, speaking.language()),
    )


@blueprint.post("/console/sessions")
@require_session("dispatcher", "shipper")
def end_sessions() -> Response:
    """End the session `end` of one's own, or all but this one (`others`), or all (`all`)."""
    who, asked = caller(), request.form.get("end", "")
    mine = {"person_id": who.person_id, "key_id": who.key_id}
    if asked == "all":
        store.end_of(connection(), **mine)
        session.sign_out()
        return respond.see_other("/sign-in")
    if asked == "others":
        ended = store.end_of(connection(), but=who.session_id, **mine)
    else:
        ended = store.end_of(connection(), only=_number(asked), **mine)
    if ended:
        flash(speaking.count("Signed out there.", "Signed out in {number} places.", ended), "good")
    else:
        flash(speaking.plain("Nobody was signed in there any more."), "")
    return respond.see_other("/console/sessions")


@blueprint.post("/console/language")
@require_session("dispatcher", "shipper")
def speak() -> Response:
    """Let the caller be called and written to in `language`, and read these pages in it."""
    who, code = caller(), request.form.get("language", "")
    answer = respond.see_other("/console/sessions")
    if code not in languages.known():
        return answer
    chosen = languages.get(code)
    if who.person_id:
        store.speak(connection(), who.person_id, code)
        said = chosen.say("We call and write to you in {language}.", language=chosen.name)
    else:
        said = chosen.say("These pages speak {language} now.", language=chosen.name)
    flash(said, "good")
    return tongue.choose(answer, code)


def _number(text: str) -> int:
    """A session's id; 0, which none has, for what is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
