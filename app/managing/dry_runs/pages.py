"""A policy tried on past cases: asked for, waited for, read; and taken into use from there."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, flash, request

from app import clock
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import connection, transaction
from app.directory.changes import by
from app.errors import Problem
from app.languages.language import mark
from app.managing import forms, frame
from app.managing.dry_runs import asked, store, texts
from app.managing.dry_runs.service import MOST, Tried
from app.managing.dry_runs.store import DryRun
from app.managing.policies import pages as policies
from app.managing.policies import service
from app.managing.policies.store import Shipper
from app.theme import respond
from app.theme.speaking import plain

blueprint = Blueprint("manage_dry_runs", __name__, template_folder="../templates")
respond.calm_errors(blueprint)

_POLICY = "/console/manage/policies/<shipper>"
_PATIENCE = {"0.5": 0.5, "1": 1.0, "2": 2.0, "3": 3.0}


@blueprint.post(_POLICY + "/tries")
@require_session("admin")
def ask(shipper: str) -> Response:
    """Try what the form says on past cases."""
    with transaction() as conn:
        found = service.find(conn, shipper)
    try:
        tried = _tried(found)
        with transaction() as conn:
            number = asked.ask(conn, tried, caller().name, clock.now())
    except Problem as problem:
        return policies.page(found, problem)
    return respond.see_other(f"{_address(found)}/tries/{number}")


@blueprint.get(_POLICY + "/tries/<id:dry_run>")
@require_session("admin")
def show(shipper: str, dry_run: int) -> Response:
    """How far it is, and then what would differ."""
    with transaction() as conn:
        found = service.find(conn, shipper)
    run = _find(found, dry_run)
    return frame.page(
        "managing/dry_run.html",
        "policies",
        None,
        shipper=found,
        run=run,
        in_use=run.body == found.body,
        texts=texts,
    )


@blueprint.post(_POLICY + "/tries/<id:dry_run>")
@require_session("admin")
def use(shipper: str, dry_run: int) -> Response:
    """Let new cases run by what was tried."""
    with transaction() as conn:
        found = service.find(conn, shipper)
        body = service.check(_find(found, dry_run).body)
        number = service.put(conn, by(caller()), shipper, found.policy, body, clock.now())
    held = plain("Version {number} holds for new cases. Running ones keep theirs.", number=number)
    flash(forms.saved(bool(number), held), "good")
    return respond.see_other(_address(found))


def _tried(shipper: Shipper) -> Tried:
    days = forms.number(request.form.get("days", ""))
    return Tried(
        shipper_id=shipper.id,
        body=policies.wanted(shipper),
        most=min(forms.number(request.form.get("most", "")) or MOST, MOST),
        since=clock.now() - timedelta(days=days) if days else None,
        patience=_PATIENCE.get(request.form.get("patience", "1"), 1.0),
    )


def _find(shipper: Shipper, number: int) -> DryRun:
    run = store.find(connection(), shipper.id, number)
    if run is None:
        raise Problem(404, "not_found", mark("There is no such dry run."))
    return run


def _address(shipper: Shipper) -> str:
    return f"/console/manage/policies/{shipper.slug}"
