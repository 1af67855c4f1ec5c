"""The customer's page: GET shows, POST acts; an old link shows the current state."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request

from app import clock, languages
from app.access import links, tongue
from app.access.own_pages import Opened
from app.booking import offer, waiting
from app.booking import service as booking
from app.booking.cancelling import CANCEL, UNDO
from app.cases import own_page, passphrase, speech
from app.cases import service as cases
from app.cases import store as case_store
from app.cases.model import Case
from app.chain import policy
from app.chain import store as steps
from app.channels import providers
from app.contact import preferred
from app.customer import fresh, refusals, service
from app.customer import store as customer_store
from app.customer.asked import service as asked
from app.customer.attempts import service as attempts
from app.customer.bookings import texts
from app.customer.delegates import service as delegates
from app.customer.delegates import store as delegate_store
from app.customer.viewing import view as viewed
from app.customer.views import View
from app.customer.wanted import service as wanted
from app.customer.wrong import service as wrong
from app.db.connection import Connection, connection
from app.db.together import Reads, first, together
from app.decisions import service as decisions
from app.decisions import store as decision_store
from app.directory import domains
from app.dispatch import in_vain_store as dispatch
from app.disputes import store as disputes
from app.errors import Problem
from app.gestures import service as gestures_service
from app.gestures import store as gestures
from app.locality.written import one_line
from app.photos import uploads
from app.promises import store as promises
from app.questions import store as questions
from app.shipments.corrections import forms as corrections
from app.shipments.needs import store as needs
from app.theme import respond, speaking

blueprint = Blueprint("customer_pages", __name__, template_folder="templates")
respond.calm_errors(blueprint)


# Of a link that is not known nobody knows whose it is: their browser says what they read.
blueprint.before_request(tongue.as_asked)

_SCORES = frozenset("12345")


_READS: Reads = {
    "case": case_store.CASE,
    "timeline": case_store.TIMELINE,
    "later": case_store.OPEN_LATER,
    "decisions": decision_store.OF_CASE,
    "promises": promises.OF_CASE,
    "waiting": steps.WAITING,
    "questions": questions.OF_CASE,
    "calls": dispatch.IN_VAIN,
    "disputes": disputes.OF_CASE,
    "delegates": delegate_store.OF_CASE,
    "gestures": gestures.MADE,
    "invited": customer_store.INVITED,
    "needs": needs.OF_CASE,
    **wanted.READS,
    **offer.READS,
    **corrections.READS,
}


def _view(conn: Connection, token: str) -> tuple[View, corrections.Shown]:
    """What the page shows, and where the parcel goes."""
    opened, now = own_page.read(token), clock.now()
    got = together(conn, _READS, case=opened.case_id, now=now)
    case = _opened(conn, opened, first(got["case"]))
    known = offer.known(conn, case, got)
    options = offer.options(conn, case, now, known)
    wait = known.wait if options.full else None
    view = viewed(
        case,
        cases.recorded(got["timeline"]),
        options,
        known.stands if case.booked else None,
        decisions.known_of(case, got["decisions"]),
        wait,
        waiting.ahead(conn, wait) if wait else 0,
        got["promises"],
        dict(got["waiting"]),
        got["questions"],
        None if case.closed else first(got["calls"]),
        now,
        disputed=got["disputes"],
        needs=first(got["needs"]),
        later=first(got["later"]) if case.closed else None,
        wanted=wanted.ways(conn, case, got),
        delegates=got["delegates"],
        gifts=[gestures_service.gift(made) for made in got["gestures"]],
        invited=bool(got["invited"]),
    )
    return view, corrections.shown(got)


def _opened(conn: Connection, opened: Opened, case: Case | None) -> Case:
    """The case that a link opens, if it still does; its page is in its customer's language."""
    if case is None:
        raise Problem(404, "unknown_link", "This link is not known.")
    domains.check(case.shipper_id)
    speaking.use(speech.of(case))
    kept = policy.get(conn, case.policy_id).seconds("link_kept")
    if own_page.ended(case, opened, kept, clock.now()):
        raise own_page.gone()
    return case


@blueprint.errorhandler(Problem)
def _refused(problem: Problem) -> Response:
    """A link that has ended lets its customer ask for another."""
    if problem.code == "link_ended":
        token = (request.view_args or {})["token"]
        return respond.page("customer/ended.html", address=f"/c/{token}")
    return respond.problem_page(problem)


@blueprint.get("/c/<token>")
def show(token: str) -> Response:
    """Where the parcel is, what happened, what comes next, and what can be chosen."""
    return _page(*_view(connection(), token), token)


@blueprint.get("/c/<token>/live")
def live(token: str) -> Response:
    """The part of the page that follows what happens, for the poll; never the form.

    When something else is to be done now than when the page was made, the page is loaded
    again if nothing was picked on it yet; else it only says that there is news.
    """
    view, _ = _view(connection(), token)
    shown, held = request.args.get("phase", ""), request.args.get("held", "")
    untouched = request.args.get("choice", "") == held
    if shown != view.phase and untouched:
        return respond.refresh()
    return respond.fragment("customer/live.html", view=view, token=token, phase=shown, held=held)


