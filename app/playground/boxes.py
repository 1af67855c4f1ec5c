"""The inboxes on the playground's phones: who has one, and what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from app.cases.model import Case
from app.db.connection import Connection
from app.directory import store as directory
from app.playground.views import Box

PHONES = ("depot", "customer")


def of_depot(conn: Connection, case: Case | None, messages: Sequence[dict[str, Any]]) -> list[Box]:
    """One box for everybody on the ladder, in the order in which they are called."""
    if case is None:
        return []
    ladder = directory.ladder(conn, case.depot_id, timedelta())
    people = dict.fromkeys((p.id, p.name, p.phone, p.email) for rung in ladder for p in rung.people)
    return [
        Box(str(person_id), name, _newest(m for m in messages if m["to"] in {phone, email}))
        for person_id, name, phone, email in people
    ]


def of_customer(messages: Sequence[dict[str, Any]]) -> list[Box]:
    """The customer's text messages and mail, and the shop's mail, which they do not see."""
    theirs = [m for m in messages if m["audience"] == "customer"]
    shop = [m for m in messages if m["audience"] == "shipper"]
    return [
        Box("texts", "Messages", _newest(m for m in theirs if m["channel"] == "sms")),
        Box("mail", "Mail", _newest(m for m in theirs if m["channel"] == "email")),
        Box("shop", "Shop’s mail", _newest(shop)),
    ]


def _newest(messages: Any) -> list[dict[str, Any]]:
    return list(messages)[::-1]
