"""Verbs on the texts that providers know; each change is remembered with who made it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app import languages
from app.channels import providers
from app.channels import templates_store as store
from app.channels.templates_store import Known, Text
from app.db.connection import Connection
from app.directory import changes
from app.directory.changes import By
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence


def put(
    conn: Connection,
    by: By,
    text: Text,
    template_id: str,
    entity_id: str,
    variables: Sequence[str],
    now: datetime,
) -> bool:
    """Say under which name a provider knows a text; whether that is new.

    Raises:
        Problem: 422 there is no such provider, channel or language.
    """
    _check(text)
    before = store.find(conn, text)
    store.put(conn, text, template_id, entity_id or None, variables or None)
    return _record(conn, by, text, before, store.find(conn, text), now)


def remove(conn: Connection, by: By, text: Text, now: datetime) -> bool:
    """Forget under which name a provider knew a text; False when it knew none."""
    before = store.find(conn, text)
    store.remove(conn, text)
    return _record(conn, by, text, before, None, now)


def _check(text: Text) -> None:
    by_name = {provider.name: provider for provider in providers.registered()}
    faults = []
    provider = by_name.get(text.provider)
    if provider is None or text.channel not in provider.channels:
        asked = {"provider": repr(text.provider), "channel": text.channel}
        detail = sentence("{provider} is no provider of {channel}.", **asked)
        faults.append({"field": "provider", "code": "unknown", "detail": detail})
    if text.language not in languages.known():
        known = ", ".join(languages.known())
        detail = sentence("{value} is none of {known}.", value=repr(text.language), known=known)
        faults.append({"field": "language", "code": "unknown", "detail": detail})
    if faults:
        raise Problem(422, "invalid", mark("This template cannot be used."), errors=faults)


def _record(
    conn: Connection, by: By, text: Text, before: Known | None, after: Known | None, now: datetime
) -> bool:
    name = f"{text.text}, {text.channel}, {text.language}, {text.provider}"
    subject = (text.shipper_id, name)
    return changes.record(conn, by, "template", subject, None, _facts(before), _facts(after), now)


def _facts(known: Known | None) -> dict[str, Any]:
    if known is None:
        return {}
    return {
        "template": known.template_id,
        "entity": known.entity_id or "",
        "variables": ", ".join(known.variables) if known.variables else "all",
    }