@blueprint.post("/c/<token>")
def act(token: str) -> Response:
    """Take what the customer chose, asked, answered or corrected.

    That is a `choice`, whether the courier `came`, a wish to `wait`, a question (`ask`), a
    survey's answer, a `language`, or what is sent (`messages`).
    What is corrected is named by `act`; the answer is `score` and `words`.
    """
    opened, conn = own_page.read(token), connection()
    case = cases.by_ids(conn, [opened.case_id]).get(opened.case_id)
    try:
        uploads.let_in()
        if ended := _on_any_link(opened, case):
            return ended
        case = _opened(conn, opened, case)
        if request.form.get("act") == "not_mine":
            wrong.say(case.id, clock.now())
            return respond.page("customer/ended.html", stopped=True, address=f"/c/{token}")
        if request.form.get("act") == "delegate":
            name = request.form.get("name", "")
            made = links.at(
                f"/d/{delegates.ask(case.id, name, clock.now())}", case.shipper.brand.domain
            )
            return _page(*_view(conn, token), token, link=made)
        case_id = _take(case.id)
    except Problem as problem:
        if problem.code in {"unknown_link", "no_such_case", "link_ended"}:
            raise
        return _page(*_view(conn, token), token, problem)
    if case_id == opened.case_id:
        return respond.see_other(f"/c/{token}")
    return respond.see_other(f"/c/{own_page.token(cases.by_ids(conn, [case_id])[case_id])}")


def _on_any_link(opened: Opened, case: Case | None) -> Response | None:
    """What can be asked for by a link that has ended, too: it goes to the contact on record."""
    if case:
        speaking.use(speech.of(case))
    match request.form.get("act"):
        case "new_link":
            fresh.ask(opened, clock.now())
        case "mine":
            wrong.ask_back(opened, clock.now())
        case _:
            return None
    return respond.page("customer/ended.html", asked=True)


def _take(case_id: int) -> int:
    """Do what was asked; the case that it belongs to."""
    form, now = request.form, clock.now()
    score = form.get("score")
    if score is not None:
        service.rate(case_id, int(score) if score in _SCORES else 0, form.get("words", ""), now)
    elif good := form.get("good_now"):
        service.good_now(case_id, now, good=good == "yes")
    elif form.get("wait"):
        booking.wait(case_id, now)
    elif came := form.get("came"):
        words = form.get("happened", "")
        attempts.answer(case_id, words, uploads.sent(), now, came=came == "yes")
    elif button := form.get("messages"):
        hours = f"{form.get('from', '')}-{form.get('to', '')}"
        wanted.press(case_id, button, now, hours=hours)
    elif form.get("act") == "undelegate":
        delegates.take_back(case_id, form.get("delegate", 0, type=int), now)
    elif code := form.get("language"):
        service.speak(case_id, code)
    elif button := form.get("ask"):
        return asked.press(case_id, button, form.get("message", ""), now)
    elif not _choose(case_id, now) and not service.correct(case_id, form, now):
        raise Problem(422, "nothing_chosen", "Please choose one of these first.")
    return case_id


def _choose(case_id: int, now: datetime) -> bool:
    """What is chosen of the delivery, and how it is handed over; False: it is nothing of that."""
    form, choice = request.form, request.form.get("choice", "")
    match form.get("act", ""):
        case act if choice or act == "leave":
            leave = service.leave_of(case_id, form, uploads.sent())
            service.choose(case_id, choice, now, leave)
        case act if act in {CANCEL, UNDO}:
            service.take_back(case_id, act, now)
        case "needs":
            service.help_at_door(case_id, form, form.getlist("need"), now)
        case _:
            return False
    return True


def _also(view: View) -> list[str]:
    """Further channels by which this customer can be reached if they want to."""
    there = {way.channel for way in view.wanted}
    return [
        channel
        for channel in preferred.possible(view.case)
        if channel not in there and providers.chosen_for(channel)
    ]


def _page(
    view: View,
    where: corrections.Shown,
    token: str,
    problem: Problem | None = None,
    link: str = "",
) -> Response:
    held = view.booking.choice if view.booking and view.changeable else ""
    language = view.when.language
    facts: dict[str, Any] = {"view": view, "token": token, "phase": view.phase, "held": held}
    return respond.page(
        "customer/page.html",
        status=problem.status if problem else 200,
        live=respond.live("customer/live.html", **facts),
        code=own_page.code(view.case),
        code_at=links.at("/c", view.case.shipper.brand.domain).partition("://")[2],
        passphrase=passphrase.of(view.case, language),
        problem=problem,
        refused=refusals.words(language, problem) if problem else "",
        others=[one for one in languages.known().values() if one.code != language.code],
        one_line=one_line,
        chosen=request.form.get("choice", ""),
        where=where,
        given=request.form,
        left=view.left,
        wanted=view.wanted,
        also=_also(view),
        delegates=view.delegates,
        picked=request.args.get("stars", 0, type=int),
        link=link,
        named=request.form.get("name", ""),
        faults=refusals.faults(language, problem),
        **facts,
    )


@blueprint.get("/c/<token>/photos/<photo>")
def photo(token: str, photo: str) -> Response:
    """A photo of a note that is meant for the customer."""
    view, _ = _view(connection(), token)
    shown = [name for line in view.story for name in line.photos]
    return uploads.answer(view.case.id, photo, shown)


@blueprint.get("/c/<token>/calendar.ics")
def calendar(token: str) -> Response:
    """What is booked, for the customer's own calendar."""
    conn = connection()
    opened = own_page.read(token)
    case = cases.by_ids(conn, [opened.case_id]).get(opened.case_id)
    case = _opened(conn, opened, case)
    stands = booking.standing(conn, case.id)
    if stands is None:
        raise Problem(404, "nothing_booked", "Nothing is booked at the moment.")
    body = booking.calendar(
        stands,
        uid_host=urlsplit(current_app.config["SETTINGS"].public_url).hostname or "reknock",
        summary=texts.entry(case, stands),
        description=speech.of(case).say(
            "{url} (or type {code} at {address})",
            url=own_page.url(case),
            code=own_page.code(case),
            address=links.at("/c", case.shipper.brand.domain),
        ),
        now=clock.now(),
    )
    answer = Response(body, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="delivery.ics"'
    return respond.private(answer)
