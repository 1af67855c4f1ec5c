"""The part of a person's and of a depot's page that says where they are written to."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from flask import current_app, request

from app.access.keys import caller
from app.channels.providers.apprise.services import SERVICES
from app.channels.states import MessageState, reason_words, state_words
from app.db.connection import Connection
from app.directory.changes import by
from app.directory.endpoints_store import Endpoint
from app.languages.language import mark
from app.managing import endpoints
from app.managing.endpoints import Subject, Wanted
from app.theme.speaking import plain, said
from app.theme.times import When

OF_ONE = frozenset({"test_endpoint", "remove_endpoint"})
ACTS = OF_ONE | {"add_chat"}


class Row(NamedTuple):
    """One endpoint as the page shows it."""

    id: int
    label: str
    last: str
    """What became of the last message to it, in words."""
    tone: str


def act(conn: Connection, subject: Subject, now: datetime) -> str:
    """Do one of `ACTS`; what was done, in words.

    Raises:
        Problem: 404 there is no such endpoint; 409 there are enough; 422 it cannot be used.
    """
    form, who = request.form, by(caller())
    match form.get("act"):
        case "test_endpoint":
            label = endpoints.test(conn, subject, _id(), now).label
            return plain(
                "A test is on its way to {label}. What became of it is said here in a moment.",
                label=label,
            )
        case "remove_endpoint":
            label = endpoints.remove(conn, who, subject, _id(), now).label
            return plain("{label} is written to no more.", label=label)
    wanted = Wanted(form.get("endpoint", ""), form.get("endpoint_name", ""))
    demo = current_app.config["SETTINGS"].demo
    label = endpoints.add_chat(conn, who, subject, wanted, now, demo=demo)
    return plain("{label} is added. Please send a test.", label=label)


def add_system(conn: Connection, subject: Subject, now: datetime) -> dict[str, str]:
    """Add the dispatch system of the form; what is to be shown once, by its name.

    Raises:
        Problem: 409 there are enough; 422 it cannot be used.
    """
    settings = current_app.config["SETTINGS"]
    plain = settings.demo or bool(settings.lookup_allow)
    url = request.form.get("system", "")
    secret = endpoints.add_system(conn, by(caller()), subject, url, now, plain=plain)
    return {mark("Secret"): secret}


def shown(conn: Connection, subject: Subject, when: When) -> dict[str, Any]:
    """What the template needs."""
    found = endpoints.of(conn, subject)
    return {
        "chats": [_row(one, when) for one in found if one.channel == endpoints.CHAT],
        "browsers": [_row(one, when) for one in found if one.channel == endpoints.PUSH],
        "systems": [_row(one, when) for one in found if one.channel == endpoints.HTTP],
        "services": [(service.words, service.example) for service in SERVICES],
    }


def _row(endpoint: Endpoint, when: When) -> Row:
    if endpoint.state is None or endpoint.at is None:
        return Row(endpoint.id, endpoint.label, plain("nothing sent yet"), "soft")
    state = MessageState(endpoint.state)
    why = f" ({said(reason_words(endpoint.why))})" if endpoint.why else ""
    bad = state in {MessageState.FAILED, MessageState.UNKNOWN}
    last = f"{said(state_words(state))}{why}, {when.moment(endpoint.at)} UTC"
    return Row(endpoint.id, endpoint.label, last, "bad" if bad else "soft")


def _id() -> int:
    text: str = request.args.get("id", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
