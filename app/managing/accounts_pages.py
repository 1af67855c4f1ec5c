"""Courier accounts: connected, their secrets replaced, their rules and connectors; for admins."""

from __future__ import annotations

import json
import secrets as random
from typing import Any

from flask import Blueprint, Response, current_app, flash, request

from app import clock
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import Connection, connection, transaction
from app.directory import accounts_store, changes_store
from app.directory.changes import by
from app.errors import Problem
from app.handover import connectors
from app.intake import accounts as readers
from app.intake import couriers, mapping, quarantine, quarantine_store, samples
from app.intake import service as intake
from app.intake.event import Account as Reader
from app.intake.event import Incoming, SignatureRefused
from app.languages.language import mark
from app.languages.sentence import sentence
from app.managing import accounts, accounts_forms, forms, frame, people_store
from app.managing import accounts_store as store
from app.managing.forms import saved
from app.shipments.returning import rules
from app.theme import names, respond
from app.theme.speaking import plain

blueprint = Blueprint("manage_accounts", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_LIST = "/console/manage/couriers"
_SHOWN = 10
_READ_AGAIN = 50


@blueprint.get(_LIST)
@require_session("admin")
def listing() -> Response:
    """All accounts, and what came from them lately."""
    conn = connection()
    return _respond(
        "managing/accounts.html",
        None,
        accounts=store.listed(conn),
        heard=store.heard(conn, clock.now()),
        couriers=couriers.NAMES,
    )


@blueprint.get("/console/manage/connect")
@require_session("admin")
def form() -> Response:
    """What an account of the courier that was chosen needs."""
    return _form(request.args.get("courier", ""))


@blueprint.post("/console/manage/connect")
@require_session("admin")
def add() -> Response:
    """Connect a courier; a secret that was made here is shown now and never again."""
    courier = request.form.get("courier", "")
    try:
        with transaction() as conn:
            new, made = accounts_forms.new(conn, courier)
            account = accounts.add(conn, by(caller()), new, clock.now())
    except Problem as problem:
        return _form(courier, problem)
    readers.forget()
    return _respond(
        "managing/account_made.html", None, account=account, made=made, address=_address(account)
    )


@blueprint.get(_LIST + "/<account>")
@require_session("admin")
def show(account: str) -> Response:
    """One account."""
    return _page(account)


@blueprint.post(_LIST + "/<account>")
@require_session("admin")
def act(account: str) -> Response:
    """Do the `act` of the form: see `_do`."""
    try:
        match request.form.get("act", ""):
            case "sample":
                done = _send_sample(account)
            case "replay":
                done = _read_again(account)
            case "rotate":
                with transaction() as conn:
                    fresh, made = accounts_forms.rotate(conn, by(caller()), account, clock.now())
                readers.forget()
                if made:
                    return _page(account, made=made)
                done = saved(fresh, plain("The new one is valid from now on."))
            case _:
                with transaction() as conn:
                    done = saved(_do(conn, account))
                readers.forget()
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(account, problem)
    flash(done, "good")
    return respond.see_other(f"{_LIST}/{account}")


def _do(conn: Connection, slug: str) -> bool:
    """Whether anything changed."""
    who, now = by(caller()), clock.now()
    match request.form.get("act", ""):
        case "owner":
            owner = accounts_forms.owner(conn)
            return accounts.set_owner(conn, who, slug, **owner, now=now)
        case "config":
            account = accounts.find(conn, slug)
            config = accounts_forms.config(account.courier, account.config)
            return accounts.set_config(conn, who, slug, config, now)
        case "tests":
            on = bool(request.form.get("tests"))
            return accounts.set_test_events(conn, who, slug, now, on=on)
        case "rules":
            return accounts.set_rules(conn, who, slug, accounts_forms.rules_given(), now)
        case "terms":
            return accounts.set_terms(conn, who, slug, accounts_forms.terms_given(), now)
        case "connect":
            name, values = accounts_forms.connector()
            return accounts.connect(conn, who, slug, name, values, now)
    raise Problem(422, "no_such_act", mark("This page cannot do that."))


def _send_sample(slug: str) -> str:
    """A failed delivery as this courier would post it, in a demo: what became of it, in words.

    Raises:
        Problem: 404, this is no demo; 409, nothing can be signed in its name.
    """
    account = readers.find(slug)
    if account is None or not _demo():
        raise Problem(
            404,
            "unknown_account",
            sentence("There is no courier account {slug} to try.", slug=repr(slug)),
        )
    now = clock.machine_now()
    try:
        raw, headers = samples.failure(account, now, shipment=random.token_hex(6))
        incoming = Incoming(headers=headers, query={}, raw=raw, received_at=now)
        taken = intake.receive(account, incoming, "sample")
    except (SignatureRefused, IndexError, ValueError, TypeError) as error:
        detail = mark("A sample cannot be signed with what this account has: only its courier can.")
        raise Problem(409, "no_sample", detail) from error
    if taken.case_id:
        return plain("A sample came in. It opened case {id}.", id=str(taken.case_id))
    return plain("A sample came in and opened no case: {outcome}.", outcome=taken.outcome)


def _read_again(slug: str) -> str:
    waiting = quarantine_store.quarantined(connection(), 0, _READ_AGAIN, account=slug)
    became = [quarantine.replay(row["id"]) for row in waiting]
    left = became.count("quarantined")
    taken = str(len(became) - left)
    return plain("Read again: {taken} of {all} are taken.", taken=taken, all=str(len(became)))


def _form(courier: str, problem: Problem | None = None) -> Response:
    conn = connection()
    known = courier in couriers.NAMES
    return _respond(
        "managing/connect.html",
        problem,
        courier=courier if known else "",
        couriers=couriers.NAMES,
        adapter=couriers.adapter(courier) if known else None,
        settings=accounts.CONFIG.get(courier, ()),
        example=mapping.pretty(mapping.EXAMPLE),
        shippers=store.shippers(conn),
        depots=people_store.depots(conn, None),
    )


def _page(
    slug: str, problem: Problem | None = None, made: dict[str, str] | None = None
) -> Response:
    now, conn = clock.now(), connection()
    with transaction() as locked:
        account = accounts.find(locked, slug)
    heard = store.heard(conn, now)[account.id]
    offered = connectors.registered()
    chosen = request.values.get("connector") or account.connector or connectors.DEPOT
    return _respond(
        "managing/account.html",
        problem,
        account=account,
        adapter=couriers.adapter(account.courier),
        address=_address(account),
        heard=heard,
        former=accounts_store.former_until(conn, now).get(account.id),
        quarantined=quarantine_store.quarantined(conn, 0, _SHOWN, account=slug),
        settings=accounts.CONFIG.get(account.courier, ()),
        mapping=_mapping(account),
        rules=accounts.RULES,
        known=rules.KNOWN.get(account.courier, {}),
        connectors=offered,
        chosen=next((one for one in offered if one.name == chosen), None),
        sample=_demo() and _can_sign(readers.find(slug)),
        shippers=store.shippers(conn),
        depots=people_store.depots(conn, None),
        changes=changes_store.newest(conn, None, _SHOWN, kind="account", subject_id=account.id),
        made=made,
    )


def _mapping(account: store.Account) -> str:
    if account.courier != "custom":
        return ""
    return request.form.get("mapping") or mapping.pretty(mapping.ordered(account.config))


def _address(account: store.Account) -> str:
    return f"{current_app.config['SETTINGS'].public_url}/webhooks/{account.slug}"


def _demo() -> bool:
    return bool(current_app.config["SETTINGS"].demo)


def _can_sign(account: Reader | None) -> bool:
    return account is not None and bool(account.secrets or account.headers)


def _respond(template: str, problem: Problem | None, **facts: Any) -> Response:
    return frame.page(
        template,
        "couriers",
        problem,
        named=names.courier,
        keeps=forms.KEEPS,
        json=json.dumps,
        **facts,
    )
