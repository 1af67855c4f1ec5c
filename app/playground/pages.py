"""The playground's pages and API: three panes and a clock, in demo mode only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, current_app, json, request
from markupsafe import escape

from app import clock
from app.chain import wake
from app.db.connection import Connection, connection
from app.directory import accounts_store
from app.errors import PROBLEM_TYPE, Problem
from app.intake import accounts, samples
from app.intake.couriers import adapter
from app.playground import boxes, demo, scene, sender, store, views, visit
from app.settings import Settings
from app.theme import respond

blueprint = Blueprint("playground", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_HEARD = {
    "case": "Heard. The guide says what came of it.",
    "nobody": "Heard, and it belongs to no customer’s case: the answer says what to do instead.",
}
"""What a phone says after its reply."""
MOST_AHEAD = 366 * 86400
"""Seconds that one request may move the clock by: more is a typing error."""


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


@blueprint.before_request
def only_in_demo_mode() -> None:
    """Refuse outside demo mode, and refuse what another site makes a browser post."""
    if not _settings().demo:
        abort(404)
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Problem(403, "cross_site", "Another site may not move this playground.")


@blueprint.after_request
def tell_htmx(answer: Response) -> Response:
    """A form's error as its sentence alone, and as a success: of an error htmx shows nothing."""
    if request.method == "POST" and _by_htmx() and answer.status_code >= 400:
        document = answer.get_json(silent=True) or {}
        return respond.private(_words(document.get("detail", "That did not work.")))
    return answer


@blueprint.get("/playground")
def show() -> Response:
    """The three panes."""
    return _page()


def _last(view: scene.Scene) -> str:
    """The courier account that is offered first: the one whose story is shown.

    After the sample of the start it is another one, whose failure lets the telephone ring at once:
    what follows the sample's call within minutes would be gathered with it.
    """
    if view.case is not None and view.case.parcel.tracking_number == demo.SAMPLE_PARCEL:
        return demo.AFTER_SAMPLE
    return view.courier or demo.SAMPLE


def _page(problem: Problem | None = None) -> Response:
    conn = connection()
    facts = _facts(conn)
    listed = accounts_store.accounts(conn)
    recent = store.recent_cases(conn)
    last = _last(facts["view"])
    return respond.page(
        "playground/page.html",
        status=problem.status if problem else 200,
        frames=True,
        fault=problem.detail if problem else "",
        accounts=sorted(listed, key=lambda a: (a["slug"] != last, a["courier"])),
        recent=recent,
        acts=sender.ACTS,
        places=visit.PLACES,
        box=request.args.get("box", ""),
        seen=respond.digest("playground/live.html", **facts),
        **facts,
    )


@blueprint.get("/playground/live")
def live() -> Response:
    """All that moves outside the phones, for the poll."""
    return respond.fragment("playground/live.html", **_facts(connection()))


@blueprint.get("/playground/phone/<who>")
def phone(who: str) -> Response:
    """What one phone shows, as a page of its own: it stands in a frame."""
    facts = _phone(connection(), who)
    seen = respond.digest("playground/inbox.html", **facts)
    return respond.page("playground/phone.html", seen=seen, **facts)


@blueprint.get("/playground/phone/<who>/live")
def phone_live(who: str) -> Response:
    """The phone's inbox, for the poll."""
    return respond.fragment("playground/inbox.html", **_phone(connection(), who))


@blueprint.post("/playground/clock")
def move_clock() -> Response:
    """Move time for every process: `advance_seconds`, or from a form also `minutes`."""
    try:
        now = clock.advance(timedelta(seconds=_seconds()))
    except Problem as problem:
        if request.accept_mimetypes.best_match([PROBLEM_TYPE, "text/html"]) == "text/html":
            return _page(problem)
        raise
    wake.soon()
    if request.is_json:
        return respond.private(_json({"now": now.isoformat()}))
    return _moved()


@blueprint.get("/playground/messages")
def messages() -> Response:
    """What reached the phones and the mailbox, oldest first; narrowed by `to` and `case_id`."""
    case_id = request.args.get("case_id")
    if case_id is not None and not _is_id(case_id):
        raise Problem(422, "bad_case_id", "case_id is a whole number.")
    to = request.args.get("to")
    rows = store.messages(connection(), to, int(case_id) if case_id else None)
    shown = ("id", "channel", "to", "audience", "case_id", "text", "language")
    items = [
        {name: row[name] for name in shown}
        | {"at": row["at"].isoformat(), "links": views.urls(row["written"])}
        | {"case_id": row["case_id"] or None}  # what is nobody's has none
        for row in rows
    ]
    return respond.private(_json({"items": items}))


