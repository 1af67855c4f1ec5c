"""Policies: in words, as a form of what people change, and whole; for admins."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, flash, request

from app import clock
from app.access.keys import caller
from app.access.session import require_session
from app.chain import registry
from app.chain.policy import STANDARD
from app.db.connection import connection, transaction
from app.directory import changes_store
from app.directory.changes import by
from app.errors import Problem
from app.languages.language import mark
from app.managing import forms, frame
from app.managing.dry_runs import store as tries
from app.managing.policies import durations, service, store, values
from app.managing.policies.store import Shipper
from app.theme import respond
from app.theme.speaking import plain

blueprint = Blueprint("manage_policies", __name__, template_folder="../templates")
respond.calm_errors(blueprint)

_LIST = "/console/manage/policies"
_SHOWN = 20
_TRIES = 5


@blueprint.get(_LIST)
@require_session("admin")
def listing() -> Response:
    """Every shipper and its policy."""
    return frame.page(
        "managing/policies.html", "policies", None, shippers=store.listed(connection())
    )


@blueprint.get(_LIST + "/<shipper>")
@require_session("admin")
def show(shipper: str) -> Response:
    """A shipper's policy, or the `version` that it has or had."""
    with transaction() as conn:
        found = service.find(conn, shipper)
    return _page(found, _version(found))


@blueprint.post(_LIST + "/<shipper>")
@require_session("admin")
def act(shipper: str) -> Response:
    """Let new cases run by what the form says: the `values`, or the whole `document`."""
    with transaction() as conn:
        found = service.find(conn, shipper)
    try:
        body = wanted(found)
        with transaction() as conn:
            name = forms.words("name", 80) or found.policy
            number = service.put(conn, by(caller()), shipper, name, body, clock.now())
    except Problem as problem:
        return page(found, problem)
    held = plain("Version {number} holds for new cases. Running ones keep theirs.", number=number)
    flash(forms.saved(bool(number), held), "good")
    return respond.see_other(f"{_LIST}/{shipper}")


def wanted(shipper: Shipper) -> dict[str, Any]:
    """The policy that the form says.

    Raises:
        Problem: 422, it cannot be used; 404, there is no such version.
    """
    if request.form.get("act") == "document":
        return service.read(request.form.get("document", ""))
    base = _version(shipper)
    if base is None:
        raise Problem(404, "not_found", mark("There is no such version of this policy."))
    try:
        body = values.changed(base, request.form)
    except values.Unreadable as error:
        faults = error.faults.items()
        errors = [{"field": name, "code": "invalid", "detail": why} for name, why in faults]
        why = mark("A value cannot be read.")
        raise Problem(422, "policy_unusable", why, errors=errors) from error
    return service.check(body)


def page(shipper: Shipper, problem: Problem) -> Response:
    """The form again, with what is wrong."""
    return _page(shipper, _version(shipper), problem)


def _version(shipper: Shipper) -> dict[str, Any] | None:
    """The body that the page is about: of the version asked for, else the one in use."""
    asked = forms.number(request.values.get("version", ""))
    if not asked or asked == shipper.policy_id:
        return shipper.body
    return store.version(connection(), shipper.id, asked)


def _page(
    shipper: Shipper, body: dict[str, Any] | None, problem: Problem | None = None
) -> Response:
    if body is None:
        raise Problem(404, "not_found", mark("There is no such version of this policy."))
    asked = forms.number(request.values.get("version", "")) or shipper.policy_id
    return frame.page(
        "managing/policy.html",
        "policies",
        problem,
        shipper=shipper,
        version=asked,
        groups=values.GROUPS,
        waits=values.waits(body),
        written=lambda field: values.written(field, body),
        span=durations.words,
        flow=_flow(body),
        document=request.form.get("document") or json.dumps(_ordered(body), indent=2),
        tries=tries.newest(connection(), shipper.id, _TRIES),
        changes=changes_store.newest(
            connection(), None, _SHOWN, kind="policy", subject_id=shipper.id
        ),
    )


def _ordered(body: dict[str, Any]) -> dict[str, Any]:
    """The same with its names in the order of the standard one: the database keeps none."""
    names = [*(name for name in STANDARD if name in body), *sorted(body.keys() - STANDARD.keys())]
    found = {name: body[name] for name in names}
    known = {name: number for number, name in enumerate(STANDARD["after"])}
    sources = sorted(body["after"], key=lambda name: (known.get(name, len(known)), name))
    return found | {"after": {name: body["after"][name] for name in sources}}


def _flow(body: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    """What follows what, in words: after what, how it ended, and what happens then."""
    return [
        (registry.label(source), outcome, [*map(values.in_words, entries)])
        for source, outcomes in _ordered(body)["after"].items()
        for outcome, entries in outcomes.items()
    ]
