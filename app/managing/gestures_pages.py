"""What each shipper gives to customers it let down, within which budget; for admins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request

from app import clock
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import connection, transaction
from app.directory.changes import by
from app.errors import Problem
from app.gestures import codes_store, service, store
from app.gestures.model import Rules
from app.managing import gestures, shippers_store
from app.managing.frame import page
from app.theme import respond

blueprint = Blueprint("manage_gestures", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_GIVEN = ("kind", "currency", "granted_by", "first", "regular", "share", "month", "times", "days")
_SHOWN = 50
"""Gestures in the list of the page."""


@blueprint.get("/console/manage/gestures")
@require_session("admin")
def listing() -> Response:
    """The shippers."""
    conn = connection()
    shippers = shippers_store.listed(conn)
    with_rules = store.rules(conn, [one.id for one in shippers])
    return page(
        "managing/gestures.html", "gestures", None, shippers=shippers, with_rules=with_rules
    )


@blueprint.get("/console/manage/gestures/<shipper>")
@require_session("admin")
def show(shipper: str) -> Response:
    """What one of them gives, what is left, and what was given."""
    return _page(shipper)


@blueprint.post("/console/manage/gestures/<shipper>")
@require_session("admin")
def act(shipper: str) -> Response:
    """Save the rules, add codes, or (`off`) give nothing any more."""
    who, now, form = by(caller()), clock.now(), request.form
    try:
        with transaction() as conn:
            match form.get("act"):
                case "codes":
                    given = gestures.lines(form.get("codes", ""))
                    new = gestures.add_codes(conn, who, shipper, given, now)
                    said = f"{new} of {len(given)} codes were new."
                case "off":
                    gestures.drop(conn, who, shipper, now)
                    said = "Nothing is given any more."
                case _:
                    gestures.put(conn, who, shipper, _rules(), now)
                    said = "Saved. It counts from now on."
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(shipper, problem)
    flash(said, "good")
    return respond.see_other(f"/console/manage/gestures/{shipper}")


def _rules() -> dict[str, Any]:
    form = request.form
    given: dict[str, Any] = {name: form.get(name, "").strip() for name in _GIVEN}
    given["unasked"] = form.getlist("unasked")
    given["regulars_after"] = form.get("regulars_after", "")
    given["not_for"] = form.get("not_for", "")
    return given


def _page(slug: str, problem: Problem | None = None) -> Response:
    now = clock.now()
    with transaction() as conn:
        shipper, rules = gestures.find(conn, slug)
        spent = store.spent(conn, shipper.id, service.month_of(now))
        left = codes_store.free(conn, shipper.id, now.date())
        made = store.listed(conn, shipper.id, 0, _SHOWN)
    of = rules or Rules()
    written = gestures.written(of)
    return page(
        "managing/gesture.html",
        "gestures",
        problem,
        shipper=shipper,
        rules=rules,
        written=_rules() if problem and request.form.get("act") == "rules" else written,
        spent=gestures.whole(spent, of.currency),
        left={_words(worth): number for worth, number in left.items()},
        made=[{**row, "amount": _whole(row)} for row in made],
    )


def _whole(row: dict[str, Any]) -> str:
    amount, currency = row["amount"], row["currency"]
    return f"{gestures.whole(amount, currency)} {currency}" if currency else ""


def _words(worth: str) -> str:
    amount, _, currency = worth.partition(" ")
    return f"{gestures.whole(int(amount), currency)} {currency}"
