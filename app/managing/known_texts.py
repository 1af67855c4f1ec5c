"""Verbs on the names under which providers know a shipper's texts. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app import languages
from app.channels import templates, templates_store
from app.channels.templates_store import Known, Text
from app.db.connection import Connection
from app.directory.changes import By
from app.errors import Problem
from app.languages import said
from app.languages.language import mark
from app.languages.sentence import sentence
from app.managing import brands

_LATELY = timedelta(days=30)
_NEEDED = ("channel", "text", "language", "provider")
_LONGEST = 200


class Lately(NamedTuple):
    """A text that customers were sent, as a provider registers it."""

    text: str
    language: str
    times: int
    form: str
    """With `{{1}}` for its first value, and so on."""
    variables: Sequence[str]


def known(conn: Connection, slug: str) -> list[Known]:
    """Those that some provider knows.

    Raises:
        Problem: 404 no such shipper.
    """
    return templates_store.of_shipper(conn, brands.find(conn, slug).id)


def lately(conn: Connection, slug: str, now: datetime) -> list[Lately]:
    """What was said in the last weeks, the most frequent first.

    Raises:
        Problem: 404 no such shipper.
    """
    sent = templates_store.sent(conn, brands.find(conn, slug).id, now - _LATELY)
    return [
        Lately(
            one.template,
            one.language,
            one.times,
            said.form(one.made_of, languages.get(one.language)),
            [name for name, _ in said.variables(one.made_of)],
        )
        for one in sent
    ]


def put(conn: Connection, who: By, slug: str, given: Mapping[str, Any], now: datetime) -> bool:
    """Say under which name a provider knows a text; an empty one forgets it. Whether it is new.

    Raises:
        Problem: 404 no such shipper; 422 with what is wrong by field.
    """
    shipper = brands.find(conn, slug)
    values = {name: str(given.get(name) or "").strip() for name in (*_NEEDED, "id", "entity")}
    faults = [
        {"field": name, "code": "missing", "detail": mark("Please fill this in.")}
        for name in _NEEDED
        if not values[name]
    ]
    faults += [
        {
            "field": name,
            "code": "too_long",
            "detail": sentence("At most {number} characters.", number=_LONGEST),
        }
        for name, value in values.items()
        if len(value) > _LONGEST
    ]
    if faults:
        raise Problem(422, "invalid", mark("Please correct what is marked."), errors=faults)
    text = Text(shipper.id, *(values[name] for name in _NEEDED))
    if not values["id"]:
        return templates.remove(conn, who, text, now)
    names = given.get("variables") or []
    return templates.put(conn, who, text, values["id"], values["entity"], names, now)
