"""What each shipper gives to customers it let down, within which budget; for admins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request
from markupsafe import Markup

from app import clock
from app.access.keys import caller
from app.access.session import require_session
from app.cases.reasons import NAMED, in_words
from app.cases.timeline.kinds import Kind
from app.db.connection import connection, transaction
from app.directory.changes import by
from app.errors import Problem
from app.gestures import codes_store, service, store
from app.gestures.model import Rules
from app.intake.reasons import OPENING, REASONS
from app.languages import prices
from app.languages.language import mark
from app.managing import frame, gestures, shippers_store
from app.managing.forms import saved
from app.theme import respond
from app.theme.speaking import language, plain, said

blueprint = Blueprint("manage_gestures", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_GIVEN = (
    *("kind", "currency", "granted_by", "first", "regular", "share", "month", "times", "days"),
    "regulars_after",
)
_SHOWN = 50
"""Gestures in the list of the page."""
_KINDS = {"voucher": mark("Voucher"), "credit": mark("Credit"), "refund": mark("Money back")}
_GRANTS = {"codes": mark("A list of codes"), "webhook": mark("The shipper’s system")}
_WHY = {
    "promise": mark("a broken promise"),
    "rating": mark("a low rating"),
    "person": mark("what somebody decided"),
}
_STATES = {
    "asked": mark("asked of the shipper"),
    "made": mark("given"),
    "refused": mark("not granted"),
    "lapsed": mark("not answered"),
}


@blueprint.get("/console/manage/gestures")
@require_session("admin")
def listing() -> Response:
    """The shippers, each with what it gives."""
    conn = connection()
    shippers = shippers_store.listed(conn)
    rules = store.rules(conn, [one.id for one in shippers])

    def given_by(shipper_id: int) -> str:
        of = rules.get(shipper_id)
        return said(_KINDS[of.kind]) if of else plain("nothing")

    return frame.page(
        "managing/gestures.html", "gestures", None, shippers=shippers, given_by=given_by
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
                    done = plain("New codes: {new} of {all}.", new=new, all=len(given))
                case "off":
                    changed = gestures.drop(conn, who, shipper, now)
                    done = saved(changed, plain("Nothing is given any more."))
                case _:
                    changed = gestures.put(conn, who, shipper, _rules(), now)
                    done = saved(changed, plain("Saved. It counts from now on."))
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(shipper, problem)
    flash(done, "good")
    return respond.see_other(f"/console/manage/gestures/{shipper}")


def _rules() -> dict[str, Any]:
    form = request.form
    given: dict[str, Any] = {name: form.get(name, "").strip() for name in _GIVEN}
    return {**given, **{name: form.getlist(name) for name in ("unasked", "not_for")}}


def _page(slug: str, problem: Problem | None = None) -> Response:
    now = clock.now()
    with transaction() as conn:
        shipper, rules = gestures.find(conn, slug)
        spent = store.spent(conn, shipper.id, service.month_of(now))
        left = codes_store.free(conn, shipper.id, now.date())
        made = store.listed(conn, shipper.id, 0, _SHOWN)
    of = rules or Rules()
    return frame.page(
        "managing/gesture.html",
        "gestures",
        problem,
        shipper=shipper,
        rules=rules,
        written=gestures.written(of),
        spent=_money(spent, of.currency),
        budget=_money(of.month, of.currency),
        left={_worth(worth): number for worth, number in left.items()},
        made=[_row(one) for one in made],
        kinds=[(name, _KINDS[name]) for name in ("voucher", "credit")],
        grants=[*_GRANTS.items()],
        reasons=_reasons(),
        event=Markup("<code>{}</code>").format(f"case.{Kind.GESTURE_ASKED}"),
    )


def _reasons() -> list[tuple[str, str]]:
    """What fails by no fault of a customer, with its words."""
    earn = (
        code
        for code, reason in REASONS.items()
        if reason.fault != "recipient" and reason.kind in OPENING and code in NAMED
    )
    return [(code, in_words(language(), code)) for code in earn]


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "kind": said(_KINDS[row["kind"]]),
        "why": said(_WHY[row["why"]]),
        "state": said(_STATES[row["state"]]),
        "amount": _money(row["amount"], row["currency"]) if row["currency"] else "",
    }


def _worth(worth: str) -> str:
    amount, _, currency = worth.partition(" ")
    return _money(int(amount), currency)


def _money(amount: int, currency: str) -> str:
    return prices.amount(amount, currency, language())
