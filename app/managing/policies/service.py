"""Verbs on policies: the same for pages and terminal, each remembered.

In the caller's transaction. A policy never changes: another version takes its place for new cases,
and those that run keep theirs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import ValidationError

from app.chain import policy
from app.db.connection import Connection
from app.directory import store as directory
from app.directory.changes import By, record
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.managing.policies import store, values
from app.managing.policies.lines import line_of
from app.managing.policies.store import Shipper


def find(conn: Connection, slug: str) -> Shipper:
    """A shipper with its policy, locked until the transaction ends.

    Raises:
        Problem: 404, there is none.
    """
    shipper = store.lock(conn, slug)
    if shipper is None:
        raise Problem(404, "no_such_shipper", sentence("There is no shipper {it}.", it=repr(slug)))
    return shipper


def put(
    conn: Connection, who: By, slug: str, name: str, body: Mapping[str, Any], now: datetime
) -> int | None:
    """Let a shipper's new cases run by this; its number, None when they do already.

    Raises:
        Problem: 404, there is no such shipper; 422, it could leave a case hanging.
    """
    checked = check(body)
    before = find(conn, slug)
    if checked == before.body:
        return None
    number = policy.create(conn, name, checked, now)
    directory.set_shipper_policy(conn, slug, number)
    was = values.facts(before.body) | {mark("version"): before.policy_id}
    became = values.facts(checked) | {mark("version"): number}
    record(conn, who, "policy", (before.id, before.name), None, was, became, now)
    return number


def check(body: Any, text: str = "") -> dict[str, Any]:
    """A policy that can be trusted; `text` is what it was read from.

    Raises:
        Problem: 422, with every fault by its place, and its line in the text.
    """
    try:
        policy.check(body)
    except ValidationError as error:
        faults = {place: " ".join(words) for place, words in error.messages_dict.items()}
        errors = [
            {"field": place, "code": "invalid", "detail": why}
            | ({"line": line_of(text, place)} if text else {})
            for place, why in faults.items()
        ]
        why = mark("This policy could leave a case hanging, or means nothing somewhere.")
        raise Problem(422, "policy_unusable", why, errors=errors) from error
    trusted: dict[str, Any] = body
    return trusted


def read(text: str) -> dict[str, Any]:
    """A policy from its text.

    Raises:
        Problem: 422, it is no JSON, or could leave a case hanging.
    """
    try:
        body = json.loads(text)
    except json.JSONDecodeError as error:
        why = sentence("This is not JSON: {error}.", error=error.msg)
        errors = [{"field": "", "code": "not_json", "detail": why, "line": error.lineno}]
        raise Problem(422, "policy_unusable", why, errors=errors) from error
    except RecursionError as error:
        raise Problem(422, "policy_unusable", mark("This is nested too deeply.")) from error
    return check(body, text)
