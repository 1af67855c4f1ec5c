"""The part of a shipper's page that says what becomes of its orders."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from flask import request

from app.db.connection import Connection, connection
from app.directory.changes import By
from app.languages.language import mark
from app.managing import orders
from app.managing.faults import wrong_fields
from app.shipments.orders import store


class Shown(NamedTuple):
    """What is set."""

    url: str
    token: bool
    """Whether there is one; it is never shown."""
    percent: str


def shown(slug: str, shipper_id: int) -> Shown:
    """What the template needs."""
    asked = orders.lookup_of(connection(), slug)
    percent = f"{100 * store.hold_share(connection(), shipper_id):.4g}"
    return Shown(asked.url, bool(asked.token), percent)


def take(conn: Connection, who: By, slug: str, now: datetime) -> bool:
    """Let it be so; False where it is already. A token that is not given again stays.

    Raises:
        Problem: 422, with what is wrong by field.
    """
    url, token = (request.form.get(name, "").strip() for name in ("url", "token"))
    before = orders.lookup_of(conn, slug)
    if not token and url == before.url:
        token = before.token
    try:
        share = float(request.form.get("percent", "")) / 100
    except ValueError:
        share = -1
    if not 0 <= share <= 1:
        raise wrong_fields("shipper_unusable", {"percent": mark("A number from 0 to 100.")})
    asked = orders.put_lookup(conn, who, slug, orders.Lookup(url, token if url else ""), now)
    held = orders.put_hold_share(conn, who, slug, share, now)
    return asked or held