@blueprint.post("/playground/send")
def send() -> Response:
    """Play the courier of `account`: `what` is one of `sender.ACTS`."""
    if request.is_json:
        body = request.get_json()
        asked = body if isinstance(body, dict) else {}
        answer = sender.send(_settings(), str(asked.get("account")), str(asked.get("what")))
        return respond.private(
            _json({"status": answer.status, "answer": answer.body, "at": answer.at})
        )
    what = request.form.get("what", "")
    sender.try_send(_settings(), request.form.get("account", ""), what)
    return _moved(elsewhere=what in sender.OPENING and "case" in request.args)


@blueprint.get("/playground/keys/<slug>")
def public_keys(slug: str) -> Response:
    """The public keys of a demo account whose courier signs with RSA, as that courier serves."""
    account = accounts.find(slug)
    if account is None or adapter(account.courier).KEY_FORM != "rsa":
        abort(404)
    return respond.private(_json(samples.jwks(*account.secrets)))


def _seconds() -> float:
    if request.is_json:
        body = request.get_json()
        asked = body.get("advance_seconds") if isinstance(body, dict) else None
        wanted = "advance_seconds is a number"
    else:
        minutes = request.form.get("minutes", "")
        text = request.form.get("advance_seconds", "")
        asked = _number(text) if text else (_number(minutes) or 0) * 60
        wanted = "Give a number of minutes"
    if not isinstance(asked, int | float) or isinstance(asked, bool) or not asked > 0:
        raise Problem(422, "bad_advance", f"{wanted} greater than 0.")
    if asked > MOST_AHEAD:
        most = f"The clock moves at most {MOST_AHEAD // 60} minutes ({MOST_AHEAD} seconds) at once."
        raise Problem(422, "bad_advance", most)
    return asked


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _moved(*, elsewhere: bool = False) -> Response:
    """After a form: htmx looks again at once and keeps the phones, a browser loads the page."""
    case = request.args.get("case", "")
    address = f"/playground?case={case}" if _is_id(case) and not elsewhere else "/playground"
    if not _by_htmx():
        return respond.see_other(address)
    if elsewhere:
        return respond.private(Response(status=204, headers={"HX-Redirect": address}))
    answer = respond.private(_words(""))  # takes back what was refused before
    answer.headers["HX-Trigger"] = "moved"
    return answer


def _by_htmx() -> bool:
    return "HX-Request" in request.headers


def _words(text: str) -> Response:
    return Response(escape(text), content_type="text/html; charset=utf-8")


def _json(document: dict[str, Any]) -> Response:
    return Response(json.dumps(document), content_type="application/json")


def _chosen(conn: Connection) -> int | None:
    """The case that is looked at: the one asked for, else the newest."""
    asked = request.args.get("case", "")
    if _is_id(asked) and store.case_exists(conn, int(asked)):
        return int(asked)
    newest = store.recent_cases(conn)
    return newest[0]["id"] if newest else None


def _facts(conn: Connection) -> dict[str, Any]:
    return {
        "view": scene.of(conn, _chosen(conn)),
        "asked": _asked(),
        "answers": sender.answers(_settings()),
    }


def _phone(conn: Connection, who: str) -> dict[str, Any]:
    if who not in boxes.PHONES:
        abort(404)
    seen = scene.of(conn, _chosen(conn))
    found = seen.depot if who == "depot" else seen.customer
    wanted = request.args.get("box") or seen.guide.box
    box = next((b for b in found if b.name == wanted), found[0] if found else views.Box("", "", []))
    return {
        "who": who,
        "box": box,
        "asked": _asked(),
        "when": seen.when,
        "shipper": seen.case.shipper.name if seen.case else "",
        "base": _settings().public_url,
        "linked": views.linked,
        "note": _HEARD.get(request.args.get("heard", ""), ""),
        "said": request.args.get("said", "")[:300],
    }


def _asked() -> str:
    """The case that the address names, to be named again by links and forms."""
    asked = request.args.get("case", "")
    return asked if _is_id(asked) else ""
