"""Depots: their place, their windows, their closed days and their pickup points."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flask import Blueprint, Response, flash, request

from app import clock
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import Connection, connection, transaction
from app.directory import changes_store
from app.directory.changes import by
from app.errors import Problem
from app.languages.language import mark
from app.managing import (
    accounts_store,
    areas,
    depots,
    endpoints_pages,
    forms,
    frame,
    hours,
    people_store,
    words,
)
from app.managing import depots_store as store
from app.managing.depots_store import Depot
from app.managing.endpoints import Subject
from app.managing.forms import saved
from app.theme import respond
from app.theme.speaking import count, language, plain
from app.theme.times import When

blueprint = Blueprint("manage_depots", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_SHOWN = 10
_HOLIDAYS = 3


@blueprint.get("/console/manage/depots")
@require_session("supervisor")
def listing() -> Response:
    """The caller's depots, and the form to add one."""
    return _list()


@blueprint.post("/console/manage/depots")
@require_session("admin")
def add() -> Response:
    """Add a depot; its windows, hours and ladder are said on its own pages."""
    where = depots.Where(
        timezone=forms.words("timezone", 64),
        country=forms.words("country", 2).upper(),
        region=forms.words("region", 8).upper() or None,
    )
    slug, name = forms.words("slug", 64).lower(), forms.words("name", 80)
    try:
        with transaction() as conn:
            in_charge = _can_be_called(conn, forms.number(request.form.get("in_charge", "")))
            depots.add(conn, by(caller()), slug, name, where, in_charge, clock.now())
    except Problem as problem:
        return _list(problem)
    done = plain(
        "{name} is added. Next: when it works, what it offers, and who is called.", name=name
    )
    flash(done, "good")
    return respond.see_other(f"/console/manage/depots/{slug}")


def _list(problem: Problem | None = None) -> Response:
    conn = connection()
    return frame.page(
        "managing/depots.html",
        "depots",
        problem,
        depots=people_store.depots(conn, caller().depots),
        people=_callable(conn),
    )


def _callable(conn: Connection) -> list[tuple[str, str]]:
    """Who can be called, and so be in charge."""
    known = people_store.listed(conn, None) if caller().may("admin") else []
    return [(str(one.id), one.name) for one in known if one.phone or one.email]


def _can_be_called(conn: Connection, person_id: int) -> int:
    """Somebody who can be in charge.

    Raises:
        Problem: 422 there is nobody like that.
    """
    if str(person_id) not in dict(_callable(conn)):
        detail = mark("Say who is in charge: somebody with a number or an address for mail.")
        raise Problem(422, "not_offered_so", detail)
    return person_id


@blueprint.get("/console/manage/depots/<slug>")
@require_session("supervisor")
def show(slug: str) -> Response:
    """One depot."""
    return _page(slug)


@blueprint.post("/console/manage/depots/<slug>")
@require_session("supervisor")
def act(slug: str) -> Response:
    """Do the `act` of the form: see `_do`."""
    try:
        with transaction() as conn:
            depot = depots.find(conn, slug)
            if request.form.get("act") == "add_system":
                made = endpoints_pages.add_system(conn, _subject(depot), clock.now())
            else:
                made, said = {}, _do(conn, depot, clock.now())
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(slug, problem)
    if made:
        return _page(slug, made=made)
    flash(said, "good")
    return respond.see_other(f"/console/manage/depots/{slug}")


def _do(  # noqa: PLR0911 - one case per act
    conn: Connection, depot: Depot, now: datetime
) -> str:
    """What was done, in words."""
    who, form = by(caller()), request.form
    match form.get("act", ""):
        case act if act in endpoints_pages.ACTS:
            return endpoints_pages.act(conn, _subject(depot), now)
        case "place":
            place = (forms.words("name"), forms.words("address"), forms.words("phone"))
            return saved(depots.set_place(conn, who, depot, *place, now))
        case "areas" if caller().may("admin"):
            wanted, account = areas.read(form.get("areas", "")[:10_000]), form.get("account", "")
            return saved(areas.put(conn, who, depot, wanted, now, account=account))
        case "add_window":
            weekdays = sorted(
                {n for n in map(forms.number, form.getlist("weekday")) if 1 <= n <= 7}
            )
            window = (_time("starts"), _time("ends"))
            capacity, cutoff = forms.whole("capacity", 100_000), forms.hours("cutoff")
            depots.add_windows(conn, who, depot, weekdays, window, capacity, cutoff, now)
            return plain("The window is offered from now on.")
        case "remove_window":
            weekday, _, starts = form.get("window", "").partition(" ")
            gone = depots.remove_window(
                conn, who, depot, forms.number(weekday), _read_time(starts), now
            )
            return saved(gone, plain("It is offered no more. What is booked stays."))
        case "close":
            booked = depots.close_on(conn, who, depot, _day("day"), forms.words("why"), now)
            if not booked:
                return plain("The depot is closed on that day; nothing was booked on it.")
            return count(
                "The depot is closed on that day. {number} redelivery is booked on it: see the "
                "list of the day.",
                "The depot is closed on that day. {number} redeliveries are booked on it: see the "
                "list of the day.",
                booked,
            )
        case "open":
            fresh = depots.open_on(conn, who, depot, _day("day"), now)
            return saved(fresh, plain("It is open."))
        case "point":
            facts = {name: forms.words(name) for name in ("name", "address", "hours")} | {
                "ready_in": forms.hours("ready_in"),
                "keeps_for": timedelta(days=forms.whole("keeps_for", 365)),
                "capacity": forms.whole("capacity", 100_000),
            }
            fresh = depots.put_point(
                conn, who, depot, forms.number(form.get("point", "")), facts, now
            )
            return saved(fresh)
    raise Problem(422, "no_such_act", mark("This page cannot do that."))


def _subject(depot: Depot) -> Subject:
    return Subject("depot", depot.id, depot.name, [depot.id])


def _page(
    slug: str, problem: Problem | None = None, made: dict[str, str] | None = None
) -> Response:
    now = clock.now()
    with transaction() as conn:
        depot = depots.find(conn, slug)
        today = clock.local(now, depot.timezone).date()
        known = hours.known(conn, depot, now)
        return frame.page(
            "managing/depot.html",
            "depots",
            problem,
            made=made,
            depot=depot,
            areas=store.areas(conn, depot.id),
            accounts=[one.slug for one in accounts_store.listed(conn)],
            windows=store.windows(conn, depot.id),
            closures=store.closures(conn, depot.id, today),
            points=store.points(conn, depot.id),
            changes=_changes(conn, depot),
            weekdays=words.weekdays(),
            hours=depots.hours,
            opening=known.opening,
            holidays=[words.day(day) for day in known.holidays[:_HOLIDAYS]],
            today=today,
            **endpoints_pages.shown(conn, _subject(depot), When("UTC", now, language())),
        )


def _changes(conn: Connection, depot: Depot) -> list[changes_store.Change]:
    """What was changed last, the newest first."""
    kinds = ("depot", "opening_hours", "ladder", "window", "closure", "pickup_point")
    found = [
        one
        for kind in kinds
        for one in changes_store.newest(conn, None, _SHOWN, kind=kind, subject_id=depot.id)
    ]
    return sorted(found, key=lambda one: one.id, reverse=True)[:_SHOWN]


def _time(name: str) -> time:
    return _read_time(request.form.get(name, ""))


def _read_time(text: str) -> time:
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise Problem(422, "not_offered_so", mark("A time is written like 09:00.")) from None


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise Problem(422, "not_offered_so", mark("A day is written like 2026-12-24.")) from None
